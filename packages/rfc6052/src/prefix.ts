/**
 * A prefix of RFC 6052 §2.2, compiled for the packet path.
 *
 * Contract of everything that {@link compilePrefix} returns: no allocation, no exception, no bounds checks. Words are
 * int32 (see `words.ts`). Methods on bytes read or write sixteen bytes at `offset`; the caller makes sure that they
 * exist.
 */

import { AddressError, quote, uOctetError } from "./errors.ts";
import { isGlobalUnicastIPv4 } from "./global-unicast.ts";
import { embedInW1, embedInW2, embedInW3, extractWord, suffixMaskW2, suffixMaskW3, U_OCTET_MASK } from "./layout.ts";
import { isPrefixLength, PREFIX_LENGTHS, type PrefixLength } from "./prefix-length.ts";
import { formatIPv6, parseCidr } from "./text.ts";
import { isInWellKnownPrefix } from "./well-known.ts";
import { maskWord, readWord, writeWord } from "./words.ts";

/** The results of {@link Prefix.check}. They are small integers, so that they can index counters. */
export const PREFIX_CHECK = {
  /** The address is in the prefix and may be translated. */
  ok: 0,
  /** The address is not in the prefix. */
  notInPrefix: 1,
  /** Bits 64–71 are not zero (RFC 6052 §2.2). */
  uOctet: 2,
  /** Bits of the suffix are not zero (RFC 6052 §2.2). */
  suffix: 3,
  /** A non-global IPv4 address in the well-known prefix, which MUST be dropped (RFC 6052 §3.1). */
  nonGlobal: 4,
} as const;

/** One of the values of {@link PREFIX_CHECK}. */
export type PrefixCheck = (typeof PREFIX_CHECK)[keyof typeof PREFIX_CHECK];

/** How strictly received addresses are checked. */
export interface PrefixPolicy {
  /** Bits 64–71 are set. Default `refuse`: RFC 6052 §2.2 says that they MUST be zero. */
  readonly uOctet?: "refuse" | "ignore";
  /** Bits of the suffix are set. Default `ignore`: RFC 6052 §2.2 says that translators SHOULD ignore them. */
  readonly suffix?: "ignore" | "refuse";
  /**
   * A non-global IPv4 address in the well-known prefix. Default `refuse` (RFC 6052 §3.1, a MUST). Change it only in
   * laboratories.
   */
  readonly nonGlobal?: "refuse" | "ignore";
}

/** A compiled prefix. Made by {@link compilePrefix}. */
export class Prefix {
  readonly length: PrefixLength;
  /** Canonical text, with length. */
  readonly text: string;
  /** Whether this is the well-known prefix 64:ff9b::/96 (RFC 6052 §2.1). */
  readonly isWellKnown: boolean;
  /** The first three words of the prefix; the fourth is always zero. */
  readonly w0: number;
  readonly w1: number;
  readonly w2: number;
  readonly #mask1: number;
  readonly #mask2: number;
  readonly #refusedW2: number;
  readonly #refusedW3: number;
  readonly #refusesNonGlobal: boolean;

  /** Use {@link compilePrefix}, which checks the arguments. The constructor does not. */
  constructor(w0: number, w1: number, w2: number, length: PrefixLength, policy: PrefixPolicy) {
    this.w0 = w0;
    this.w1 = w1;
    this.w2 = w2;
    this.length = length;
    this.text = `${formatIPv6([w0, w1, w2, 0])}/${length}`;
    this.isWellKnown = length === 96 && isInWellKnownPrefix(w0, w1, w2);
    this.#mask1 = maskWord(length - 32);
    this.#mask2 = maskWord(length - 64);
    const refusesSuffix = policy.suffix === "refuse";
    this.#refusedW2 = (policy.uOctet === "ignore" ? 0 : U_OCTET_MASK) | (refusesSuffix ? suffixMaskW2(length) : 0);
    this.#refusedW3 = refusesSuffix ? suffixMaskW3(length) : 0;
    this.#refusesNonGlobal = this.isWellKnown && policy.nonGlobal !== "ignore";
  }

