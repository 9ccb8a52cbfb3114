import { formatIPv4, formatIPv6, type Prefix } from "@nat64/rfc6052";
import type { SessionRecord } from "../session-record.ts";
import type { SessionRecord as SessionWords } from "../state/listing.ts";

/** Writes a session down for people. */
export function describeSession(session: SessionWords, prefixes: readonly Prefix[]): SessionRecord {
  const prefix = prefixes[session.via];
  const remote = session.remoteAddress;
  // The remote end of an ICMP session has no port: the Identifier is that of the side.
  const isIcmp = session.protocol === "icmp";
  return {
    protocol: session.protocol,
    client: { address: formatIPv6(session.client), port: session.clientPort },
    destination6: {
      address: formatIPv6([prefix.w0, prefix.embedW1(remote), prefix.embedW2(remote), prefix.embedW3(remote)]),
      port: isIcmp ? session.clientPort : session.remotePort,
    },
    pool: { address: formatIPv4(session.poolAddress), port: session.poolPort },
    destination: { address: formatIPv4(remote), port: isIcmp ? session.poolPort : session.remotePort },
    state: session.state || "none",
    expiresInSeconds: Math.max(0, Math.ceil(session.remaining / 1000)),
  };
}
