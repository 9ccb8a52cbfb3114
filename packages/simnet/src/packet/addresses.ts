/** Addresses in the simulation: IPv4 is an int32 word; IPv6 is sixteen bytes in the API and four words internally. */
import { set32 } from "@nat64/rfc6052/bytes";

/** An int32 word (IPv4) or sixteen bytes (IPv6). */
export type Address = number | Uint8Array;

/** An IPv6 address with the length of a prefix that is routed to it. */
export interface IPv6Prefix {
  /** Sixteen bytes. */
  readonly address: Uint8Array;
  /** 0 … 128; default 128: this address only. */
  readonly length?: number;
}

/** The sixteen bytes of four words. */
export function bytesOfWords(word0: number, word1: number, word2: number, word3: number): Uint8Array {
  const bytes = new Uint8Array(16);
  [word0, word1, word2, word3].forEach((word, index) => {
    set32(bytes, index * 4, word);
  });
  return bytes;
}

/** Refuses anything but an int32 or uint32 word or sixteen bytes. */
export function checkAddress(address: Address): void {
  if (typeof address === "number") {
    if ((address | 0) !== address && address >>> 0 !== address) throw new RangeError(`No IPv4 address: ${address}.`);
  } else if (address.length !== 16) {
    throw new RangeError(`An IPv6 address has 16 bytes, not ${address.length}.`);
  }
}

/** Refuses an invalid port. @param lowest 0 or 1 */
export function checkPort(port: number, lowest = 1): void {
  if (!Number.isInteger(port) || port < lowest || port > 65_535) throw new RangeError(`No port: ${port}.`);
}

/** 192.0.2.1 */
export function ipv4Text(word: number): string {
  return [24, 16, 8, 0].map((shift) => (word >>> shift) & 255).join(".");
}

/** 2001:db8:0:0:0:0:0:1: not shortened, for traces. */
export function ipv6Text(words: ArrayLike<number>): string {
  return Array.from(words, (word) => `${(word >>> 16).toString(16)}:${(word & 0xffff).toString(16)}`).join(":");
}
