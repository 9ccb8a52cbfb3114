import { isIP } from "node:net";

/**
 * Whether a `Host` header is allowed: an address or `localhost`, with any port (SSH may forward it). With any other name
 * allowed, a foreign page whose name resolves to this host (DNS rebinding) could read what a browser on this host can reach.
 */
export function isAllowedHost(header: string | undefined): boolean {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+))(?::\d{1,5})?$/.exec(header ?? "");
  if (match === null) return false;
  const [, ipv6, other] = match;
  return ipv6 !== undefined ? isIP(ipv6) === 6 : other.toLowerCase() === "localhost" || isIP(other) === 4;
}
