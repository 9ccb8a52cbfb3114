/** Keep-alive of a connection: when to send a ping, and when to give up (PROTOCOL.md §2). Times are in milliseconds. */
import { SILENT_PERIODS } from "./options.ts";

export class KeepAlive {
  readonly #period: number;
  #heard: number;
  #asked = 0;

  /** @param period milliseconds of silence after which to send a ping */
  constructor(period: number, now: number) {
    this.#period = period;
    this.#heard = now;
  }

  /** Notes that something arrived. */
  hear(now: number): void {
    this.#heard = now;
    this.#asked = 0;
  }

  /** The time of the next call of `act`. */
  get deadline(): number {
    return this.#heard + this.#period * (this.#asked + 1);
  }

  /**
   * Returns what is due at `now`: a `ping` after each period of silence, and the end of the connection after the last.
   */
  act(now: number): "ping" | "give-up" | undefined {
    if (now < this.deadline) return undefined;
    if (now >= this.#heard + this.#period * SILENT_PERIODS) return "give-up";
    this.#asked++;
    return "ping";
  }
}
