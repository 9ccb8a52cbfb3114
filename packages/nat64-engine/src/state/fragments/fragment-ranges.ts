import { Reason } from "../../drop-reasons.ts";

/** The maximum number of fragments of a packet: 64 KB in pieces of 552 bytes, the size that every IPv4 host accepts (RFC 879). */
const MAX_FRAGMENTS = 128;

/** The fragment is a duplicate: drop it alone (RFC 8200 §4.5). */
export const REPEATED: number = -1;

/** The bytes that the fragments of each packet cover, in order of arrival. */
export class FragmentRanges {
  /** Start in the low half, end in the high half. */
  readonly #ranges: Int32Array;

  /** @param packets packets that are followed at the same time */
  constructor(packets: number) {
    this.#ranges = new Int32Array(packets * MAX_FRAGMENTS);
  }

  /**
   * Whether a fragment is consistent with those that came before.
   *
   * @param packet 0 … `packets` − 1
   * @param count fragments of the packet so far
   * @param start @param end the bytes it covers, `end` not included
   * @param last whether it is the last fragment
   * @param total bytes of the whole packet if the last fragment came, else −1
   * @returns 0, {@link REPEATED}, or the reason to drop the whole packet
   */
  check(packet: number, count: number, start: number, end: number, last: boolean, total: number): Reason {
    const ranges = this.#ranges;
    const first = packet * MAX_FRAGMENTS;
    let farthest = 0;
    for (let i = first; i < first + count; i++) {
      const from = ranges[i] & 0xffff;
      const to = ranges[i] >>> 16;
      if (from === start && to === end) return REPEATED;
      if (start < to && from < end) return Reason["fragment-overlap"];
      if (to > farthest) farthest = to;
    }
    // Beyond the end, or an end before bytes that already came, or a second end.
    if (total >= 0 && (last || end > total)) return Reason["fragment-malformed"];
    if (last && farthest > end) return Reason["fragment-malformed"];
    return count === MAX_FRAGMENTS ? Reason["fragment-memory"] : Reason.none;
  }

  /** Notes the range of the fragment that follows `count` others. */
  add(packet: number, count: number, start: number, end: number): void {
    this.#ranges[packet * MAX_FRAGMENTS + count] = start | (end << 16);
  }
}
