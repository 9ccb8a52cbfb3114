import { PREFIX_CHECK, type Prefix } from "@nat64/rfc6052";
import type { AddressMapping } from "./address-mapping.ts";

/** No prefix covers the address. */
export const NO_PREFIX = -1;

/** The algorithmic mapping of RFC 6052 with one or several prefixes; IPv4 addresses go into the first. */
export class Rfc6052Mapping implements AddressMapping {
  readonly #prefixes: readonly Prefix[];

  constructor(prefixes: readonly Prefix[]) {
    this.#prefixes = prefixes;
  }

  /** Index of the prefix that contains the address and may translate it, or {@link NO_PREFIX}. */
  indexOf(ipv6: Int32Array): number {
    const prefixes = this.#prefixes;
    for (let i = 0; i < prefixes.length; i++) {
      if (prefixes[i].check(ipv6[0], ipv6[1], ipv6[2], ipv6[3]) === PREFIX_CHECK.ok) return i;
    }
    return NO_PREFIX;
  }

  toIPv4(ipv6: Int32Array, ipv4: Int32Array): boolean {
    const index = this.indexOf(ipv6);
    if (index === NO_PREFIX) return false;
    ipv4[0] = this.#prefixes[index].extract(ipv6[1], ipv6[2], ipv6[3]);
    return true;
  }

  toIPv6(ipv4: number, ipv6: Int32Array): boolean {
    if (this.#prefixes.length === 0) return false;
    this.embed(0, ipv4, ipv6);
    // The well-known prefix does not take every IPv4 address (RFC 6052 §3.1).
    return this.#prefixes[0].check(ipv6[0], ipv6[1], ipv6[2], ipv6[3]) === PREFIX_CHECK.ok;
  }

  /** The IPv4 address that an address in the prefix of that index embeds. */
  extract(index: number, ipv6: Int32Array): number {
    return this.#prefixes[index].extract(ipv6[1], ipv6[2], ipv6[3]);
  }

  /** Writes the address that embeds `ipv4` in the prefix of that index. */
  embed(index: number, ipv4: number, ipv6: Int32Array): void {
    const prefix = this.#prefixes[index];
    ipv6[0] = prefix.w0;
    ipv6[1] = prefix.embedW1(ipv4);
    ipv6[2] = prefix.embedW2(ipv4);
    ipv6[3] = prefix.embedW3(ipv4);
  }
}
