/** Reads the address in the forms that complaints and logs use. */

import { UsageError } from "@nat64/daemon-kit/command-line";
import { AddressError, formatIPv4, formatIPv6, fromArpaName, parseIPv4, parseIPv6 } from "@nat64/rfc6052";

/** The address that was read. */
export interface ComplaintAddress {
  /** Canonical text. */
  readonly address: string;
  readonly family: 4 | 6;
  /** The port, if the address was followed by one. */
  readonly port?: number;
}

/** Maximum length of the text. */
const MAX_LENGTH = 200;

/**
 * Takes an address in brackets, with a port, a zone (RFC 4007 §11), a length of /128 or /32, in a URL, IPv4-mapped
 * (RFC 4291 §2.5.5.2), or as a name under ip6.arpa and in-addr.arpa. Throws a `UsageError` with a sentence for anything else.
 */
export function readComplaintAddress(input: string): ComplaintAddress {
  const text = input.trim();
  if (text.length > MAX_LENGTH)
    throw new UsageError(`the argument has ${text.length} characters; give only the address`);
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    throw new UsageError(`${JSON.stringify(text)} is not an address; give only the address, such as 2001:db8::1`);
  }
}

function read(text: string): ComplaintAddress {
  const host = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]+)/i.exec(text)?.[1]?.replace(/^.*@/, "") ?? text;
  if (/\.arpa\.?$/i.test(host)) return canonical(fromArpaName(host), undefined);
  const inBrackets = /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(host);
  if (inBrackets !== null) return canonical(inBrackets[1], inBrackets[2]);
  const ipv4 = /^(\d{1,3}(?:\.\d{1,3}){3})(?:\/32)?(?::(\d{1,5}))?$/.exec(host);
  return ipv4 === null ? canonical(host, undefined) : canonical(ipv4[1], ipv4[2]);
}

function canonical(text: string, port: string | undefined): ComplaintAddress {
  const number = port === undefined ? undefined : Number(port);
  if (number !== undefined && number > 65_535)
    throw new UsageError(`${number} is not a port; the highest port is 65535`);
  const ports = number !== undefined && { port: number };
  if (!text.includes(":")) return { address: formatIPv4(parseIPv4(text)), family: 4, ...ports };
  const words = parseIPv6(text.replace(/\/128$/, "").replace(/%[^%]+$/, ""));
  if (words[0] === 0 && words[1] === 0 && words[2] === 0xffff) {
    return { address: formatIPv4(words[3]), family: 4, ...ports };
  }
  return { address: formatIPv6(words), family: 6, ...ports };
}
