/**
 * One IPv4 peer, a scripted coordinator and scripted relays, in virtual time. The coordinator's UDP side is the real
 * Teredo server; a NAT is a function from a datagram's destination to its visible source.
 */
import {
  type Accept,
  advertisementValue,
  bytesOfBase64url,
  type CryptoSuite,
  derivePairKeys,
  emitProbe,
  type Message,
  type MessageOf,
  type MessageType,
  makeEphemeralKeys,
  NO_NONCE,
  type Offer,
  type PairKeys,
  type Probe,
  type ProbeEnds,
  parseProbe,
  type Solicit,
  signOffer,
  toBase64url,
  verifySolicitationValue,
  type Welcome,
} from "@nat64/peer-protocol";
import { identityOfSeed, nodeSuite } from "@nat64/peer-protocol/node";
import { bytesOf, compileRefusals, formatIPv6, LABORATORY_BLOCKS, parseIPv4, parseIPv6, wordsOf } from "@nat64/rfc6052";
import { type Endpoint, emitTeredoAddress, makeFlags, type SendDatagram, TeredoServer } from "@nat64/teredo";
import { expect } from "vitest";
import { V4Peer, type V4PeerEvent, type V4PeerOptions, type V4PeerOutput } from "../../src/index.ts";

export const V4 = identityOfSeed(new Uint8Array(32).fill(4));
export const V6 = identityOfSeed(new Uint8Array(32).fill(6));
export const OTHER = identityOfSeed(new Uint8Array(32).fill(9));
export const SERVER: Endpoint = { address: parseIPv4("192.0.2.1"), port: 3544 };
export const SECOND: Endpoint = { address: parseIPv4("192.0.2.2"), port: 3544 };
export const LOCAL: Endpoint = { address: parseIPv4("10.0.0.7"), port: 40_000 };
export const MAPPING: Endpoint = { address: parseIPv4("198.51.100.7"), port: 50_000 };
export const RELAY: Endpoint = { address: parseIPv4("203.0.113.9"), port: 3545 };
export const RELAY2: Endpoint = { address: parseIPv4("203.0.113.10"), port: 3545 };
export const PREFIX = "2001:db8:64::/80";
export const PAIR = toBase64url(new Uint8Array(16).fill(1));

export const WELCOME: Welcome = {
  type: "welcome",
  version: 1,
  features: [],
  peer: V4.peerId,
  observed: "198.51.100.7",
  addresses: ["192.0.2.1", "192.0.2.2", "2001:db8:c::1"],
  keepAlive: 30,
};

const TOKEN = new Uint8Array(16).fill(2);
const KEY = new Uint8Array(32).fill(3);
export const SOLICIT: Solicit = {
  type: "solicit",
  token: toBase64url(TOKEN),
  key: toBase64url(KEY),
  primary: { address: "192.0.2.1", port: 3544 },
  secondary: { address: "192.0.2.2", port: 3544 },
  interval: 25,
};

/** A NAT's mapping: the origin that the destination sees. */
export type Nat = (to: Endpoint) => Endpoint;
/** A NAT's filter: whether it lets a datagram in, given where the peer has sent to. */
export type Filter = (from: Endpoint, sentTo: readonly Endpoint[]) => boolean;

export const isSame = (a: Endpoint, b: Endpoint): boolean => a.address === b.address && a.port === b.port;

/** The same suite gives the same run. */
function repeatableSuite(): CryptoSuite {
  let count = 0;
  const randomBytes = (length: number): Uint8Array => {
    const seed = nodeSuite.sha256(Uint8Array.of(1, count >> 16, count >> 8, count++));
    return Uint8Array.from({ length }, (_, i) => seed[i % 32]);
  };
  return { ...nodeSuite, randomBytes };
}

export class World {
  now = 0;
  readonly suite: CryptoSuite = repeatableSuite();
  readonly peer: V4Peer;
  /** Messages to the coordinator that were not yet taken. */
  readonly said: Message[] = [];
  /** Datagrams to others than the coordinator that were not yet taken. */
  readonly sent: SendDatagram[] = [];
  readonly events: V4PeerEvent[] = [];
  readonly outputs: V4PeerOutput[] = [];
  nat: Nat = () => MAPPING;
  filter: Filter = (from, sentTo) => sentTo.some((to) => isSame(to, from));
  /** Whether the coordinator answers by UDP. */
  serverAnswers = true;
  readonly #sentTo: Endpoint[] = [];
  readonly #server: TeredoServer;
  #mappingNonce = 0;
  readonly mappingNonces: string[] = [];

