/** The end that was announced: no new pairs, time for what runs, then the end. */

/** Milliseconds for the last messages about pairs to get out. */
const AFTERWARDS = 1_000;

export class Draining {
  /** Settles at the end. */
  readonly over: Promise<"drained">;
  #finish: (why: "drained") => void = () => {};
  #timer: NodeJS.Timeout | undefined;
  #endsAt: number | undefined;

  constructor() {
    this.over = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  /** Ends after so many seconds; another time replaces an earlier one. */
  begin(within: number): void {
    clearTimeout(this.#timer);
    this.#endsAt = performance.now() + within * 1000;
    this.#timer = setTimeout(() => this.#finish("drained"), within * 1000 + AFTERWARDS);
  }

  /** Ends now, if it has begun: nobody is left to wait for. */
  hurry(): void {
    if (this.#endsAt !== undefined) this.begin(0);
  }

  /** Seconds until the end, `undefined` if none was announced. */
  get endsIn(): number | undefined {
    return this.#endsAt === undefined ? undefined : Math.max(0, Math.ceil((this.#endsAt - performance.now()) / 1000));
  }

  /** Forgets the timer: it ends otherwise. */
  stop(): void {
    clearTimeout(this.#timer);
  }
}
