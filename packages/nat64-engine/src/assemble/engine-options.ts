import { KeyedHash } from "../hash/keyed-hash.ts";
import type { Nat64Pipeline } from "../pipeline/pipeline.ts";

/** What the caller provides to an engine besides its configuration. */
export interface EngineOptions {
  /** Random 32-bit words, signed or not: seeds for hashes and ports. Must be unpredictable: use `crypto`, not `Math`. */
  readonly random: () => number;
  /** Milliseconds on the clock of all later calls; default 0. */
  readonly now?: number;
  /**
   * The engine that this one replaces: this one takes over its sessions (when both are stateful) and its counters. Do not use
   * the old engine any more, unless this call throws. The prefixes must be the same and in the same order, and the number of
   * sessions must not change.
   *
   * The call takes no longer with a million sessions: they stay where they are. Work for each session (other ports or caps,
   * shorter lifetimes) is done in slices by `advance`; `isMigrating` tells when it is complete. Held fragments and SYNs are
   * lost only when the size of their tables changes.
   */
  readonly continues?: Nat64Pipeline;
}

/** Makes a hash with a random key. */
export function keyedHash(random: () => number): KeyedHash {
  return new KeyedHash(random() | 0, random() | 0);
}
