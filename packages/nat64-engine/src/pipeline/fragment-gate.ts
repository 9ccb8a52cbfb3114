import type { Packet } from "../packet/packet.ts";

/** Decides about fragments, before the state is asked. */
export interface FragmentGate {
  /**
   * Returns 1 when the fragment may go on (its ports are those of the first one), 0 when it was put aside, or the
   * negated number of the reason for its drop.
   */
  admit(bytes: Uint8Array, packet: Packet, now: number): number;
}
