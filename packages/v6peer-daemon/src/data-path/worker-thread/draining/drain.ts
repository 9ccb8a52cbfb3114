import type { DrainProgress } from "../../messages/draining.ts";

/** What can be done to the exits of a drain. */
export interface DrainedExits {
  /** Open sessions that leave through them now. */
  openSessions(): number;
  /** Starts to end all their sessions. */
  end(): void;
}

/** One drain: it is over when the last open session has ended, or when time is. Milliseconds of the caller's clock. */
export class Drain {
  readonly #exits: DrainedExits;
  #until: number;
  #cutOff = 0;
  #isOver = false;

  constructor(exits: DrainedExits, until: number) {
    this.#exits = exits;
    this.#until = until;
  }

  /** Another end replaces the one that was said before. */
  set until(until: number) {
    this.#until = until;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Looks whether it is over; returns whether that is new. */
  look(now: number): boolean {
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
