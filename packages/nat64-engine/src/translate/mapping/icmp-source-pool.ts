/** The IPv4 address that routers without one of their own answer from: 192.0.0.8 (RFC 7600 §4.8). */
const DUMMY_ADDRESS = (192 << 24) | 8;

/**
 * IPv4 sources for translated ICMPv6 errors whose own source has no mapping (RFC 6791 §3.1): routers on the way have
 * ordinary IPv6 addresses.
 */
export class IcmpSourcePool {
  readonly #addresses: Int32Array;

  /** @param addresses as words; empty means 192.0.0.8 */
  constructor(addresses: readonly number[]) {
    this.#addresses = Int32Array.from(addresses.length === 0 ? [DUMMY_ADDRESS] : addresses);
  }

  /** One of the addresses. RFC 6791 §3.1 wants it picked at random: any 32 bits, a hash of the source does as well. */
  choose(random: number): number {
    return this.#addresses[(random >>> 0) % this.#addresses.length];
  }
}

/**
 * IPv6 sources for translated ICMPv4 errors whose own source has no mapping: with explicit mappings alone, routers on the way
 * have none (RFC 6791 §3.1 in the other direction).
 */
export class IcmpSourcePool6 {
  readonly #addresses: readonly Int32Array[];

  /** @param addresses four words each, at least one */
  constructor(addresses: readonly (readonly number[])[]) {
    this.#addresses = addresses.map((words) => Int32Array.from(words));
  }

  /** Copies one of the addresses; the same router always gets the same one. @param router its IPv4 address */
  copy(router: number, words: Int32Array): void {
    words.set(this.#addresses[(Math.imul(router, 0x9e3779b1) >>> 8) % this.#addresses.length]);
  }
}