  constructor(options: Partial<V4PeerOptions> = {}) {
    this.peer = new V4Peer({
      identity: toBase64url(V4.publicKey),
      sign: V4.sign,
      suite: this.suite,
      refusals: compileRefusals({ allow: LABORATORY_BLOCKS }),
      policy: { internet: true, services: [] },
      pinnedInternet: false,
      blocks: [
        { first: 20_480, last: 24_575 },
        { first: 24_576, last: 28_671 },
      ],
      wants: [],
      onlyWanted: false,
      pins: new Map(),
      local: LOCAL,
      ...options,
    });
    this.#server = new TeredoServer({
      address: SERVER.address,
      own: [SERVER, SECOND],
      isGlobalUnicast: () => true,
      hasSecondSocket: true,
      hashKey: [1, 2],
      authenticate: ({ nonce, authenticationValue, clientIdentifier, origin }) => {
        const solicitation = { token: TOKEN, key: KEY, nonce };
        if (toBase64url(clientIdentifier) !== SOLICIT.token) return undefined;
        if (!verifySolicitationValue(authenticationValue, solicitation, nodeSuite.hmacSha256)) return undefined;
        const mappingNonce = new Uint8Array(16).fill(++this.#mappingNonce);
        this.mappingNonces.push(toBase64url(mappingNonce));
        return advertisementValue(solicitation, origin, mappingNonce, nodeSuite.hmacSha256);
      },
    } as ConstructorParameters<typeof TeredoServer>[0]);
  }

  /** Carries out the machine's outputs, including the Teredo server's answers. */
  do(outputs: readonly V4PeerOutput[]): readonly V4PeerOutput[] {
    for (const output of outputs) {
      this.outputs.push(output);
      if (output.kind === "send-message") this.said.push(output.message);
      if (output.kind === "event") this.events.push(output.event);
      if (output.kind === "datagram") this.#deliver(output);
    }
    return outputs;
  }

  #deliver(datagram: SendDatagram): void {
    const socket = [SERVER, SECOND].findIndex((server) => isSame(server, datagram));
    this.#sentTo.push({ address: datagram.address, port: datagram.port });
    if (socket < 0) {
      this.sent.push(datagram);
      return;
    }
    if (!this.serverAnswers) return;
    const origin = this.nat(datagram);
    const [answer] = this.#server.receiveDatagram(
      socket as 0 | 1,
      origin.address,
      origin.port,
      datagram.bytes,
      this.now,
    );
    if (answer?.kind !== "datagram") return;
    const from = [SERVER, SECOND][answer.from];
    if (this.filter(from, this.#sentTo))
      this.do(this.peer.receiveDatagram(from.address, from.port, answer.bytes, this.now));
  }

  hear(message: Message): readonly V4PeerOutput[] {
    return this.do(this.peer.receiveMessage(message, this.now));
  }

  /** Advances the time to `time`, deadline by deadline. */
  until(time: number): void {
    for (let deadline = this.peer.nextDeadline(); deadline <= time; deadline = this.peer.nextDeadline()) {
      this.now = Math.max(this.now, deadline);
      this.do(this.peer.advance(this.now));
    }
    this.now = time;
  }

  /** Takes all new messages of a type; others stay. */
  take<T extends MessageType>(type: T): MessageOf<T>[] {
    const found = this.said.filter((message): message is MessageOf<T> => message.type === type);
    for (const each of found) this.said.splice(this.said.indexOf(each), 1);
    return found;
  }

  /** Like `take`, for exactly one message that must exist. */
  one<T extends MessageType>(type: T): MessageOf<T> {
    const found = this.take(type);
    expect(found).toHaveLength(1);
    return found[0];
  }

  /** Opens, registers, and detects the NAT type. */
  register(): void {
    this.do(this.peer.opened(WELCOME, this.now));
    this.hear(SOLICIT);
    this.until(this.now + 60_000);
    this.hear({ type: "registered", role: "v4peer", address: "198.51.100.7", port: 50_000 });
    this.said.length = 0;
  }
}

