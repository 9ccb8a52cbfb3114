import type { EngineCounters } from "../../counters.ts";
import type { SessionSlice } from "../../session-record.ts";
import type { Fragments } from "../../state/fragments/fragments.ts";
import type { HeldPackets } from "../../state/held/held-packets.ts";
import type { Upkeep } from "./upkeep.ts";

/** Fragmented packets that one call gives up at most. */
const EXPIRED_FRAGMENTED_PACKETS = 64;

/** The upkeep of an IPv4 peer: fragments only. */
export class FragmentUpkeep implements Upkeep {
  readonly #fragments: Fragments;
  readonly #held: HeldPackets;

  constructor(fragments: Fragments, held: HeldPackets) {
    this.#fragments = fragments;
    this.#held = held;
  }

  release(bytes: Uint8Array, at: number): number {
    return this.#fragments.takeReleased(bytes, at);
  }

  advance(_bytes: Uint8Array, now: number): number {
    return this.#fragments.expire(now, EXPIRED_FRAGMENTED_PACKETS);
  }

  count(counters: EngineCounters): void {
    counters.fragmentedPackets = this.#fragments.count;
    counters.heldPackets = this.#held.count;
  }

  listSessions(): SessionSlice {
    return { rows: [], next: -1 };
  }
}
