import type { Packet } from "../../packet/packet.ts";

/**
 * The second step, which differs between the modes of the engine: finds the new addresses and ports of the packet and writes
 * them to `packet.outer.target` and, for an ICMP error, to `packet.inner.target`.
 *
 * Both methods return the address family of the outgoing packet (4 or 6), {@link LOOK_UP_HELD} when the packet is held, or the
 * negated number of the reason to drop it.
 */
export interface LookUp {
  fromIPv6(bytes: Uint8Array, packet: Packet, now: number): number;
  fromIPv4(bytes: Uint8Array, packet: Packet, now: number): number;
}

/** The packet is held. It may be released later. */
export const LOOK_UP_HELD = 0;
