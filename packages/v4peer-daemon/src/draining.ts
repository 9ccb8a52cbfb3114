/** A graceful shutdown: no new pairs, time for open connections, then the end. */

/** Milliseconds for sending the last messages about pairs. */
const LAST_MESSAGES_MS = 1_000;

/** The shutdown of this peer. */
export class Draining {
  /** Resolves at the end. */
  readonly over: Promise<"drained">;
  #finish: (why: "drained") => void = () => {};
  #timer: NodeJS.Timeout | undefined;
  #endsAt: number | undefined;

  constructor() {
    this.over = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  /** Ends after so many seconds; a new time replaces an earlier one. */
  begin(within: number): void {
    clearTimeout(this.#timer);
    this.#endsAt = performance.now() + within * 1000;
    this.#timer = setTimeout(() => this.#finish("drained"), within * 1000 + LAST_MESSAGES_MS);
  }

  /** Ends now, if it has begun: there are no pairs left. */
  endNow(): void {
    if (this.#endsAt !== undefined) this.begin(0);
  }

  /** Seconds until the end; `undefined` when no shutdown was announced. */
  get endsIn(): number | undefined {
    return this.#endsAt === undefined ? undefined : Math.max(0, Math.ceil((this.#endsAt - performance.now()) / 1000));
  }

  /** Stops the timer: the daemon ends for another reason. */
  stop(): void {
    clearTimeout(this.#timer);
  }
}
