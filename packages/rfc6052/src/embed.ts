/** Embedding and extracting on text (RFC 6052 §2.3 and §2.4). */
import { AddressError, quote, uOctetError } from "./errors.ts";
import { isGlobalUnicastIPv4 } from "./global-unicast.ts";
import { compilePrefix, PREFIX_CHECK, type Prefix, type PrefixPolicy } from "./prefix.ts";
import { formatIPv4, formatIPv6, parseIPv4, parseIPv6 } from "./text.ts";

/** Options of {@link embed}: the text form, and which addresses it refuses. */
export interface EmbedOptions extends Pick<PrefixPolicy, "nonGlobal"> {
  /**
   * Writes the last 32 bits in dotted decimal. RFC 6052 §2.4 allows that for a /96; other lengths ignore this option.
   */
  readonly dotted?: boolean;
}

/**
 * Returns the IPv6 address that represents `ipv4` in `prefix`, in the canonical text of RFC 5952.
 *
 * Throws an {@link AddressError}: any of `compilePrefix`, `invalid-ipv4` or `non-global-ipv4`.
 */
export function embed(prefix: string, ipv4: string, options: EmbedOptions = {}): string {
  const compiled = compilePrefix(prefix, options);
  const word = parseIPv4(ipv4);
  if (compiled.isWellKnown && options.nonGlobal !== "ignore" && !isGlobalUnicastIPv4(word)) throw nonGlobal(word);
  const words = [compiled.w0, compiled.embedW1(word), compiled.embedW2(word), compiled.embedW3(word)] as const;
  return formatIPv6(words, options.dotted === true && compiled.length === 96);
}

/**
 * Returns the IPv4 address that `ipv6` represents in `prefix`.
 *
 * Throws an {@link AddressError}: any of `compilePrefix`, `invalid-ipv6`, `not-in-prefix`, and, depending on the
 * policy, `u-octet`, `suffix` or `non-global-ipv4`.
 */
export function extract(prefix: string, ipv6: string, policy: PrefixPolicy = {}): string {
  const compiled = compilePrefix(prefix, policy);
  const [w0, w1, w2, w3] = parseIPv6(ipv6);
  const word = compiled.extract(w1, w2, w3);
  switch (compiled.check(w0, w1, w2, w3)) {
    case PREFIX_CHECK.ok:
      return formatIPv4(word);
    case PREFIX_CHECK.notInPrefix:
      throw notInPrefix(ipv6, compiled);
    case PREFIX_CHECK.uOctet:
      throw uOctetError(ipv6);
    case PREFIX_CHECK.suffix:
      throw new AddressError("suffix", `${quote(ipv6)} sets bits after the embedded IPv4 address.`);
    case PREFIX_CHECK.nonGlobal:
      throw nonGlobal(word);
  }
}

function notInPrefix(ipv6: string, prefix: Prefix): AddressError {
  return new AddressError("not-in-prefix", `${quote(ipv6)} is not in ${prefix.text}.`);
}

function nonGlobal(word: number): AddressError {
  const address = formatIPv4(word);
  return new AddressError(
    "non-global-ipv4",
    `${address} is not a global IPv4 address. RFC 6052 §3.1 forbids it in the well-known prefix.`,
  );
}
