/** Bandwidth of one direction: the owner's limit for everything, and the coordinator's for each pair. */
import { MAX_PAIRS } from "@nat64/nat64-engine";
import { TokenBucket } from "./token-bucket.ts";

export class Bandwidth {
  readonly #all: TokenBucket;
  readonly #pairs: (TokenBucket | undefined)[] = new Array(MAX_PAIRS).fill(undefined);

  /** @param all in bits per second, `undefined` for no limit */
  constructor(all: number | undefined, now: number) {
    this.#all = new TokenBucket(all, now);
  }

  /** The coordinator's limit for a pair; `undefined` takes it away. */
  limit(pair: number, bitsPerSecond: number | undefined, now: number): void {
    this.#pairs[pair] = bitsPerSecond === undefined ? undefined : new TokenBucket(bitsPerSecond, now);
  }

  /** Whether a packet of the pair may pass; if so, it is counted. */
  take(pair: number, bytes: number, now: number): boolean {
    const own = this.#pairs[pair];
    return (own === undefined || own.take(bytes, now)) && this.#all.take(bytes, now);
  }
}
