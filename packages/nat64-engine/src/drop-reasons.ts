/**
 * Why a packet was dropped. The packet path hands on the number; people and metrics see the stable code.
 * Numbers may change between versions, codes do not.
 */
const table = [
  ["none", "Not dropped."],
  // classify: what arrived is not a packet that can be understood
  ["not-ip", "The version field is neither 4 nor 6."],
  ["truncated", "The packet ends before a header that it announces."],
  ["bad-length", "A length field contradicts the packet's size."],
  ["bad-header-checksum", "The IPv4 header checksum is wrong."],
  ["too-many-extension-headers", "More IPv6 extension headers than any honest packet has."],
  ["bad-extension-header", "An IPv6 extension header or IPv4 option is malformed or out of place."],
  ["source-route", "A source route or routing header that is not yet used up (RFC 7915 §4.1, §5.1)."],
  ["unsupported-protocol", "Neither TCP, UDP nor ICMP."],
  ["icmp-not-translatable", "An ICMP type or code that RFC 7915 §4.2 and §5.2 tell to drop."],
  ["icmp-inner-malformed", "The packet inside an ICMP error cannot be understood."],
  ["icmp-error-about-error", "An ICMP error about an ICMP error."],
  ["multicast", "Multicast is not translated."],
  // addresses
  ["not-in-prefix", "The IPv6 destination lies in no NAT64 prefix."],
  ["not-in-pool", "The IPv4 destination is no address of the pool and has no mapping."],
  ["refused-destination", "The embedded IPv4 destination is not global unicast."],
  ["refused-source", "The source address may not use the translator."],
  ["no-mapping", "No address mapping covers the address."],
  ["own-address", "Sent to the translator itself, which does not answer this."],
  ["hop-limit-exceeded", "The hop limit or time to live ran out here."],
  ["packet-too-big", "Larger than the outgoing MTU and not to be fragmented."],
  [
    "udp-zero-checksum",
    "UDP without checksum: over IPv6 it is wrong, over IPv4 it may not be translated (RFC 7915 §4.5).",
  ],
  // state
  ["no-binding", "No binding for the IPv4 destination."],
  ["no-session", "A packet that cannot create a session and belongs to none."],
  ["filtered", "The filtering policy does not let this IPv4 endpoint in."],
  ["ports-exhausted", "No free port in the IPv4 pool."],
  ["bindings-full", "The BIB is full."],
  ["sessions-full", "The session table is full."],
  ["clients-full", "The table of client prefixes is full."],
  ["cap-sessions", "The client's prefix has as many sessions as it may have."],
  ["cap-new-sessions", "The client's prefix opens sessions faster than it may."],
  ["cap-packets", "The client's prefix sends packets faster than it may."],
  ["tcp-syn-held", "An inbound SYN held for simultaneous open (RFC 6146 §3.5.2.2) and not answered in time."],
  // fragments
  ["fragment-malformed", "A fragment of impossible size or offset, or a first one without the whole transport header."],
  ["fragment-overlap", "Fragments of one packet overlap (RFC 5722)."],
  ["fragment-memory", "No memory left for fragments that wait for the first one."],
  ["fragment-timeout", "The rest of a fragmented packet did not arrive in time."],
  ["fragmented-icmp-error", "An ICMP error in fragments."],
  // the engine's own bounds
  ["no-room", "No room in the batch for a packet that the engine had to make."],
  // appended: numbers before this line are in use
  ["fragmented-icmp", "An ICMP query in fragments, whose checksum cannot be translated (RFC 7915 §1.2)."],
  ["no-exit", "No exit is there that takes the traffic."],
  ["not-a-pair", "A Teredo source, or a selector, that belongs to no live pair."],
  ["path-suspect", "A relay said that the IPv4 peer does not answer; the path is tested, the client not told."],
  ["refused-by-policy", "The exit's policy does not let the destination out."],
  ["draining", "The translator or the exit is about to go and takes nothing new."],
  ["budget-used", "The bandwidth of the month is used up, or what is left is for sessions that there are."],
  ["queue-delay", "It had waited too long for bandwidth: CoDel (RFC 8289) tells its flow to slow down."],
  ["queue-full", "No room was left for what waits for bandwidth; the client with most of it pays."],
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

/** A reason in a sentence. */
export function describeReason(code: ReasonCode): string {
  return table[Reason[code]][1];
}
