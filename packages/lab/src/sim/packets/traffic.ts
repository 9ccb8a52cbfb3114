/**
 * The client of an IPv6 peer: sends requests to an echo server on the IPv4 internet through each exit, and counts
 * answers.
 */
import { bytesOf, compilePool, parseIPv6 } from "@nat64/rfc6052";
import { get32, set32 } from "@nat64/rfc6052/bytes";
import { makeUdpPacket, payloadOf } from "./udp-packet.ts";

/** The echo server: any address of the IPv4 internet, and the port of RFC 862. */
const SERVER = "47.0.0.7";
const ECHO_PORT = 7;
/** The client uses this port + n for exit n. */
const FIRST_PORT = 40_000;

/** The client's view of a pair. */
export interface PairTraffic {
  asked: number;
  answered: number;
  /** Consecutive unanswered requests, except the latest one. */
  missed: number;
  /** When the last answer arrived; −1 for never. */
  answeredAt: number;
  isWaiting: boolean;
}

export class Traffic {
  readonly #client: Uint8Array;
  readonly #prefix: string;
  readonly #pairs: Map<string, PairTraffic> = new Map();
  /** Open requests by number, so that each answer matches its request. */
  readonly #waiting: Map<number, string> = new Map();
  #number = 0;
  /** For all pairs since the start. */
  asked = 0;
  answered = 0;

  /** @param client sixteen bytes @param prefix the /80 */
  constructor(client: Uint8Array, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
  }

  of(pair: string): PairTraffic | undefined {
    return this.#pairs.get(pair);
  }

  /** Number of pairs. */
  get size(): number {
    return this.#pairs.size;
  }

  /** Creates the packet of the next request through a pair. @param exit its place @param selector its selector */
  question(pair: string, exit: number, selector: number): Uint8Array {
    const traffic = this.#pairs.get(pair) ?? { asked: 0, answered: 0, missed: 0, answeredAt: -1, isWaiting: false };
    this.#pairs.set(pair, traffic);
    if (traffic.isWaiting) traffic.missed++;
    traffic.isWaiting = true;
    traffic.asked++;
    this.asked++;
    const number = ++this.#number;
    for (const [earlier, other] of this.#waiting) if (other === pair) this.#waiting.delete(earlier);
    this.#waiting.set(number, pair);
    const payload = new Uint8Array(8);
    set32(payload, 4, number);
    const server = bytesOf(parseIPv6(compilePool(this.#prefix).embed(selector, SERVER)));
    return makeUdpPacket(
      { address: this.#client, port: FIRST_PORT + exit },
      { address: server, port: ECHO_PORT },
      payload,
    );
  }

  /** Handles a packet that came back. */
  answer(packet: Uint8Array, now: number): void {
    const payload = payloadOf(packet);
    if (payload?.length !== 8) return;
    const number = get32(payload, 4) >>> 0;
    const pair = this.#waiting.get(number);
    const traffic = pair === undefined ? undefined : this.#pairs.get(pair);
    if (traffic === undefined) return;
    this.#waiting.delete(number);
    traffic.isWaiting = false;
    traffic.missed = 0;
    traffic.answered++;
    traffic.answeredAt = now;
    this.answered++;
  }

  /** A pair is down or gone, so its missing answers do not count. */
  forget(pair: string): void {
    this.#pairs.delete(pair);
    for (const [number, other] of this.#waiting) if (other === pair) this.#waiting.delete(number);
  }

  /** Keeps only these pairs. */
  keep(pairs: ReadonlySet<string>): void {
    for (const pair of [...this.#pairs.keys()]) if (!pairs.has(pair)) this.forget(pair);
  }

  clear(): void {
    this.#pairs.clear();
    this.#waiting.clear();
  }
}
