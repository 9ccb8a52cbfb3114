/** Watches what a daemon set up on this host, and makes it again when somebody undoes it. */
import { KernelNews } from "./kernel-news.ts";
import { type HostHealth, Repairs, type RepairsObserver } from "./repairs.ts";
import type { Step } from "./step.ts";

/** All steps are looked at this often, whatever the kernel tells. */
const ROUND_MS = 10_000;
/** And this often while something is not as it should be. */
const TROUBLE_MS = 1_000;
/** After news of the kernel: what belongs together comes together. */
const SETTLE_MS = 50;
/** Looks do not come closer than this: a firewall that loads thousands of rules tells of each. */
const LEAST_MS = 500;

/** Looks when the kernel tells of a change, and now and then besides. */
export class SetupWatch {
  readonly #repairs: Repairs;
  readonly #news: KernelNews;
  readonly #round: NodeJS.Timeout;
  #next: NodeJS.Timeout | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** @param steps what was set up, in its order */
  constructor(steps: readonly Step[], observer: RepairsObserver) {
    this.#repairs = new Repairs(steps, observer);
    this.#news = new KernelNews(() => this.#lookSoon());
    this.#round = setInterval(() => this.#look(), ROUND_MS).unref();
  }

  /** The state as of the last look. */
  get health(): HostHealth {
    return this.#repairs.health;
  }

  /** Ends the watch. What was set up stays. */
  stop(): void {
    clearInterval(this.#round);
    clearTimeout(this.#next);
    this.#news.stop();
  }

  #lookSoon(): void {
    this.#lookAfter(Math.max(SETTLE_MS, this.#lookedAt + LEAST_MS - performance.now()));
  }

  #look(): void {
    clearTimeout(this.#next);
    this.#next = undefined;
    this.#repairs.look(performance.now());
    this.#lookedAt = performance.now();
    if (this.health.problems.length > 0) this.#lookAfter(TROUBLE_MS);
  }

  #lookAfter(ms: number): void {
    this.#next ??= setTimeout(() => this.#look(), ms).unref();
  }
}
