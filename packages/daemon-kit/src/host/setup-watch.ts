/** Watches what a daemon set up on this host, and makes it again when somebody undoes it. */
import type { News } from "./kernel-news.ts";
import { type HostHealth, Repairs, type RepairsObserver } from "./repairs.ts";
import type { Step } from "./step.ts";

/** All steps are looked at this often, whatever the kernel tells. */
const ROUND_MS = 10_000;
/** And this often while something is not as it should be. */
const TROUBLE_MS = 1_000;

/** Looks when the kernel tells of a change, and now and then besides. */
export class SetupWatch {
  readonly #repairs: Repairs;
  readonly #unsubscribe: () => void;
  #next: NodeJS.Timeout;

  /** @param steps what was set up, in its order */
  constructor(steps: readonly Step[], news: News, observer: RepairsObserver) {
    this.#repairs = new Repairs(steps, observer);
    this.#unsubscribe = news.subscribe(() => this.#look());
    this.#next = this.#lookAfter(ROUND_MS);
  }

  /** The state as of the last look. */
  get health(): HostHealth {
    return this.#repairs.health;
  }

  /** Ends the watch. What was set up stays. */
  stop(): void {
    this.#unsubscribe();
    clearTimeout(this.#next);
  }

  #look(): void {
    clearTimeout(this.#next);
    this.#repairs.look(performance.now());
    this.#next = this.#lookAfter(this.health.problems.length > 0 ? TROUBLE_MS : ROUND_MS);
  }

  #lookAfter(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#look(), ms).unref();
  }
}
