/** Bandwidth of one direction: the owner's limit for everything, and the coordinator's for each pair. */
import { MAX_PAIRS } from "@nat64/nat64-engine";
import { ByteBucket } from "@nat64/nat64-engine/shaping";

/**
 * A bucket holds this many milliseconds of the bandwidth. TCP that has lost a whole window waits for its retransmission
 * timeout, at least 200 ms on Linux. With a smaller bucket, it loses what it does not use meanwhile, and gets half of the limit.
 */
const BURST_MS = 250;
const MIN_BURST_BYTES = 65_536;

export class Bandwidth {
  readonly #all: ByteBucket;
  readonly #pairs: (ByteBucket | undefined)[] = new Array(MAX_PAIRS).fill(undefined);

  /** @param all in bits per second, `undefined` for no limit */
  constructor(all: number | undefined, now: number) {
    this.#all = createBucket(all ?? Number.POSITIVE_INFINITY, now);
  }

  /** The coordinator's limit for a pair; `undefined` removes it. */
  limit(pair: number, bitsPerSecond: number | undefined, now: number): void {
    this.#pairs[pair] = bitsPerSecond === undefined ? undefined : createBucket(bitsPerSecond, now);
  }

  /** Whether a packet of the pair may pass; if so, it is counted. */
  take(pair: number, bytes: number, now: number): boolean {
    const own = this.#pairs[pair];
    return (own === undefined || own.takeIfOpen(bytes, now)) && this.#all.takeIfOpen(bytes, now);
  }
}

function createBucket(bitsPerSecond: number, now: number): ByteBucket {
  const bucket = new ByteBucket();
  bucket.set(bitsPerSecond, Math.max(MIN_BURST_BYTES, (bitsPerSecond / 8000) * BURST_MS), now);
  return bucket;
}
