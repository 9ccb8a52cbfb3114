import type { KeyedHash } from "../hash/keyed-hash.ts";

/** Groups of sources, told apart by keyed hash. */
const GROUPS = 1024;

/** By default each group may use one part in so many of the rate and of the burst. */
const SHARE = 16;

/**
 * A token bucket for each group of sources and one for all: what the engine sends of itself is bounded (RFC 4443 §2.4
 * (f)), and one source cannot use up what others need. Packet Too Big above all: who does not hear of it hangs.
 */
export class SourceLimiter {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #hash: KeyedHash;
  readonly #share: number;
  /** Tokens, and when they were last filled up; the last place is for all together. */
  readonly #tokens = new Float64Array(GROUPS + 1);
  readonly #filled = new Float64Array(GROUPS + 1);

  /**
   * @param perSecond events per second in the long run
   * @param burst events that may come at once; 0 lets nothing happen at all
   * @param share which part each source may use; 1 where all sources are one, as for an IPv4 peer
   */
  constructor(perSecond: number, burst: number, hash: KeyedHash, share: number = SHARE) {
    this.#share = share;
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#hash = hash;
    this.#tokens.fill(this.#burstOf(share));
    this.#tokens[GROUPS] = burst;
  }

  /**
   * Whether one more event may happen at `now` (milliseconds); if so, it is counted.
   *
   * @param source words of the address: an IPv6 /48 (anyone gets one for the asking) or an IPv4 /24 is one source
   */
  allow(family: number, source: Int32Array, now: number): boolean {
    const second = family === 6 ? source[1] >>> 16 : 0;
    const first = family === 6 ? source[0] : source[0] >>> 8;
    const group = this.#hash.of3(family, first, second) & (GROUPS - 1);
    if (this.#fill(group, this.#share, now) < 1 || this.#fill(GROUPS, 1, now) < 1) return false;
    this.#tokens[group]--;
    this.#tokens[GROUPS]--;
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

  /** At least one token, or a small rate would let nothing through at all; none when there is to be none. */
  #burstOf(share: number): number {
    return this.#burst === 0 ? 0 : Math.max(1, this.#burst / share);
  }
}
