import type { DrainProgress } from "../../messages/draining.ts";

/** The exits of a drain. */
export interface DrainedExits {
  /** Number of open sessions through the exits. */
  openSessions(): number;
  /** Starts to reset all their sessions. */
  end(): void;
}

/** One drain. It ends with the last open session, or when time is up. Times are milliseconds of the caller's clock. */
export class Drain {
  readonly #exits: DrainedExits;
  #until: number;
  #cutOff = 0;
  #isOver = false;

  constructor(exits: DrainedExits, until: number) {
    this.#exits = exits;
    this.#until = until;
  }

  /** Replaces the time limit. */
  set until(until: number) {
    this.#until = until;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Checks whether the drain has ended. @returns whether it has ended just now */
  update(now: number): boolean {
    if (this.#isOver) return false;
    const sessions = this.#exits.openSessions();
    if (sessions > 0 && now < this.#until) return false;
    this.#isOver = true;
    this.#cutOff = sessions;
    if (sessions > 0) this.#exits.end();
    return true;
  }

  progress(now: number): DrainProgress {
    return {
      state: this.#isOver ? "drained" : "draining",
      endsIn: this.#isOver ? 0 : Math.max(0, Math.ceil((this.#until - now) / 1000)),
      sessions: this.#exits.openSessions(),
      cutOff: this.#cutOff,
    };
  }
}
