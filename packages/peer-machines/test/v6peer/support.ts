/**
 * An IPv6 peer's machine with a real engine and scripted other sides: coordinator, IPv4 peers, and a relay without
 * loss.
 */
import { createEngine, Nat64, type StatefulConfig } from "@nat64/nat64-engine";
import {
  type Accept,
  type Challenge,
  derivePairKeys,
  emitPrefixProof,
  emitProbe,
  type Message,
  type MessageOf,
  type MessageType,
  makeEphemeralKeys,
  type Offer,
  type PairKeys,
  PROBE_LENGTH,
  type Propose,
  parseProbe,
  signAccept,
  toBase64url,
  verifyProbe,
} from "@nat64/peer-protocol";
import { type Identity, identityOfSeed, nodeSuite } from "@nat64/peer-protocol/node";
import { compileRefusals, formatIPv6, LABORATORY_BLOCKS } from "@nat64/rfc6052";
import { type SelectorRecord, V6Peer, type V6PeerOutput, type V6PeerSettings } from "../../src/v6peer/index.ts";
import { ipv6, udp, withChecksum } from "../support/packets.ts";

export const PREFIX = "2001:db8:64::/80";
export const OWN = "2001:db8:64::ffff:0:1";
export const COORDINATOR = "2001:db8:c::1";

export const SETTINGS: V6PeerSettings = {
  listed: true,
  abuse: "abuse@example.net",
  exits: 4,
  wants: [],
  onlyWanted: false,
  pinnedInternet: false,
  weights: {},
  banned: [],
};

const ENGINE: StatefulConfig = {
  mode: "stateful",
  ownAddresses: { ipv6: OWN, ipv4: "203.0.113.1" },
  prefixes: ["2001:db8:64::/96"],
  pool: [],
  peerExits: { pool: PREFIX },
  tables: { sessions: 256, clients: 64, fragmentedPackets: 64, heldBytes: 256 * 1024 },
  allowSpecialPurpose: true,
};

/** Returns the same words on each run. */
function repeatableRandom(): () => number {
  let state = 0x2545f491;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state;
  };
}

/** The n-th Teredo address of 192.0.2.1's clients: one mapping, other random bits; or, with `host`, another mapping. */
export function teredo(n: number, host = 7): string {
  return formatIPv6([0x20010000, 0xc0000201 | 0, (n << 16) | (~40_000 & 0xffff), ~(0xc6336400 | host)]);
}

export const isMessage =
  <T extends MessageType>(type: T) =>
  (output: V6PeerOutput): output is V6PeerOutput & { readonly message: MessageOf<T> } =>
    output.kind === "send-message" && output.message.type === type;

/** An IPv4 peer that responds correctly and at once. */
export class Ipv4Peer {
  readonly identity: Identity;
  readonly keys = new Map<string, PairKeys>();
  /** Whether it answers probes. */
  isAlive = true;
  /** Valid messages 3. */
  validations = 0;

  constructor(number: number) {
    this.identity = identityOfSeed(new Uint8Array(32).fill(number));
  }

  get key(): string {
    return toBase64url(this.identity.publicKey);
  }

  accept(offer: Offer, changes: Partial<Accept> = {}): Accept {
    const { privateKey, publicKey } = makeEphemeralKeys(nodeSuite);
    const terms = {
      ports: changes.ports ?? { first: 20_000, last: 24_095 },
      policy: changes.policy ?? { internet: true, services: [] },
      pinnedInternet: true,
      ephemeral: publicKey,
    };
    const accept = signAccept(offer, terms, this.identity.sign);
    const keys = derivePairKeys(offer, accept, "v4peer", privateKey, nodeSuite);
    if (keys === "weak-key") throw new Error("weak key");
    this.keys.set(offer.pair, keys);
    return { ...accept, ...changes };
  }

  /** Answers a probe; nothing for message 3. */
  answer(packet: Uint8Array): Uint8Array | undefined {
    const probe = parseProbe(packet);
    if (typeof probe === "string") throw new Error(probe);
    const keys = this.keys.get(toBase64url(probe.pair));
    if (keys === undefined || !this.isAlive) return undefined;
    const ends = { pair: probe.pair, v6: probe.source, v4: probe.destination, keys };
    const fault = verifyProbe(packet, 0, ends, "v4peer", nodeSuite.hmacSha256);
    if (fault !== undefined) throw new Error(fault);
    if (probe.number === 3) {
      this.validations++;
      return undefined;
    }
    const reply = new Uint8Array(PROBE_LENGTH);
    emitProbe(2, ends, { a: probe.a, b: nodeSuite.randomBytes(16) }, nodeSuite.hmacSha256, reply);
    return reply;
  }
}

/** Everything around one machine. */
export class World {
  now = 0;
  readonly engine = createEngine(ENGINE, { random: repeatableRandom() });
  readonly nat: Nat64 = new Nat64(this.engine);
  readonly identity: Identity = identityOfSeed(new Uint8Array(32).fill(200));
  readonly peer: V6Peer;
  readonly peers: Ipv4Peer[] = [];
  /** The exit of each valid message 2. */
  readonly validated: number[] = [];
  /** The limit of each exit, as passed to the daemon. */
  readonly limits = new Map<number, number | undefined>();
  /** All outputs so far. */
  readonly outputs: V6PeerOutput[] = [];
  /** Round-trip time of a probe, in milliseconds. */
  rtt = 20;
  #pending: V6PeerOutput[] = [];
  #arrivals: { readonly at: number; readonly packet: Uint8Array }[] = [];

