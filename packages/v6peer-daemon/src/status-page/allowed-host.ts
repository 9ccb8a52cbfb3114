import { isIP } from "node:net";

/**
 * Whether a `Host` header is one that a browser sends for this page: an address, or `localhost`, with any port (it may be
 * forwarded by SSH). A name of somebody else's that was made to point here (DNS rebinding) would let a page of theirs
 * read this one; an address cannot be made to.
 */
export function isAllowedHost(header: string | undefined): boolean {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+))(?::\d{1,5})?$/.exec(header ?? "");
  if (match === null) return false;
  const [, ipv6, other] = match;
  return ipv6 !== undefined ? isIP(ipv6) === 6 : other.toLowerCase() === "localhost" || isIP(other) === 4;
}
