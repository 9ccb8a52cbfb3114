import { KeyedHash } from "../hash/keyed-hash.ts";
import type { Nat64Pipeline } from "../pipeline/pipeline.ts";

/** What the engine cannot make itself. */
export interface EngineOptions {
  /** Random 32-bit words, signed or not: seeds for hashes and ports. Must not be foreseeable: `crypto`, not `Math`. */
  readonly random: () => number;
  /** Milliseconds on the clock of all later calls; default 0. */
  readonly now?: number;
  /**
   * An engine that this one replaces: its sessions (when both are stateful) and its counters go on. It must not be used
   * any more, unless this throws. Prefixes have to be the same and in the same order, and so has the number of sessions.
   *
   * That takes no longer for a million sessions: they stay where they are. What has to be done for each of them (other
   * ports or caps, shorter lifetimes) is done in slices of `advance`; `isMigrating` tells when that is over. What waits
   * (fragments, SYNs) is lost only when the tables for it change.
   */
  readonly continues?: Nat64Pipeline;
}

/** A hash with a key of its own. */
export function keyedHash(random: () => number): KeyedHash {
  return new KeyedHash(random() | 0, random() | 0);
}
