/** Why a packet does not arrive. */
export const DROP_REASONS = {
  loss: "Lost on a link.",
  "queue-full": "The queue in front of a link of limited bandwidth was full.",
  "link-down": "A link was down when the packet entered or left it.",
  partitioned: "A partition separates the two nodes.",
  "no-route": "No node in that network has the destination address.",
  "node-down": "The host or NAT that it arrived at was down.",
  "no-socket": "No UDP socket has that address and port, or no handler takes IPv6 packets there.",
  "not-ipv6": "A raw packet that is shorter than an IPv6 header or longer than the maximum.",
  "nat-no-mapping": "The NAT has no mapping for the port, or it timed out.",
  "nat-filtered": "The NAT has a mapping, but its filtering refuses that remote endpoint.",
  "nat-no-port": "The NAT has no free port for a new mapping.",
  "nat-hairpin": "From the inside of a NAT to its own outer address: it does not hairpin.",
} as const;

/** A stable code for each. */
export type DropReason = keyof typeof DROP_REASONS;

/** Their codes; a reason's number is its index here. */
export const REASON_CODES: readonly DropReason[] = Object.keys(DROP_REASONS) as DropReason[];

/** Numbers of the reasons. */
export const REASON: Readonly<Record<DropReason, number>> = Object.fromEntries(
  REASON_CODES.map((code, index) => [code, index]),
) as Record<DropReason, number>;
