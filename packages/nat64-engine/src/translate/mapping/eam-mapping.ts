/**
 * Explicit Address Mappings (RFC 7757): pairs of an IPv4 and an IPv6 prefix. What follows the IPv4 prefix follows the
 * IPv6 prefix, too; should the IPv6 address have more room, the rest is zero, and ignored the other way (§3.3).
 *
 * Entries may overlap: the longest prefix decides, in each direction separately (§3.2). The same prefix twice is
 * refused.
 */
import type { AddressMapping } from "./address-mapping.ts";
import { PrefixTable } from "./prefix-table.ts";

/** One row of the Explicit Address Mapping Table. Addresses are words, lengths are in bits. */
export interface ExplicitAddressMapping {
  readonly ipv4: number;
  readonly ipv4Length: number;
  readonly ipv6: readonly [number, number, number, number];
  readonly ipv6Length: number;
}

/** An Explicit Address Mapping Table (RFC 7757 §3.1), compiled. */
export class EamMapping implements AddressMapping {
  readonly #byIPv4: PrefixTable;
  readonly #byIPv6: PrefixTable;
  readonly #entries: readonly ExplicitAddressMapping[];
  readonly #key: Int32Array = new Int32Array(1);

  /** Throws a RangeError that names the entry and what is wrong with it. */
  constructor(entries: readonly ExplicitAddressMapping[]) {
    entries.forEach(check);
    this.#entries = entries.map((entry) => ({ ...entry }));
    this.#byIPv4 = new PrefixTable(entries.map(({ ipv4, ipv4Length }) => ({ words: [ipv4], length: ipv4Length })));
    this.#byIPv6 = new PrefixTable(entries.map(({ ipv6, ipv6Length }) => ({ words: ipv6, length: ipv6Length })));
  }

  toIPv4(ipv6: Int32Array, ipv4: Int32Array): boolean {
    const found = this.#byIPv6.find(ipv6);
    if (found < 0) return false;
    const entry = this.#entries[found];
    const suffix = entry.ipv4Length === 32 ? 0 : bitsAt(ipv6, entry.ipv6Length) >>> entry.ipv4Length;
    ipv4[0] = entry.ipv4 | suffix;
    return true;
  }

  toIPv6(ipv4: number, ipv6: Int32Array): boolean {
    this.#key[0] = ipv4;
    const found = this.#byIPv4.find(this.#key);
    if (found < 0) return false;
    const entry = this.#entries[found];
    ipv6[0] = entry.ipv6[0];
    ipv6[1] = entry.ipv6[1];
    ipv6[2] = entry.ipv6[2];
    ipv6[3] = entry.ipv6[3];
    if (entry.ipv4Length < 32) orBitsAt(ipv6, entry.ipv6Length, ipv4 << entry.ipv4Length);
    return true;
  }
}

/** RFC 7757 §3.1: the IPv6 suffix must have room for the IPv4 suffix. */
function check(entry: ExplicitAddressMapping, index: number): void {
  const { ipv4Length, ipv6Length } = entry;
  const areLengths = ipv4Length >= 0 && ipv4Length <= 32 && ipv6Length >= 0 && ipv6Length <= 128;
  if (!areLengths || 32 - ipv4Length > 128 - ipv6Length) {
    throw new RangeError(
      `EAM entry ${index}: an IPv6 /${ipv6Length} has no room for the addresses of an IPv4 /${ipv4Length}.`,
    );
  }
}

/** 32 bits from bit `position` on, zeros behind the end. */
function bitsAt(words: Int32Array, position: number): number {
  const index = position >>> 5;
  const shift = position & 31;
  if (index > 3) return 0;
  if (shift === 0) return words[index];
  return (words[index] << shift) | (index < 3 ? words[index + 1] >>> (32 - shift) : 0);
}

/** Sets the bits of `value` from bit `position` on. Bits past the end are zero, which {@link check} ensures. */
function orBitsAt(words: Int32Array, position: number, value: number): void {
  const index = position >>> 5;
  const shift = position & 31;
  words[index] |= value >>> shift;
  if (shift !== 0 && index < 3) words[index + 1] |= value << (32 - shift);
}
