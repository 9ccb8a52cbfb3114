/**
 * Why a packet was dropped. The packet path uses the number; people and metrics see the stable code. Numbers may change
 * between versions, codes do not.
 *
 * A new reason: add a row at the end. What the sender gets back: `pipeline/own-packets/drop-answers.ts`.
 * Its words on the status page: `translator-drops.ts` of status-page.
 */
const table = [
  ["none", "Not dropped."],
  // classify: the packet cannot be understood
  ["not-ip", "The version field is neither 4 nor 6."],
  ["truncated", "The packet ends before the end of its headers."],
  ["bad-length", "A length field does not match the size of the packet."],
  ["bad-header-checksum", "The IPv4 header checksum is wrong."],
  ["too-many-extension-headers", "Too many IPv6 extension headers."],
  ["bad-extension-header", "An IPv6 extension header or an IPv4 option is malformed or misplaced."],
  ["source-route", "The packet has a source route or a routing header with segments left (RFC 7915 §4.1, §5.1)."],
  ["unsupported-protocol", "The protocol is not TCP, UDP or ICMP."],
  ["icmp-not-translatable", "RFC 7915 (§4.2, §5.2) does not translate this ICMP type or code."],
  ["icmp-inner-malformed", "The packet inside the ICMP error is malformed."],
  ["icmp-error-about-error", "The ICMP error is about an ICMP error."],
  ["multicast", "The translator does not translate multicast."],
  // addresses
  ["not-in-prefix", "The IPv6 destination is not in a NAT64 prefix."],
  ["not-in-pool", "The IPv4 destination is not in the pool and has no mapping."],
  ["refused-destination", "The embedded IPv4 destination is not a global unicast address."],
  ["refused-source", "The source address is not allowed to use the translator."],
  ["no-mapping", "There is no address mapping for the address."],
  ["own-address", "The packet is for the translator itself, which does not answer this kind of packet."],
  ["hop-limit-exceeded", "The hop limit or time to live expired."],
  ["packet-too-big", "The packet is larger than the outgoing MTU and must not be fragmented."],
  [
    "udp-zero-checksum",
    "The UDP packet has no checksum: invalid over IPv6, and not translated from IPv4 here (RFC 7915 §4.5).",
  ],
  // state
  ["no-binding", "There is no binding for the IPv4 destination."],
  ["no-session", "The packet belongs to no session and cannot create one."],
  ["filtered", "The filtering policy does not admit this IPv4 endpoint."],
  ["ports-exhausted", "The IPv4 pool has no free port."],
  ["bindings-full", "The BIB is full."],
  ["sessions-full", "The session table is full."],
  ["cap-sessions", "The client's prefix has reached its session limit."],
  ["cap-new-sessions", "The client's prefix opens sessions faster than its limit."],
  ["cap-packets", "The client's prefix sends packets faster than its limit."],
  ["tcp-syn-held", "The client did not answer an inbound SYN in time (simultaneous open, RFC 6146 §3.5.2.2)."],
  // fragments
  [
    "fragment-malformed",
    "The fragment has an invalid size or offset, or the first fragment lacks part of the transport header.",
  ],
  ["fragment-overlap", "Fragments of the packet overlap (RFC 5722)."],
  ["fragment-memory", "There is no memory left to hold fragments."],
  ["fragment-timeout", "The other fragments of the packet did not arrive in time."],
  ["fragmented-icmp-error", "The ICMP error is fragmented."],
  // the engine's own bounds
  ["no-room", "The batch has no room for a packet that the engine has to send."],
  // appended: numbers before this line are in use
  ["fragmented-icmp", "The ICMP query is fragmented: its checksum cannot be translated (RFC 7915 §1.2)."],
  ["no-exit", "No exit accepts the traffic."],
  ["not-a-pair", "The Teredo source or the selector does not belong to an active pair."],
  ["path-suspect", "A relay reports that the IPv4 peer does not answer. The path is tested; the client is not told."],
  ["refused-by-policy", "The exit's policy does not allow the destination."],
  ["draining", "The translator or the exit is draining and accepts no new sessions."],
  ["budget-used", "The monthly bandwidth is used up, or the rest is reserved for open sessions."],
  ["queue-delay", "The packet waited too long for bandwidth: CoDel (RFC 8289) slows its flow down."],
  ["queue-full", "The bandwidth queue is full: packets of the client with the longest queue are dropped."],
  ["banned", "The operator banned the client or the IPv4 destination."],
  [
    "share-used",
    "The client has used up its share of the monthly bandwidth for today, or the rest is for open sessions.",
  ],
] as const;

/** Stable codes of the reasons for a drop. */
export type ReasonCode = (typeof table)[number][0];

/** The number of a reason on the packet path; 0 is "not dropped". */
export type Reason = number;

/** Number of reasons. */
export const REASON_COUNT: number = table.length;

/** The number of each reason, by its stable code. */
export const Reason: Readonly<Record<ReasonCode, Reason>> = Object.fromEntries(
  table.map(([code], index) => [code, index]),
) as Record<ReasonCode, Reason>;

/** The stable code of a reason. */
export function reasonCode(reason: Reason): ReasonCode {
  return table[reason]?.[0] ?? "none";
}

/** Describes a reason in one sentence. */
export function describeReason(code: ReasonCode): string {
  return table[Reason[code]][1];
}