  constructor(settings: Partial<V6PeerSettings> = {}, selectors: readonly SelectorRecord[] = []) {
    const { engine } = this;
    if (engine.exits === undefined) throw new Error("no exits");
    this.peer = new V6Peer(
      {
        settings: { ...SETTINGS, ...settings },
        identity: toBase64url(this.identity.publicKey),
        sign: this.identity.sign,
        suite: nodeSuite,
        prefix: PREFIX,
        relay: "system",
        refusals: compileRefusals({ allow: LABORATORY_BLOCKS }),
        control: {
          exits: engine.exits,
          end: (exit) => engine.endExit(exit),
          isEnding: (exit) => engine.isEndingExit(exit),
          limit: (exit, bandwidth) => this.limits.set(exit, bandwidth),
          validated: (exit) => this.validated.push(exit),
        },
        selectors,
        timeZeroUnixMs: 1_900_000_000_000,
      },
      0,
    );
    engine.deliverLocally = (bytes, offset, length, now) =>
      this.do(this.peer.receivePacket(bytes, offset, length, now));
  }

  /** Notes outputs for {@link World.settle}. @returns whether the machine took the input */
  do(outputs: readonly V6PeerOutput[] | undefined): boolean {
    this.#pending.push(...(outputs ?? []));
    return outputs !== undefined;
  }

  /** Takes the outputs, lets IPv4 peers answer probes, and returns the rest. */
  settle(): readonly V6PeerOutput[] {
    const outputs = this.#pending;
    this.#pending = [];
    this.outputs.push(...outputs);
    for (const output of outputs) {
      if (output.kind !== "send-packet") continue;
      for (const each of this.peers) {
        const packet = each.answer(output.bytes);
        if (packet !== undefined) this.#arrivals.push({ at: this.now + this.rtt, packet });
      }
    }
    return outputs;
  }

  /** Advances the time, event by event. */
  run(milliseconds: number): readonly V6PeerOutput[] {
    const first = this.outputs.length;
    const end = this.now + milliseconds;
    this.settle();
    for (;;) {
      const next = Math.min(this.peer.nextDeadline(), ...this.#arrivals.map(({ at }) => at));
      if (next > end) break;
      this.now = Math.max(this.now, next);
      const due = this.#arrivals.filter(({ at }) => at <= this.now);
      this.#arrivals = this.#arrivals.filter(({ at }) => at > this.now);
      for (const { packet } of due) this.nat.fromIPv6(packet, this.now);
      this.do(this.peer.advance(this.now));
      this.nat.advance(this.now);
      this.settle();
    }
    this.now = end;
    while (Array.from({ length: 32 }, (_, i) => this.engine.isEndingExit(i + 1)).includes(true)) this.nat.advance(end);
    return this.outputs.slice(first);
  }

  tell(message: Message): readonly V6PeerOutput[] {
    const first = this.outputs.length;
    this.do(this.peer.receiveMessage(message, this.now));
    this.settle();
    return this.outputs.slice(first);
  }

  /** Sends the datagrams of a challenge into the prefix; returns whether they were taken. */
  prove({ source, sourcePort }: Pick<Challenge, "source" | "sourcePort">, indices = [0, 1, 2]): readonly boolean[] {
    return indices.map((index) => {
      const destination = `2001:db8:64::908:706:${index + 1}`;
      const payload = udp(sourcePort, 3544, emitPrefixProof({ index, nonce: new Uint8Array(16).fill(index + 1) }));
      const packet = withChecksum(ipv6({ source, destination, protocol: 17, payload }));
      return this.do(this.peer.receiveProof(packet, 0, packet.length, this.now));
    });
  }

  /** Connects and registers. */
  register(): void {
    this.do(this.peer.opened(this.now));
    const challenge: Challenge = {
      type: "challenge",
      prefix: PREFIX,
      source: COORDINATOR,
      sourcePort: 3544,
      within: 10,
    };
    this.tell(challenge);
    this.prove(challenge);
    this.tell({ type: "registered", role: "v6peer", prefix: PREFIX });
  }

  /** Agrees on a pair with an IPv4 peer, without an address yet. Returns its id. */
  agree(number: number, changes: Partial<Accept> = {}, id = number, proposed: Partial<Propose> = {}): string {
    const peer =
      this.peers.find((each) =>
        each.identity.publicKey.every((_, i, all) => all[i] === new Ipv4Peer(number).identity.publicKey[i]),
      ) ?? new Ipv4Peer(number);
    if (!this.peers.includes(peer)) this.peers.push(peer);
    const pair = toBase64url(new Uint8Array(16).fill(id));
    const proposal: Propose = { type: "propose", pair, identity: peer.key, internet: true, publishes: false };
    const said = this.tell({ ...proposal, ...proposed });
    const offer = said.find(isMessage("offer"));
    if (offer === undefined) throw new Error(`no offer: ${JSON.stringify(said)}`);
    this.tell(peer.accept(offer.message, changes));
    return pair;
  }

  /** … and tries its path. */
  pair(number: number, changes: Partial<Accept> = {}): string {
    const pair = this.agree(number, changes);
    this.tell({ type: "pair", pair, address: teredo(number, number), reason: "new", limits: {} });
    this.run(100);
    return pair;
  }

  /** State of a pair's path, `gone` for none. */
  state(pair: string): string {
    return this.peer.describe(this.now).find((each) => each.pair === pair)?.state ?? "gone";
  }
}
