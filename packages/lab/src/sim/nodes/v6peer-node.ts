/**
 * An IPv6 peer on a simulated host: its connection, its machine and its engine, and a client that sends requests
 * through each exit.
 */
import { createEngine, type EmittedPacket, Nat64, type Nat64Pipeline, type PeerExits } from "@nat64/nat64-engine";
import { type ExitDescription, type SelectorRecord, V6Peer, type V6PeerOutput } from "@nat64/peer-machines";
import { toBase64url } from "@nat64/peer-protocol";
import { type Identity, identityOfSeed } from "@nat64/peer-protocol/node";
import { bytesOf, compilePool, parseIPv6, type Refusals, SELECTOR } from "@nat64/rfc6052";
import type { BothWaysOptions, Host, Simulation, Timer } from "@nat64/simnet";
import { isTeredo } from "@nat64/teredo";
import { Traffic } from "../packets/traffic.ts";
import { CoordinatorLink } from "./coordinator-link.ts";
import { type RelayNode, TEREDO_PREFIX } from "./relay-node.ts";
import { seedOf, simulationSuite } from "./suite.ts";

/** Milliseconds between two checks of the engine's timers. */
const ENGINE_TICK = 1_000;

/** Milliseconds since 1970 at the simulation's time 0: a day in 2030. */
const EPOCH = 1_900_000_000_000;

export interface V6PeerNodeOptions {
  readonly name: string;
  /** The /80, canonical text. */
  readonly prefix: string;
  /** Sixteen bytes: the host's own address, and that of its client. */
  readonly address: Uint8Array;
  readonly client: Uint8Array;
  /** The coordinator's IPv6 address. */
  readonly coordinator: Uint8Array;
  readonly exits: number;
  /** Sessions in the engine's table. By default 256. */
  readonly sessions?: number;
  readonly refusals: Refusals;
  readonly link: BothWaysOptions;
}

export class V6PeerNode {
  readonly host: Host;
  readonly identity: Identity;
  readonly options: V6PeerNodeOptions;
  /** The client's view of each exit. */
  readonly traffic: Traffic;
  /** Takes the answers to packets of {@link send}. */
  onAnswer: (packet: Uint8Array, now: number) => void = () => {};
  readonly #simulation: Simulation;
  #machine: V6Peer | undefined;
  #nat: Nat64 | undefined;
  #link: CoordinatorLink | undefined;
  #timer: Timer | undefined;
  /** Data that survives a restart. */
  #selectors: readonly SelectorRecord[] = [];

  constructor(simulation: Simulation, options: V6PeerNodeOptions) {
    this.#simulation = simulation;
    this.options = options;
    this.identity = identityOfSeed(seedOf(options.name));
    this.traffic = new Traffic(options.client, options.prefix);
    const { name, link } = options;
    const start = (host: Host): void => this.#start(host);
    this.host = simulation.addHost(name, { ipv6: [{ address: options.address }, this.served], link, start });
  }

  /** The prefix in the form for a relay. */
  get served(): { readonly address: Uint8Array; readonly length: number } {
    return { address: bytesOf(parseIPv6(this.options.prefix.replace("/80", ""))), length: 80 };
  }

  /** The machine of this life; absent while the host is down. */
  get machine(): V6Peer | undefined {
    return this.host.isUp ? this.#machine : undefined;
  }

  /** Sessions in the engine. */
  get sessions(): number {
    return this.#nat?.sessions(this.#simulation.now).length ?? 0;
  }

