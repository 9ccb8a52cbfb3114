/**
 * Why a UDP payload is not a Teredo packet. The packet path uses the number; people and metrics see the stable code.
 */
const table = [
  ["none", "A well-formed Teredo packet."],
  ["truncated", "The datagram ends inside a header."],
  ["unknown-encapsulation", "The datagram starts with neither an IPv6 packet nor an encapsulation of RFC 4380 §5.1.1."],
  ["misplaced-encapsulation", "An encapsulation occurs twice, or authentication follows the origin indication."],
  ["bad-length", "The IPv6 payload length exceeds the datagram."],
  ["bad-trailer", "The bytes after the IPv6 packet are not valid trailers (RFC 6081 §4)."],
  ["refused-trailer", "The type of an unknown trailer asks receivers to discard the packet (RFC 6081 §4)."],
] as const;

/** Stable codes of the faults of a datagram. */
export type DatagramFault = (typeof table)[number][0];

/** The number of each fault; 0 is "none". */
export const DatagramFault: Readonly<Record<DatagramFault, number>> = Object.fromEntries(
  table.map(([code], index) => [code, index]),
) as Record<DatagramFault, number>;

/** The stable code of a fault. */
export function datagramFault(fault: number): DatagramFault {
  return table[fault]?.[0] ?? "none";
}

/** Returns the sentence for a fault. */
export function describeDatagramFault(code: DatagramFault): string {
  return table[DatagramFault[code]][1];
}
