import type { KeyedHash } from "../hash/keyed-hash.ts";
import type { Drains } from "./drains.ts";
import { LOCAL_EXIT, MAX_PEER_EXITS, NO_EXIT, type PeerExits } from "./peer-exits.ts";

/** Chooses the exit of a new client that uses the automatic selector. */
export interface ExitChoice {
  /** @param high @param low the upper 64 bits of the client's address. Returns an exit, or `NO_EXIT`. */
  choose(high: number, low: number): number;
  /** Whether a client that already uses an exit may make new bindings there. */
  mayKeep(exit: number): boolean;
}

/** The choice when there is only the local exit. */
export const LOCAL_ONLY: ExitChoice = { choose: () => LOCAL_EXIT, mayKeep: (exit) => exit === LOCAL_EXIT };

/** {@link LOCAL_ONLY}, which refuses while it is draining. */
export function localOnly(drains: Drains): ExitChoice {
  return {
    choose: () => (drains.has(LOCAL_EXIT) ? NO_EXIT : LOCAL_EXIT),
    mayKeep: (exit) => exit === LOCAL_EXIT && !drains.has(exit),
  };
}

/**
 * Weighted rendezvous hashing over the exits that are up: each client has a fixed order of preference. When an exit goes down,
 * only its clients move, and when it comes back it gets the same clients again. An exit with a suspect path gets no new clients
 * while there is another one.
 */
export class RendezvousChoice implements ExitChoice {
  readonly #exits: PeerExits;
  readonly #hash: KeyedHash;
  readonly #localWeight: number;
  readonly #drains: Drains;

  /** @param localWeight weight of the local exit; 0 when there is none @param drains those of `exits` and of the local exit */
  constructor(exits: PeerExits, hash: KeyedHash, localWeight: number, drains: Drains) {
    this.#exits = exits;
    this.#hash = hash;
    this.#drains = drains;
    this.#localWeight = localWeight;
  }

  choose(high: number, low: number): number {
    const avoidsSuspects = this.#hasUnsuspected();
    let best = NO_EXIT;
    let bestScore = 0;
    for (let exit = LOCAL_EXIT; exit <= MAX_PEER_EXITS; exit++) {
      if (!this.#takes(exit) || (avoidsSuspects && this.#exits.isSuspect(exit))) continue;
      const weight = exit === LOCAL_EXIT ? this.#localWeight : this.#exits.weight(exit);
      // A number between 0 and 1, random for each client and exit; never 0 or 1.
      const uniform = ((this.#hash.of3(high, low, exit) >>> 0) + 0.5) / 2 ** 32;
      const score = -weight / Math.log(uniform);
      if (score > bestScore) {
        bestScore = score;
        best = exit;
      }
    }
    return best;
  }

  mayKeep(exit: number): boolean {
    return this.#takes(exit) && !(this.#exits.isSuspect(exit) && this.#hasUnsuspected());
  }

  #takes(exit: number): boolean {
    return exit === LOCAL_EXIT ? this.#localWeight > 0 && !this.#drains.has(exit) : this.#exits.takesNewClients(exit);
  }

  /** Whether there is an exit that accepts clients and whose path is not suspect. */
  #hasUnsuspected(): boolean {
    for (let exit = LOCAL_EXIT; exit <= MAX_PEER_EXITS; exit++) {
      if (this.#takes(exit) && !this.#exits.isSuspect(exit)) return true;
    }
    return false;
  }
}
