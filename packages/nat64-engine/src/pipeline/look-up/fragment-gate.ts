import type { Packet } from "../../packet/packet.ts";
import { type Fragments, PASS } from "../../state/fragments/fragments.ts";
import { PACKET_HELD } from "../../state/held/held-packets.ts";
import { LOOK_UP_HELD } from "./look-up.ts";

/** The packet may pass. */
export const GO_ON = 1;

/** Holds fragments that need others first (RFC 6146 §3.4): the first fragment has the ports of all. */
export class FragmentGate {
  readonly #fragments: Fragments;

  constructor(fragments: Fragments) {
    this.#fragments = fragments;
  }

  /** Returns {@link GO_ON} for whole packets and for fragments that may pass; otherwise a result of `LookUp`. */
  admit(bytes: Uint8Array, packet: Packet, now: number): number {
    const header = packet.outer;
    if (header.isFragment === 0) return GO_ON;
    const fragments = this.#fragments;
    if (packet.wasHeld) {
      fragments.describeReleased(header);
    } else {
      const verdict = fragments.admit(bytes, header, now);
      if (verdict !== PASS) return verdict === PACKET_HELD ? LOOK_UP_HELD : verdict;
    }
    header.upperLength = fragments.upperLength;
    header.upperSum = fragments.upperSum;
    // Clients share an IPv4 address, and may use the same Identification (RFC 6864 §5.3).
    if (header.family === 6) header.newIdentification = fragments.identification;
    return GO_ON;
  }
}
