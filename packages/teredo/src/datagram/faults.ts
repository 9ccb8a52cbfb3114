/** Why a UDP payload is no Teredo packet. The hot path hands on the number; people and metrics see the stable code. */
const table = [
  ["none", "A well-formed Teredo packet."],
  ["truncated", "The datagram ends before a header that it announces."],
  ["unknown-encapsulation", "It begins with neither an IPv6 packet nor an encapsulation of RFC 4380 §5.1.1."],
  ["misplaced-encapsulation", "An encapsulation comes twice, or authentication after the origin indication."],
  ["bad-length", "The IPv6 header announces more bytes than the datagram has."],
  ["bad-trailer", "The bytes after the IPv6 packet are no trailers of RFC 6081 §4."],
  ["refused-trailer", "An unknown trailer whose type asks to discard the packet (RFC 6081 §4)."],
] as const;

/** Stable codes of what can be wrong with a datagram. */
export type DatagramFault = (typeof table)[number][0];

/** The number of each fault; 0 is "none". */
export const DatagramFault: Readonly<Record<DatagramFault, number>> = Object.fromEntries(
  table.map(([code], index) => [code, index]),
) as Record<DatagramFault, number>;

/** The stable code of a fault. */
export function datagramFault(fault: number): DatagramFault {
  return table[fault]?.[0] ?? "none";
}

/** A fault in a sentence. */
export function describeDatagramFault(code: DatagramFault): string {
  return table[DatagramFault[code]][1];
}