  /** Whether the address is in the prefix. Compares only the prefix bits. */
  matches(w0: number, w1: number, w2: number): boolean {
    return w0 === this.w0 && ((w1 ^ this.w1) & this.#mask1) === 0 && ((w2 ^ this.w2) & this.#mask2) === 0;
  }

  /** Whether the policy allows translating the address, and if not, why: a value of {@link PREFIX_CHECK}. */
  check(w0: number, w1: number, w2: number, w3: number): PrefixCheck {
    if (!this.matches(w0, w1, w2)) return PREFIX_CHECK.notInPrefix;
    if (((w2 & this.#refusedW2) | (w3 & this.#refusedW3)) !== 0) {
      return (w2 & this.#refusedW2 & U_OCTET_MASK) !== 0 ? PREFIX_CHECK.uOctet : PREFIX_CHECK.suffix;
    }
    return this.#refusesNonGlobal && !isGlobalUnicastIPv4(w3) ? PREFIX_CHECK.nonGlobal : PREFIX_CHECK.ok;
  }

  /** The embedded IPv4 address. Only meaningful after {@link check} returned `ok`. */
  extract(w1: number, w2: number, w3: number): number {
    return extractWord(this.length, w1, w2, w3);
  }

  /** Second word of the address that embeds `ipv4`; the first is always {@link w0}. */
  embedW1(ipv4: number): number {
    return this.w1 | embedInW1(this.length, ipv4);
  }

  /** Third word of the address that embeds `ipv4`. */
  embedW2(ipv4: number): number {
    return this.w2 | embedInW2(this.length, ipv4);
  }

  /** Fourth word of the address that embeds `ipv4`. */
  embedW3(ipv4: number): number {
    return embedInW3(this.length, ipv4);
  }

  /** Like {@link matches}, on bytes. */
  matchesBytes(bytes: Uint8Array, offset: number): boolean {
    return this.matches(readWord(bytes, offset), readWord(bytes, offset + 4), readWord(bytes, offset + 8));
  }

  /** Like {@link check}, on bytes. */
  checkBytes(bytes: Uint8Array, offset: number): PrefixCheck {
    return this.check(
      readWord(bytes, offset),
      readWord(bytes, offset + 4),
      readWord(bytes, offset + 8),
      readWord(bytes, offset + 12),
    );
  }

  /** Like {@link extract}, on bytes. */
  extractBytes(bytes: Uint8Array, offset: number): number {
    return extractWord(
      this.length,
      readWord(bytes, offset + 4),
      readWord(bytes, offset + 8),
      readWord(bytes, offset + 12),
    );
  }

  /** Writes the sixteen bytes of the address that embeds `ipv4`; u octet and suffix are zero. */
  embedBytes(ipv4: number, out: Uint8Array, offset: number): void {
    writeWord(out, offset, this.w0);
    writeWord(out, offset + 4, this.embedW1(ipv4));
    writeWord(out, offset + 8, this.embedW2(ipv4));
    writeWord(out, offset + 12, this.embedW3(ipv4));
  }
}

/**
 * Compiles a prefix such as `"64:ff9b::/96"`.
 *
 * Throws an {@link AddressError}: `invalid-prefix`, `invalid-ipv6`, `host-bits`, `prefix-length`, or `u-octet` for a
 * /96 that sets bits 64–71.
 */
export function compilePrefix(text: string, policy: PrefixPolicy = {}): Prefix {
  const { family, words, length } = parseCidr(text);
  if (family === 4)
    throw new AddressError("invalid-ipv6", `${quote(text)} is an IPv4 prefix; expected an IPv6 prefix.`);
  if (!isPrefixLength(length)) {
    const lengths = PREFIX_LENGTHS.map((each) => `/${each}`).join(", ");
    throw new AddressError(
      "prefix-length",
      `A /${length} cannot embed IPv4 addresses. RFC 6052 allows only ${lengths}.`,
    );
  }
  if ((words[2] & U_OCTET_MASK) !== 0) {
    throw uOctetError(text);
  }
  return new Prefix(words[0], words[1], words[2], length, policy);
}
