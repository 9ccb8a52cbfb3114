/** An IPv4 peer on a simulated host: its connection, its machine and its engine, and the echo servers behind it. */
import { createEngine, ExitRules, Nat64, type Pairs } from "@nat64/nat64-engine";
import { choosePortBlocks, NO_RELAY, type PairStatus, V4Peer, type V4PeerOutput } from "@nat64/peer-machines";
import { checkProbe, type Message, toBase64url } from "@nat64/peer-protocol";
import { type Identity, identityOfSeed } from "@nat64/peer-protocol/node";
import { compileRefusals, parseIPv4, type Refusals } from "@nat64/rfc6052";
import { get32 } from "@nat64/rfc6052/bytes";
import type { BothWaysOptions, Host, Nat, Network, Simulation, Timer, UdpSocket } from "@nat64/simnet";
import { isBubble } from "@nat64/teredo";
import { echoOf } from "../packets/udp-packet.ts";
import { CoordinatorLink } from "./coordinator-link.ts";
import { seedOf, simulationSuite } from "./suite.ts";

/** The UDP port of an IPv4 peer, on its own host. */
export const V4PEER_PORT = 3544;
/** `L` of the first pair (design §4). */
const FIRST_LOCAL = parseIPv4("198.18.0.1");
const PORTS_PER_PAIR = 4096;

/**
 * How an IPv4 peer behaves. `silent`: it accepts every pair and answers no probe; `black-hole`: it answers probes and drops
 * data; `comes-and-goes`, `long-con`: it works for a while, then answers nothing for a while, and says all the time that its
 * path is up.
 */
export type Conduct = "honest" | "silent" | "black-hole" | "comes-and-goes" | "long-con";

/** How long it works and how long it does not, in virtual milliseconds. */
const PERIODS = {
  "comes-and-goes": { works: 45_000, fails: 45_000 },
  "long-con": { works: 900_000, fails: 120_000 },
} as const;

export interface V4PeerNodeOptions {
  readonly name: string;
  readonly conduct: Conduct;
  /** The host's own address, an int32 word. */
  readonly address: number;
  /** The NATs in front of it, the innermost first; none for a host on the internet. */
  readonly nats: readonly Nat[];
  readonly network?: Network;
  /** The coordinator's IPv4 address, an int32 word. */
  readonly coordinator: number;
  readonly maxPairs: number;
  /** Peer ids of the IPv6 peers that it wants. */
  readonly wants: readonly string[];
  readonly onlyWanted: boolean;
  readonly refusals: Refusals;
  readonly link: BothWaysOptions;
}

export class V4PeerNode {
  readonly host: Host;
  readonly identity: Identity;
  readonly options: V4PeerNodeOptions;
  readonly #simulation: Simulation;
  #machine: V4Peer | undefined;
  #nat: Nat64 | undefined;
  #pairs: Pairs | undefined;
  #rules: ExitRules | undefined;
  #link: CoordinatorLink | undefined;
  #socket: UdpSocket | undefined;
  #timer: Timer | undefined;
  readonly #words: Int32Array = new Int32Array(4);

  constructor(simulation: Simulation, options: V4PeerNodeOptions) {
    this.#simulation = simulation;
    this.options = options;
    this.identity = identityOfSeed(seedOf(options.name));
    const { name, address, network, link } = options;
    const start = (host: Host): void => this.#start(host);
    this.host = simulation.addHost(name, { ipv4: [address], ...(network && { network }), link, start });
  }

  /** The machine of this life; absent while the host is down. */
  get machine(): V4Peer | undefined {
    return this.host.isUp ? this.#machine : undefined;
  }

  /** All pairs, as the machine describes them. */
  pairs(): readonly PairStatus[] {
    return this.machine?.describe().pairs ?? [];
  }

