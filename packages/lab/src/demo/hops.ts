import { AddressError, extract } from "@nat64/rfc6052";

/**
 * Adds the IPv4 address to a line of traceroute if the hop is in the NAT64 prefix: ` 4 2001:db8:64::a40:2 0.3 ms` gets
 * ` (10.64.0.2)` at its end.
 */
export function describeHop(line: string, nat64Prefix: string): string {
  const address = /[\da-f]*:[\da-f:]+/.exec(line)?.[0];
  const ipv4 = address && extractOrNothing(nat64Prefix, address);
  return ipv4 ? `${line} (${ipv4})` : line;
}

/** Routers of the IPv6 side are not in the prefix; those of the IPv4 side may have private addresses. */
function extractOrNothing(nat64Prefix: string, address: string): string | undefined {
  try {
    return extract(nat64Prefix, address, { nonGlobal: "ignore" });
  } catch (error) {
    if (error instanceof AddressError) return undefined;
    throw error;
  }
}
