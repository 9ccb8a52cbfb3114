import type { KeyedHash } from "../hash/keyed-hash.ts";

/** Groups of sources, by keyed hash. As a `share` it makes the limit for all as wide as those of the groups together. */
export const SOURCE_GROUPS = 1024;

/** By default each group may use a sixteenth of the rate and of the burst. */
const SHARE = 16;

/**
 * A token bucket for each group of sources and one for all: limits the packets that the engine sends itself (RFC 4443 §2.4 (f)),
 * so that no source can use up the limit of the others. This matters most for Packet Too Big, without which connections hang.
 *
 * It is not the `KeyedRateLimiter` of `@nat64/teredo`, on which the engine does not depend: here an event needs a token of its
 * group and one of the bucket for all, and takes neither if one is missing.
 */
export class SourceLimiter {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #hash: KeyedHash;
  readonly #share: number;
  /** Tokens, and when they were last filled up. The last place is the bucket for all. */
  readonly #tokens = new Float64Array(SOURCE_GROUPS + 1);
  readonly #filled = new Float64Array(SOURCE_GROUPS + 1);

  /**
   * @param perSecond events per second in the long run
   * @param burst events that may happen at once; 0 allows none
   * @param share each source may use one part in `share`; 1 when all sources count as one, as for an IPv4 peer
   */
  constructor(perSecond: number, burst: number, hash: KeyedHash, share: number = SHARE) {
    this.#share = share;
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#hash = hash;
    this.#tokens.fill(this.#burstOf(share));
    this.#tokens[SOURCE_GROUPS] = burst;
  }

  /**
   * Whether another event may happen at `now` (milliseconds). If so, it is counted.
   *
   * @param source words of the address: an IPv6 /48 (which anyone can get) or an IPv4 /24 counts as one source
   */
  allow(family: number, source: Int32Array, now: number): boolean {
    const second = family === 6 ? source[1] >>> 16 : 0;
    const first = family === 6 ? source[0] : source[0] >>> 8;
    const group = this.#hash.of3(family, first, second) & (SOURCE_GROUPS - 1);
    if (this.#fill(group, this.#share, now) < 1 || this.#fill(SOURCE_GROUPS, 1, now) < 1) return false;
    this.#tokens[group]--;
    this.#tokens[SOURCE_GROUPS]--;
    return true;
  }

  /** Fills a bucket up for the time that has passed; returns its tokens. */
  #fill(place: number, share: number, now: number): number {
    const elapsed = now - this.#filled[place];
    if (elapsed > 0) {
      const filled = this.#tokens[place] + (elapsed * this.#perSecond) / share / 1000;
      this.#tokens[place] = Math.min(this.#burstOf(share), filled);
      this.#filled[place] = now;
    }
    return this.#tokens[place];
  }

  /** At least one token, so that a low rate lets anything through; 0 for a burst of 0. */
  #burstOf(share: number): number {
    return this.#burst === 0 ? 0 : Math.max(1, this.#burst / share);
  }
}
