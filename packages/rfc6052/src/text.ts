/** Converts text to words and back, using `ip-address`. All errors are {@link AddressError}s. */
import { Address4, Address6 } from "ip-address";
import { AddressError, LONGEST_TEXT, quote } from "./errors.ts";
import { bytesOf, type IPv6Words, maskWord, readWord, wordsOf } from "./words.ts";

/** Parses an IPv4 address in dotted decimal to a word. Throws `invalid-ipv4`. */
export function parseIPv4(text: string): number {
  const parsed = text.length > LONGEST_TEXT || text.includes("/") ? undefined : tryParse(() => new Address4(text));
  if (parsed === undefined) throw new AddressError("invalid-ipv4", `${quote(text)} is not an IPv4 address.`);
  return readWord(Uint8Array.from(parsed.toArray()), 0);
}

/** Parses an IPv6 address (RFC 4291 §2.2) to words. Throws `invalid-ipv6`, also for a zone or a prefix length. */
export function parseIPv6(text: string): IPv6Words {
  const parsed = /[/%]/.test(text) || text.length > LONGEST_TEXT ? undefined : tryParse(() => new Address6(text));
  if (parsed === undefined) throw new AddressError("invalid-ipv6", `${quote(text)} is not an IPv6 address.`);
  return wordsOf(Uint8Array.from(parsed.toUnsignedByteArray()));
}

/** Formats an IPv4 word in dotted decimal. */
export function formatIPv4(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 0xff}.${(word >>> 8) & 0xff}.${word & 0xff}`;
}

/**
 * Formats IPv6 words in the canonical text of RFC 5952 §4. `dotted` writes the last 32 bits as IPv4 (RFC 6052 §2.4).
 */
export function formatIPv6(words: IPv6Words, dotted = false): string {
  if (!dotted) return Address6.fromUnsignedByteArray([...bytesOf(words)]).correctForm();
  // With a non-zero last group, `::` cannot cover the 32 bits that are replaced.
  const hex = Address6.fromUnsignedByteArray([...bytesOf([words[0], words[1], words[2], 0x00010001])]).correctForm();
  return hex.replace(/1:1$/, formatIPv4(words[3]));
}

/** A parsed `address/length` of either family; IPv4 uses the first word only. */
export interface Cidr {
  readonly family: 4 | 6;
  readonly words: IPv6Words;
  /** In bits. */
  readonly length: number;
}

/** Parses `address/length`. Throws `invalid-prefix`, `invalid-ipv4`, `invalid-ipv6` or `host-bits`. */
export function parseCidr(text: string): Cidr {
  const slash = text.indexOf("/");
  const lengthText = text.slice(slash + 1);
  if (slash < 0 || !/^(0|[1-9]\d{0,2})$/.test(lengthText)) {
    throw new AddressError("invalid-prefix", `${quote(text)} is not a prefix: expected an address, "/" and a length.`);
  }
  const address = text.slice(0, slash);
  const family = familyOf(address);
  const words: IPv6Words = family === 6 ? parseIPv6(address) : [parseIPv4(address), 0, 0, 0];
  const length = Number(lengthText);
  const longest = family === 6 ? 128 : 32;
  if (length > longest) {
    throw new AddressError("invalid-prefix", `${quote(text)} is not a prefix: the length is at most ${longest}.`);
  }
  if (words.some((word, i) => (word & ~maskWord(length - 32 * i)) !== 0)) {
    throw new AddressError("host-bits", `${quote(text)} has bits set after the first ${length}.`);
  }
  return { family, words, length };
}

/** Guesses the address family of a text. Throws `invalid-ipv6` if it is neither. */
export function familyOf(address: string): 4 | 6 {
  if (address.includes(":")) return 6;
  if (address.includes(".")) return 4;
  throw new AddressError("invalid-ipv6", `${quote(address)} is neither an IPv4 nor an IPv6 address.`);
}

function tryParse<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
