/**
 * Clients of an IPv6 peer, each in a /48 of its own, that open connections through whatever exit the IPv6 peer chooses. Each
 * connection begins with a request to an echo server, which is repeated like a SYN (RFC 6298 §2: after 1, 3 and 7 s).
 */
import { bytesOf, compilePool, formatIPv4, parseIPv4, parseIPv6, SELECTOR } from "@nat64/rfc6052";
import { get32, set32 } from "@nat64/rfc6052/bytes";
import { makeUdpPacket, payloadOf } from "./udp-packet.ts";

const ECHO_PORT = 7;
const FIRST_PORT = 10_000;
const PORTS = 50_000;
/** When a request is sent again, in milliseconds after the first time. */
export const REPEATS_MS: readonly number[] = [1_000, 3_000, 7_000];
/** A connection without an answer after this time has failed, in milliseconds. */
export const PATIENCE_MS = 10_000;
/** Servers, each in a /20 of its own. */
const SERVERS = 100;
const FIRST_SERVER = parseIPv4("47.0.0.7");
const SERVER_STEP = 1 << 12;
/** Bytes of a request: more than those of `Traffic`, so that neither takes the answers of the other. */
const LENGTH = 12;

/** A connection. */
export interface Attempt {
  readonly packet: Uint8Array;
  readonly openedAt: number;
  /** When the first answer came; −1 for none so far. */
  answeredAt: number;
}

export class Clients {
  readonly #pool: ReturnType<typeof compilePool>;
  readonly #clients: readonly Uint8Array[];
  /** All connections, in the order in which they were opened. */
  readonly attempts: Attempt[] = [];

  /** @param prefix the /80 */
  constructor(count: number, prefix: string) {
    this.#pool = compilePool(prefix);
    this.#clients = Array.from({ length: count }, (_, n) =>
      bytesOf(parseIPv6(`2001:db8:${(0xc000 + n).toString(16)}::c`)),
    );
  }

  /** A new connection of a client. @param random an integer below its argument */
  open(client: number, random: (below: number) => number, now: number): Attempt {
    const number = this.attempts.length;
    const payload = new Uint8Array(LENGTH);
    set32(payload, 8, number);
    const server = FIRST_SERVER + random(SERVERS) * SERVER_STEP;
    const destination = bytesOf(parseIPv6(this.#pool.embed(SELECTOR.automatic, formatIPv4(server))));
    const from = { address: this.#clients[client], port: FIRST_PORT + (number % PORTS) };
    const attempt: Attempt = {
      packet: makeUdpPacket(from, { address: destination, port: ECHO_PORT }, payload),
      openedAt: now,
      answeredAt: -1,
    };
    this.attempts.push(attempt);
    return attempt;
  }

  /** Takes a packet that came back. */
  answer(packet: Uint8Array, now: number): void {
    const payload = payloadOf(packet);
    if (payload?.length !== LENGTH) return;
    const attempt = this.attempts[get32(payload, 8)];
    if (attempt !== undefined && attempt.answeredAt < 0) attempt.answeredAt = now;
  }

  /** The share of connections that were opened in a time and answered within {@link PATIENCE_MS}, or another time. */
  share(from: number, to: number, within: number = PATIENCE_MS): number {
    const opened = this.attempts.filter(({ openedAt }) => openedAt >= from && openedAt < to);
    const works = opened.filter(({ openedAt, answeredAt }) => answeredAt >= 0 && answeredAt - openedAt <= within);
    return works.length / opened.length;
  }
}