  #start(host: Host): void {
    const machine = this.#makeMachine(host);
    this.#machine = machine;
    this.#makeEngine(host);
    this.#timer = host.timer((now) => this.#do(machine.advance(now)));
    this.#socket = host.bindUdp(V4PEER_PORT, (bytes, address, port) => this.#receive(bytes, address, port));
    const { identity } = this;
    const options = { role: "v4peer", identity, coordinator: this.options.coordinator } as const;
    const clock = (): number => this.#simulation.now;
    this.#link = new CoordinatorLink(host, clock, options, {
      opened: (welcome, now) => this.#do(machine.opened(welcome, now)),
      message: (message, now) => this.#do(machine.receiveMessage(message, now)),
      lost: (now) => this.#do(machine.lost(now)),
    });
  }

  #makeMachine(host: Host): V4Peer {
    const { address, nats, maxPairs, wants, onlyWanted, refusals } = this.options;
    const { publicKey, sign } = this.identity;
    return new V4Peer({
      identity: toBase64url(publicKey),
      sign,
      suite: simulationSuite(host.random),
      refusals,
      policy: { internet: true, services: [] },
      pinnedInternet: true,
      blocks: choosePortBlocks(maxPairs, PORTS_PER_PAIR, []),
      wants,
      onlyWanted,
      pins: new Map(),
      ...(nats.length === 0 && { local: { address, port: V4PEER_PORT } }),
    });
  }

  #makeEngine(host: Host): void {
    const engine = createEngine(
      {
        mode: "exit",
        ownAddresses: { ipv6: "::", ipv4: "192.0.0.8" },
        mtu: { ipv6: 1280, ipv4: 1500, lowestIPv6: 1280 },
        fragmentedPackets: 16,
        heldBytes: 131_072,
        allowSpecialPurpose: true,
      },
      { random: () => host.random.int32(), now: this.#simulation.now },
    );
    this.#nat = new Nat64(engine);
    this.#pairs = engine.pairs as Pairs;
    this.#rules = new ExitRules({ internet: true, published: [], refused: [] }, compileRefusals());
  }

  /** Data of a pair from a validated relay goes to the engine, everything else to the machine. */
  #receive(bytes: Uint8Array, address: number, port: number): void {
    const machine = this.#machine as V4Peer;
    const isProbe = checkProbe(bytes, 0, bytes.length) !== "not-a-probe";
    const isData = bytes[0] >>> 4 === 6 && !isBubble(bytes, 0) && !isProbe;
    if ((isProbe && !this.#answers("probe")) || (isData && !this.#answers("data"))) return;
    if (isData) {
      const place = this.#placeOf(bytes);
      if (machine.relays.hear(place, address, port)) {
        this.#exchange(machine, place, bytes);
        return;
      }
    }
    this.#do(machine.receiveDatagram(address, port, bytes, this.#simulation.now));
  }

  #answers(what: "probe" | "data"): boolean {
    const { conduct } = this.options;
    if (conduct === "honest") return true;
    if (conduct === "silent") return false;
    if (conduct === "black-hole") return what === "probe";
    const { works, fails } = PERIODS[conduct];
    return this.#simulation.now % (works + fails) < works;
  }

  /** What it tells the coordinator. */
  #tell(message: Message): void {
    const lies = this.options.conduct !== "honest" && message.type === "path";
    this.#link?.send(lies ? { ...message, state: "up" } : message);
  }

  #placeOf(packet: Uint8Array): number {
    for (let word = 0; word < 4; word++) this.#words[word] = get32(packet, 24 + 4 * word);
    return (this.#pairs as Pairs).findByTeredo(this.#words);
  }

  /** Out to an echo server, and back to the relay that sent last. */
  #exchange({ relays }: V4Peer, place: number, packet: Uint8Array): void {
    const nat = this.#nat as Nat64;
    const { now } = this.#simulation;
    for (const out of nat.fromIPv6(packet, now).packets) {
      const echo = out.family === 4 ? echoOf(out.packet) : undefined;
      const row = relays.relayOf(place);
      if (echo === undefined || row === NO_RELAY) continue;
      for (const back of nat.fromIPv4(echo, now).packets) {
        if (back.family === 6) this.#socket?.send(back.packet, relays.addressOf(row), relays.portOf(row));
      }
    }
  }

  #do(outputs: readonly V4PeerOutput[]): void {
    for (const output of outputs) this.#carryOut(output);
    this.#timer?.set((this.#machine as V4Peer).nextDeadline());
  }

  #carryOut(output: V4PeerOutput): void {
    if (output.kind === "send-message") this.#tell(output.message);
    else if (output.kind === "datagram") this.#socket?.send(output.bytes, output.address, output.port);
    else if (output.kind === "pair-removed") (this.#pairs as Pairs).remove(output.place);
    else if (output.kind === "pair-set") {
      const { place, teredo, prefix } = output;
      const rules = this.#rules as ExitRules;
      (this.#pairs as Pairs).set(place, { teredo, prefix, local: (FIRST_LOCAL + place) | 0, rules });
    }
  }
}
