import type { Packet } from "../../packet/packet.ts";

/**
 * The second step, in which the modes of the engine differ: decides what the packet in hand becomes and writes that
 * down in `packet.outer.target` and, for an ICMP error, `packet.inner.target`.
 *
 * Both methods return the family in which the packet leaves (4 or 6), {@link LOOK_UP_HELD} when it was put aside, or the
 * negated number of the reason for its drop.
 */
export interface LookUp {
  fromIPv6(bytes: Uint8Array, packet: Packet, now: number): number;
  fromIPv4(bytes: Uint8Array, packet: Packet, now: number): number;
}

/** The packet was put aside and comes back later, or not at all. */
export const LOOK_UP_HELD = 0;
