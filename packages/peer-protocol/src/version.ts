/** Versions of the protocol, and how two sides select one. */
import type { VersionRange } from "./schema/amounts.ts";

/** ALPN protocol name (RFC 7301) of the TLS connection. */
export const ALPN_PROTOCOL = "nat64-peer/1";

/** Default TCP port of a coordinator: the same number as its Teredo server's UDP port. */
export const DEFAULT_PORT = 3544;

/** The versions that this package speaks. */
export const VERSIONS: VersionRange = { lowest: 1, highest: 1 };

/** The highest version in both ranges, or `undefined` if there is none. */
export function chooseVersion(ours: VersionRange, theirs: VersionRange): number | undefined {
  const highest = Math.min(ours.highest, theirs.highest);
  return highest >= Math.max(ours.lowest, theirs.lowest) ? highest : undefined;
}