/** The other end of a pair: an IPv6 peer's keys and Teredo address, and its probes. */
export class Other {
  readonly #world: World;
  readonly offer: Offer;
  readonly accept: Accept;
  readonly keys: PairKeys;
  teredo: Uint8Array;

  private constructor(world: World, offer: Offer, accept: Accept, keys: PairKeys, teredo: Uint8Array) {
    this.#world = world;
    this.offer = offer;
    this.accept = accept;
    this.keys = keys;
    this.teredo = teredo;
  }

  /** Creates a pair: offer, accept, `pair`. */
  static pair(world: World, id = PAIR, randomBits = 0x123, from = V6): Other {
    const { offer, privateKey } = makeOffer(world.suite, { pair: id }, from);
    world.hear(offer);
    const accept = world.one("accept");
    const keys = derivePairKeys(offer, accept, "v6peer", privateKey, world.suite) as PairKeys;
    const other = new Other(world, offer, accept, keys, teredoAddress(randomBits));
    world.hear(other.pairMessage());
    return other;
  }

  get address(): string {
    return formatIPv6(wordsOf(this.teredo));
  }

  pairMessage(reason = "new"): MessageOf<"pair"> {
    return { type: "pair", pair: this.offer.pair, address: this.address, reason, limits: {} };
  }

  get ends(): ProbeEnds {
    const [w0, w1, w2] = parseIPv6("2001:db8:64::");
    const v6 = bytesOf([w0, w1, w2 | 0xffff, 1]);
    return { pair: bytesOfBase64url(this.offer.pair), v6, v4: this.teredo, keys: this.keys };
  }

  /** Sends message 1 through a relay. @returns the answer, if there is one */
  first(relay: Endpoint, nonce: Uint8Array): Probe | undefined {
    this.#world.do(this.send(relay, this.packet(1, nonce)));
    const answer = this.#world.sent.pop();
    if (answer === undefined) return undefined;
    expect([answer.address, answer.port]).toEqual([relay.address, relay.port]);
    return parseProbe(answer.bytes) as Probe;
  }

  /** Sends message 3, the answer to an answer. */
  third(relay: Endpoint, { a, b }: Probe): void {
    this.#world.do(this.send(relay, this.packet(3, a, b)));
  }

  /** All three messages. */
  validate(relay: Endpoint, nonce: Uint8Array): void {
    this.third(relay, this.first(relay, nonce) as Probe);
  }

  packet(number: 1 | 2 | 3, a: Uint8Array, b: Uint8Array = NO_NONCE, ends: ProbeEnds = this.ends): Uint8Array {
    const packet = new Uint8Array(120);
    emitProbe(number, ends, { a, b }, nodeSuite.hmacSha256, packet);
    return packet;
  }

  send(relay: Endpoint, packet: Uint8Array): readonly V4PeerOutput[] {
    return this.#world.peer.receiveDatagram(relay.address, relay.port, packet, this.#world.now);
  }
}

/** An offer from the IPv6 peer or from another one. */
export function makeOffer(
  suite: CryptoSuite,
  changes: Partial<Offer> = {},
  from = V6,
): { offer: Offer; privateKey: Uint8Array } {
  const ephemeral = makeEphemeralKeys(suite);
  const offer = signOffer(
    {
      pair: PAIR,
      from: toBase64url(from.publicKey),
      to: toBase64url(V4.publicKey),
      prefix: PREFIX,
      selector: 42,
      pinnedInternet: false,
      ephemeral: ephemeral.publicKey,
      ...changes,
    },
    from.sign,
  );
  return { offer, privateKey: ephemeral.privateKey };
}

export function teredoAddress(randomBits: number, mapping: Endpoint = MAPPING, server = SERVER.address): Uint8Array {
  const bytes = new Uint8Array(16);
  const { address, port } = mapping;
  emitTeredoAddress({ server, flags: makeFlags(randomBits), mappedPort: port, mappedAddress: address }, bytes);
  return bytes;
}

export const nonce = (n: number): Uint8Array => new Uint8Array(16).fill(n).fill(n >> 8, 0, 4);
