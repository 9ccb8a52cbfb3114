/** The places of exits in the engine, 1 … 32. A place becomes free when all state of its last exit is gone. */
import { MAX_PEER_EXITS, NO_EXIT } from "@nat64/nat64-engine";
import type { ExitControl } from "../options.ts";

export class ExitPlaces {
  readonly #control: ExitControl;
  readonly #taken = new Uint8Array(MAX_PEER_EXITS + 1);

  constructor(control: ExitControl) {
    this.#control = control;
  }

  /** Allocates a place, or returns `NO_EXIT`. */
  take(): number {
    for (let place = 1; place <= MAX_PEER_EXITS; place++) {
      if (this.#taken[place] === 1 || this.#control.isEnding(place)) continue;
      this.#taken[place] = 1;
      return place;
    }
    return NO_EXIT;
  }

  /** Ends the sessions of a place and frees it. */
  give(place: number): void {
    this.#control.exits.remove(place);
    this.#control.end(place);
    this.#taken[place] = 0;
  }
}
