/**
 * Names for reverse lookups: in-addr.arpa (RFC 1035 §3.5) and ip6.arpa (RFC 3596 §2.5). Only names of complete
 * addresses are supported.
 */
import { AddressError, quote } from "./errors.ts";
import { compilePrefix, PREFIX_CHECK, type PrefixPolicy } from "./prefix.ts";
import { familyOf, formatIPv4, formatIPv6, parseIPv4, parseIPv6 } from "./text.ts";
import { bytesOf, type IPv6Words } from "./words.ts";

const IPV4_NAME = /^((?:\d{1,3}\.){4})in-addr\.arpa\.?$/i;
const IPV6_NAME = /^((?:[0-9a-f]\.){32})ip6\.arpa\.?$/i;

/**
 * Returns the reverse name of an IPv4 or IPv6 address, in lower case and without a final dot. Throws `invalid-ipv4` or
 * `-ipv6`.
 */
export function toArpaName(address: string): string {
  return familyOf(address) === 4 ? ipv4Name(parseIPv4(address)) : ipv6Name(parseIPv6(address));
}

/**
 * Returns the address of a reverse name, in canonical text. Accepts a final dot and upper case. Throws
 * `invalid-arpa-name`.
 */
export function fromArpaName(name: string): string {
  const ipv6 = parseIPv6Name(name);
  if (ipv6 !== undefined) return formatIPv6(ipv6);
  const labels = IPV4_NAME.exec(name)?.[1];
  try {
    if (labels !== undefined) return formatIPv4(parseIPv4(labels.slice(0, -1).split(".").reverse().join(".")));
  } catch {
    // An octet above 255 or with a leading zero. The error below is about the name instead.
  }
  throw new AddressError(
    "invalid-arpa-name",
    `${quote(name)} is not the in-addr.arpa or ip6.arpa name of one address.`,
  );
}

/**
 * Translates the ip6.arpa name of an address in `prefix` to the in-addr.arpa name of the embedded IPv4 address. A DNS64
 * sends PTR queries there (RFC 6147 §5.3.1). Returns `undefined` if the address is outside the prefix or the policy
 * refuses it. Throws `invalid-arpa-name` and the errors of `compilePrefix`.
 */
export function embeddedArpaName(prefix: string, name: string, policy: PrefixPolicy = {}): string | undefined {
  const compiled = compilePrefix(prefix, policy);
  const words = parseIPv6Name(name);
  if (words === undefined) {
    throw new AddressError("invalid-arpa-name", `${quote(name)} is not the ip6.arpa name of one address.`);
  }
  if (compiled.check(...words) !== PREFIX_CHECK.ok) return undefined;
  return ipv4Name(compiled.extract(words[1], words[2], words[3]));
}

function ipv4Name(word: number): string {
  return `${formatIPv4(word).split(".").reverse().join(".")}.in-addr.arpa`;
}

function ipv6Name(words: IPv6Words): string {
  const nibbles = Array.from(bytesOf(words), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${[...nibbles].reverse().join(".")}.ip6.arpa`;
}

function parseIPv6Name(name: string): IPv6Words | undefined {
  const labels = IPV6_NAME.exec(name)?.[1];
  if (labels === undefined) return undefined;
  const nibbles = labels.slice(0, -1).split(".").reverse().join("");
  return parseIPv6(nibbles.match(/.{4}/g)!.join(":"));
}
