/**
 * Limits the bubbles of a client: a few for each relay and Teredo address in a period, and a rate in total. The rate
 * bounds the table, because entries older than the period are removed before one is added.
 */
import { RateLimiter } from "../limits/rate-limiter.ts";
import { BUBBLE_PERIOD_MS, BUBBLES_PER_RELAY, BUBBLES_PER_SECOND } from "./options.ts";

export class BubbleLimits {
  readonly #rate: RateLimiter = new RateLimiter(BUBBLES_PER_SECOND);
  /** Send times of bubbles for each key, oldest first. Keys are in the order of their last bubble. */
  readonly #sent: Map<string, readonly number[]> = new Map();

  /** Keys in the table. */
  get size(): number {
    return this.#sent.size;
  }

  /** Asks to send one more bubble at `now`, and counts it if it is allowed. @returns the reason if it is not */
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
