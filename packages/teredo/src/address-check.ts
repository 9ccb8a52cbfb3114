/**
 * Checks whether a Teredo address is safe to use. Sending to it means sending UDP to an IPv4 address that a stranger
 * has chosen. Without these checks, a relay or a server can be made to attack internal networks (CVE-2006-6264) or to
 * forward in loops (RFC 6324).
 *
 * The caller decides which IPv4 addresses are global unicast, so this package needs no registry.
 */
import { isTeredo, readFlags, readMappedAddress, readMappedPort, readServer, type TeredoAddress } from "./address.ts";
import { UG_FLAGS } from "./flags.ts";

/** Why an address is refused. The codes are stable; {@link TEREDO_FAULTS} has a sentence for each. */
export type TeredoFault =
  | "not-teredo"
  | "ug-flags"
  | "server-not-global"
  | "mapped-address-not-global"
  | "mapped-port-zero";

/** A sentence for people for each fault. */
export const TEREDO_FAULTS: Readonly<Record<TeredoFault, string>> = {
  "not-teredo": "The address is not in 2001::/32, the Teredo prefix (RFC 4380 §2.6).",
  "ug-flags": "The universal or the group bit is set. RFC 4380 §4 requires both to be zero.",
  "server-not-global": "The Teredo server's IPv4 address is not global unicast.",
  "mapped-address-not-global": "The mapped IPv4 address is not global unicast.",
  "mapped-port-zero": "The mapped UDP port is zero, which is not a valid port.",
};

/** Whether an IPv4 address, an int32 word, is global unicast. Called at most twice per check. */
export type IPv4Predicate = (ipv4: number) => boolean;

/** The first fault of the address at `offset`, or `undefined`. Allocates nothing. */
export function checkTeredoBytes(
  bytes: Uint8Array,
  offset: number,
  isGlobalUnicast: IPv4Predicate,
): TeredoFault | undefined {
  if (!isTeredo(bytes, offset)) return "not-teredo";
  return findFault(
    readServer(bytes, offset),
    readFlags(bytes, offset),
    readMappedPort(bytes, offset),
    readMappedAddress(bytes, offset),
    isGlobalUnicast,
  );
}

/** The first fault of a parsed address, or `undefined`. */
export function checkTeredoAddress(address: TeredoAddress, isGlobalUnicast: IPv4Predicate): TeredoFault | undefined {
  return findFault(address.server, address.flags, address.mappedPort, address.mappedAddress, isGlobalUnicast);
}

function findFault(
  server: number,
  flags: number,
  mappedPort: number,
  mappedAddress: number,
  isGlobalUnicast: IPv4Predicate,
): TeredoFault | undefined {
  if ((flags & UG_FLAGS) !== 0) return "ug-flags";
  if (!isGlobalUnicast(server)) return "server-not-global";
  if (!isGlobalUnicast(mappedAddress)) return "mapped-address-not-global";
  if (mappedPort === 0) return "mapped-port-zero";
  return undefined;
}
