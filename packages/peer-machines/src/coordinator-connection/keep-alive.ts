/** Silence on a connection: when to ask, and when to give up (PROTOCOL.md §2). Times in milliseconds. */
import { SILENT_PERIODS } from "./options.ts";

export class KeepAlive {
  readonly #period: number;
  #heard: number;
  #asked = 0;

  /** @param period milliseconds of silence after which to ask */
  constructor(period: number, now: number) {
    this.#period = period;
    this.#heard = now;
  }

  /** Something arrived. */
  hear(now: number): void {
    this.#heard = now;
    this.#asked = 0;
  }

  /** When `act` has something to say. */
  get deadline(): number {
    return this.#heard + this.#period * (this.#asked + 1);
  }

  /** What is due at `now`. Each period of silence has one `ping`; the last one ends it. */
  act(now: number): "ping" | "give-up" | undefined {
    if (now < this.deadline) return undefined;
    if (now >= this.#heard + this.#period * SILENT_PERIODS) return "give-up";
    this.#asked++;
    return "ping";
  }
}
