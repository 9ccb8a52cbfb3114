import { formatIPv4, formatIPv6, type IPv6Words } from "@nat64/rfc6052";
import type { SessionRecord } from "../../session-record.ts";
import type { SessionRecord as SessionWords } from "../../state/sessions/list-sessions.ts";
import type { Nat64Prefixes } from "../../translate/mapping/nat64-prefixes.ts";

/** Formats a session for people. */
export function describeSession(session: SessionWords, prefixes: Nat64Prefixes): SessionRecord {
  const remote = session.remoteAddress;
  const destination = new Int32Array(4);
  prefixes.embed(session.via, remote, destination);
  const words: IPv6Words = [destination[0], destination[1], destination[2], destination[3]];
  // The remote end of an ICMP session has no port: each side shows its own Identifier.
  const isIcmp = session.protocol === "icmp";
  return {
    protocol: session.protocol,
    client: { address: formatIPv6(session.client), port: session.clientPort },
    destination6: {
      address: formatIPv6(words),
      port: isIcmp ? session.clientPort : session.remotePort,
    },
    pool: { address: formatIPv4(session.poolAddress), port: session.poolPort },
    destination: { address: formatIPv4(remote), port: isIcmp ? session.poolPort : session.remotePort },
    state: session.state || "none",
    expiresInSeconds: Math.max(0, Math.ceil(session.remaining / 1000)),
  };
}
