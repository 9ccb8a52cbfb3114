/** The IPv6 prefixes that a relay serves. It carries no other packets in either direction. */

import { get32 } from "@nat64/rfc6052/bytes";
import { isTeredo } from "../address.ts";
import { isLinkLocal, isMulticast } from "../datagram/ipv6.ts";

/** An IPv6 prefix. */
export interface IPv6Prefix {
  /** Sixteen bytes. Bits after the prefix are ignored. */
  readonly address: Uint8Array;
  /** Length of the prefix, 0 … 128. */
  readonly length: number;
}

export class ServedPrefixes {
  /** Four words of mask and four of the masked address for each prefix. */
  readonly #words: Int32Array;

  /** @throws RangeError if a prefix is malformed or contains only Teredo, link-local or multicast addresses */
  constructor(prefixes: readonly IPv6Prefix[]) {
    this.#words = Int32Array.from(prefixes.flatMap(wordsOf));
    const hopeless = ({ address, length }: IPv6Prefix): boolean => length >= 8 && isNeverServed(address, 0, length);
    if (prefixes.some(hopeless))
      throw new RangeError("A relay cannot serve Teredo, link-local or multicast addresses.");
  }

  /** Whether the address at `at` is in one of the prefixes. Allocates nothing. */
  has(bytes: Uint8Array, at: number): boolean {
    if (isNeverServed(bytes, at, 128)) return false;
    const words = this.#words;
    for (let i = 0; i < words.length; i += 8) {
      if (
        (get32(bytes, at) & words[i]) === words[i + 4] &&
        (get32(bytes, at + 4) & words[i + 1]) === words[i + 5] &&
        (get32(bytes, at + 8) & words[i + 2]) === words[i + 6] &&
        (get32(bytes, at + 12) & words[i + 3]) === words[i + 7]
      ) {
        return true;
      }
    }
    return false;
  }
}

/** Whether all addresses with the first `length` bits of that at `at` are Teredo, link-local or multicast. */
function isNeverServed(bytes: Uint8Array, at: number, length: number): boolean {
  return (length >= 32 && isTeredo(bytes, at)) || (length >= 10 && isLinkLocal(bytes, at)) || isMulticast(bytes, at);
}

function wordsOf({ address, length }: IPv6Prefix): readonly number[] {
  if (address.length !== 16 || !Number.isInteger(length) || length < 0 || length > 128) {
    throw new RangeError("A prefix must have an address of 16 bytes and a length of 0 to 128 bits.");
  }
  const masks = [0, 1, 2, 3].map((word) => maskOf(Math.min(32, Math.max(0, length - word * 32))));
  return [...masks, ...masks.map((mask, word) => get32(address, word * 4) & mask)];
}

function maskOf(bits: number): number {
  return bits === 0 ? 0 : -1 << (32 - bits);
}
