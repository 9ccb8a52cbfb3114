import type { Pool, Prefix } from "@nat64/rfc6052";
import { SELECTOR } from "@nat64/rfc6052";
import type { AddressMapping } from "./address-mapping.ts";
import { NO_PREFIX, Rfc6052Mapping } from "./rfc6052-mapping.ts";

/** Numbers of prefixes outside of the /80 start here; below are selectors. */
const FIRST_FURTHER = 0x10000;

/**
 * The NAT64 prefixes of a stateful engine, each with a number that a session remembers (`via`), so that its packets come
 * back from where the client sent them: those of the /80 (design §3) are numbered by their selector, others follow.
 */
export class Nat64Prefixes implements AddressMapping {
  readonly #pool: Pool | undefined;
  readonly #further: Rfc6052Mapping;

  /** @param pool the /80, when there is one; prefixes inside of it need not be among `prefixes` */
  constructor(prefixes: readonly Prefix[], pool?: Pool) {
    this.#pool = pool;
    const outside = prefixes.filter(({ w0, w1, w2, length }) => length !== 96 || pool?.matches(w0, w1, w2) !== true);
    this.#further = new Rfc6052Mapping(outside);
  }

  /** The number of the prefix that people put into their DNS64. */
  get first(): number {
    return this.#pool === undefined ? FIRST_FURTHER : SELECTOR.automatic;
  }

  /** The number of the prefix that contains the address, or `NO_PREFIX`. */
  indexOf(ipv6: Int32Array): number {
    const pool = this.#pool;
    if (pool?.matches(ipv6[0], ipv6[1], ipv6[2])) {
      const selector = pool.selector(ipv6[2]);
      return selector <= SELECTOR.lastPinned ? selector : NO_PREFIX;
    }
    const index = this.#further.indexOf(ipv6);
    return index === NO_PREFIX ? NO_PREFIX : FIRST_FURTHER + index;
  }

  /** The pinned selector of a prefix's number; 0 for the automatic one and for prefixes outside of the /80. */
  selectorOf(via: number): number {
    return via < FIRST_FURTHER ? via : SELECTOR.automatic;
  }

  toIPv4(ipv6: Int32Array, ipv4: Int32Array): boolean {
    const via = this.indexOf(ipv6);
    if (via === NO_PREFIX) return false;
    ipv4[0] = via < FIRST_FURTHER ? ipv6[3] : this.#further.extract(via - FIRST_FURTHER, ipv6);
    return true;
  }

  toIPv6(ipv4: number, ipv6: Int32Array): boolean {
    if (this.#pool === undefined) return this.#further.toIPv6(ipv4, ipv6);
    this.embed(SELECTOR.automatic, ipv4, ipv6);
    return true;
  }

  /** Writes the address that embeds `ipv4` in the prefix of that number. */
  embed(via: number, ipv4: number, ipv6: Int32Array): void {
    if (via >= FIRST_FURTHER) {
      this.#further.embed(via - FIRST_FURTHER, ipv4, ipv6);
      return;
    }
    const pool = this.#pool as Pool;
    ipv6[0] = pool.w0;
    ipv6[1] = pool.w1;
    ipv6[2] = pool.w2 | via;
    ipv6[3] = ipv4;
  }

  /**
   * Writes the source of an ICMPv6 error for a client of that prefix: the address that embeds the IPv4 address which sent the
   * error. That may be any address, since routers also answer from 10/8. The well-known prefix must not embed a private one
   * (RFC 6052 §3.1): then the error comes from our own address.
   */
  embedReporter(via: number, ipv4: number, own: Int32Array, ipv6: Int32Array): void {
    this.embed(via, ipv4, ipv6);
    if (this.indexOf(ipv6) === NO_PREFIX) ipv6.set(own);
  }
}
