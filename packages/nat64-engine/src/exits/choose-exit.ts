import type { KeyedHash } from "../hash/keyed-hash.ts";
import type { Drains } from "./drains.ts";
import { LOCAL_EXIT, MAX_PEER_EXITS, NO_EXIT, type PeerExits } from "./peer-exits.ts";

/** Which exit a new client of the automatic selector gets. */
export interface ExitChoice {
  /** @param high @param low the upper 64 bits of the client's address. Returns an exit, or `NO_EXIT`. */
  choose(high: number, low: number): number;
  /** Whether an exit that the client already has takes its new bindings, too. */
  mayStay(exit: number): boolean;
}

/** With nothing but a local exit there is nothing to choose. */
export const LOCAL_ONLY: ExitChoice = { choose: () => LOCAL_EXIT, mayStay: (exit) => exit === LOCAL_EXIT };

/** {@link LOCAL_ONLY}, unless it drains. */
export function localOnly(drains: Drains): ExitChoice {
  return {
    choose: () => (drains.has(LOCAL_EXIT) ? NO_EXIT : LOCAL_EXIT),
    mayStay: (exit) => exit === LOCAL_EXIT && !drains.has(exit),
  };
}

/**
 * Weighted rendezvous hashing over the exits that are up: each client has a fixed order of preference, so that only the
 * clients of an exit that goes away move, and an exit that comes back gets the same ones again. An exit whose path is in
 * doubt gets nobody new as long as there is another one.
 */
export class RendezvousChoice implements ExitChoice {
  readonly #exits: PeerExits;
  readonly #hash: KeyedHash;
  readonly #localWeight: number;
  readonly #drains: Drains;

  /** @param localWeight share of the local exit; 0 when there is none @param drains those of `exits` and of the local one */
  constructor(exits: PeerExits, hash: KeyedHash, localWeight: number, drains: Drains) {
    this.#exits = exits;
    this.#hash = hash;
    this.#drains = drains;
    this.#localWeight = localWeight;
  }

  choose(high: number, low: number): number {
    const avoidsSuspects = this.#hasSound();
    let best = NO_EXIT;
    let bestScore = 0;
    for (let exit = LOCAL_EXIT; exit <= MAX_PEER_EXITS; exit++) {
      if (!this.#takes(exit) || (avoidsSuspects && this.#exits.isSuspect(exit))) continue;
      const weight = exit === LOCAL_EXIT ? this.#localWeight : this.#exits.weight(exit);
      // A number between 0 and 1 that is random for each client and exit; never 0 or 1.
      const uniform = ((this.#hash.of3(high, low, exit) >>> 0) + 0.5) / 2 ** 32;
      const score = -weight / Math.log(uniform);
      if (score > bestScore) {
        bestScore = score;
        best = exit;
      }
    }
    return best;
  }

  mayStay(exit: number): boolean {
    return this.#takes(exit) && !(this.#exits.isSuspect(exit) && this.#hasSound());
  }

  #takes(exit: number): boolean {
    return exit === LOCAL_EXIT ? this.#localWeight > 0 && !this.#drains.has(exit) : this.#exits.takesAnyone(exit);
  }

  /** Whether an exit takes clients whose path is not in doubt. */
  #hasSound(): boolean {
    for (let exit = LOCAL_EXIT; exit <= MAX_PEER_EXITS; exit++) {
      if (this.#takes(exit) && !this.#exits.isSuspect(exit)) return true;
    }
    return false;
  }
}
