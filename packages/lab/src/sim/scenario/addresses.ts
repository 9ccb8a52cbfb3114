/**
 * The addresses of all hosts. IPv4 addresses are globally routable, because the production refusal table requires it;
 * no packet leaves the simulation.
 */
import { bytesOf, compileRefusals, parseIPv4, parseIPv6, type Refusals } from "@nat64/rfc6052";

/** IPv6 addresses are from the documentation block (RFC 3849). */
export const REFUSALS: Refusals = compileRefusals({ allow: ["2001:db8::/32"] });

export const COORDINATOR: { readonly ipv4: readonly [number, number]; readonly ipv6: Uint8Array } = {
  ipv4: [parseIPv4("45.0.0.1"), parseIPv4("45.0.0.2")],
  ipv6: ipv6("2001:db8:c0::1"),
};

/** The address of hosts behind a home NAT, and of a home NAT behind a carrier's. */
export const AT_HOME: number = parseIPv4("192.168.1.2");
export const IN_CARRIER: number = parseIPv4("100.64.0.2");

const RELAYS = parseIPv4("45.1.0.1");
const HOMES = parseIPv4("46.0.0.10");
const MOVED = parseIPv4("51.0.0.1");

export function relayAddresses(index: number): { readonly ipv4: number; readonly ipv6: Uint8Array } {
  return { ipv4: (RELAYS + index) | 0, ipv6: ipv6(`2001:db8:4e:${index.toString(16)}::1`) };
}

/** Each IPv6 peer has a /48 of its own; `P` is cut from it. */
export function v6Addresses(index: number): {
  readonly prefix: string;
  readonly address: Uint8Array;
  readonly client: Uint8Array;
} {
  const site = `2001:db8:${(0x1000 + index).toString(16)}`;
  const client = `2001:db8:${(0x8000 + index).toString(16)}::c`;
  return { prefix: `${site}::/80`, address: ipv6(`${site}:1::1`), client: ipv6(client) };
}

/** The public address of an IPv4 peer's site: two of them share each /24. */
export function siteAddress(index: number): number {
  return (HOMES + Math.floor(index / 2) * 256 + (index % 2)) | 0;
}

/** The new address of a site at the n-th move of any site. */
export function movedAddress(count: number): number {
  return (MOVED + count) | 0;
}

function ipv6(text: string): Uint8Array {
  return bytesOf(parseIPv6(text));
}
