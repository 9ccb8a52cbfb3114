/**
 * How many bubbles a client may send: a few for each relay and Teredo address in a period, and so many per second in
 * all. The table is bounded by the rate: what is older than the period is forgotten before something is added.
 */
import { RateLimiter } from "../tables/rate-limiter.ts";
import { BUBBLE_PERIOD_MS, BUBBLES_PER_RELAY, BUBBLES_PER_SECOND } from "./options.ts";

export class BubbleLimits {
  readonly #rate: RateLimiter = new RateLimiter(BUBBLES_PER_SECOND);
  /** When bubbles were sent, oldest first; keys in the order of their last bubble. */
  readonly #sent: Map<string, readonly number[]> = new Map();

  /** Keys in the table. */
  get size(): number {
    return this.#sent.size;
  }

  /** Whether one more bubble may be sent at `now`; if so, it is counted. @returns what forbids it */
  allow(relay: number, teredo: Uint8Array, now: number): "relay-limit" | "bubble-rate" | undefined {
    this.#forget(now);
    const key = `${relay | 0}/${teredo.join()}`;
    const recent = (this.#sent.get(key) ?? []).filter((time) => now - time < BUBBLE_PERIOD_MS);
    if (recent.length >= BUBBLES_PER_RELAY) return "relay-limit";
    if (!this.#rate.allow(now)) return "bubble-rate";
    this.#sent.delete(key);
    this.#sent.set(key, [...recent, now]);
    return undefined;
  }

  #forget(now: number): void {
    for (const [key, times] of this.#sent) {
      if (now - times[times.length - 1] < BUBBLE_PERIOD_MS) return;
      this.#sent.delete(key);
    }
  }
}