  /** All pairs, as the machine describes them. */
  pairs(): readonly ExitDescription[] {
    return this.machine?.describe(this.#simulation.now) ?? [];
  }

  /** Routes Teredo addresses to a relay. */
  routeTo(relay: RelayNode): void {
    this.host.route(TEREDO_PREFIX, relay.host);
  }

  /** Makes the client send a request through each exit that is up. */
  ask(): void {
    const pairs = this.pairs().filter(isUp);
    this.traffic.keep(new Set(pairs.map(({ pair }) => pair)));
    for (const { pair, exit, selector } of pairs) this.#translate(this.traffic.question(pair, exit, selector));
  }

  /** Takes a packet of another client. */
  send(packet: Uint8Array): void {
    if (this.host.isUp) this.#translate(packet);
  }

  #start(host: Host): void {
    const { now } = this.#simulation;
    const engine = this.#makeEngine(host, now);
    const machine = this.#makeMachine(host, engine, now);
    this.#machine = machine;
    const nat = new Nat64(engine);
    this.#nat = nat;
    engine.deliverLocally = (bytes, offset, length, at) => {
      const outputs = machine.receivePacket(bytes, offset, length, at);
      if (outputs !== undefined) this.#do(outputs);
      return outputs !== undefined;
    };
    this.traffic.clear();
    this.#timer = host.timer((at) => this.#do(machine.advance(at)));
    host.onIPv6((packet) => this.#receive(packet));
    host.every(ENGINE_TICK, (at) => this.#emit(nat.advance(at).packets));
    const { identity } = this;
    const options = { role: "v6peer", identity, coordinator: this.options.coordinator } as const;
    const clock = (): number => this.#simulation.now;
    this.#link = new CoordinatorLink(host, clock, options, {
      opened: (_, at) => this.#do(machine.opened(at)),
      message: (message, at) => this.#do(machine.receiveMessage(message, at)),
      lost: (at) => this.#do(machine.lost(at)),
    });
  }

  #makeEngine(host: Host, now: number): Nat64Pipeline {
    const { prefix } = this.options;
    const pool = compilePool(prefix);
    return createEngine(
      {
        mode: "stateful",
        ownAddresses: { ipv6: pool.embed(SELECTOR.self, "0.0.0.1"), ipv4: "192.0.0.8" },
        prefixes: [`${pool.embed(SELECTOR.automatic, "0.0.0.0")}/96`],
        pool: [],
        peerExits: { pool: prefix },
        tables: { sessions: this.options.sessions ?? 256, clients: 64, fragmentedPackets: 16, heldBytes: 131_072 },
        allowSpecialPurpose: true,
      },
      { random: () => host.random.int32(), now },
    );
  }

  #makeMachine(host: Host, engine: Nat64Pipeline, now: number): V6Peer {
    const { prefix, exits, refusals } = this.options;
    const settings = {
      listed: true,
      abuse: "abuse@example.net",
      exits,
      wants: [],
      onlyWanted: false,
      pinnedInternet: true,
      weights: {},
      banned: [],
    };
    const control = {
      exits: engine.exits as PeerExits,
      end: (exit: number) => engine.endExit(exit),
      isEnding: (exit: number) => engine.isEndingExit(exit),
    };
    const { publicKey, sign } = this.identity;
    const suite = simulationSuite(host.random);
    const identity = toBase64url(publicKey);
    const selectors = this.#selectors;
    return new V6Peer(
      {
        settings,
        identity,
        sign,
        suite,
        prefix,
        relay: "system",
        refusals,
        control,
        selectors,
        timeZeroUnixMs: EPOCH,
      },
      now,
    );
  }

  #receive(packet: Uint8Array): void {
    const machine = this.#machine as V6Peer;
    const { now } = this.#simulation;
    const outputs = machine.wantsProofs ? machine.receiveProof(packet, 0, packet.length, now) : undefined;
    if (outputs === undefined) this.#translate(packet);
    else this.#do(outputs);
  }

  /** Handles a packet from the IPv6 side, of the client or of an exit. */
  #translate(packet: Uint8Array): void {
    this.#emit((this.#nat as Nat64).fromIPv6(packet, this.#simulation.now).packets);
  }

  #emit(packets: readonly EmittedPacket[]): void {
    for (const { packet } of packets) {
      if (isTeredo(packet, 24)) this.host.sendIPv6(packet);
      else this.#answer(packet);
    }
  }

  #answer(packet: Uint8Array): void {
    this.traffic.answer(packet, this.#simulation.now);
    this.onAnswer(packet, this.#simulation.now);
  }

  #do(outputs: readonly V6PeerOutput[]): void {
    for (const output of outputs) this.#carryOut(output);
    this.#timer?.set((this.#machine as V6Peer).nextDeadline());
  }

  #carryOut(output: V6PeerOutput): void {
    if (output.kind === "send-message") this.#link?.send(output.message);
    else if (output.kind === "send-packet") this.host.sendIPv6(output.bytes);
    else if (output.kind === "store-selectors") this.#selectors = output.selectors;
  }
}

/** Whether an exit can carry client packets. */
export function isUp({ state }: Pick<ExitDescription, "state">): boolean {
  return state === "up" || state === "suspect";
}
