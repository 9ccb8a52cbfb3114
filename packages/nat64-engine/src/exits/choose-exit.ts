import type { KeyedHash } from "../hash/keyed-hash.ts";
import type { DataLiveness } from "./data/data-liveness.ts";
import type { Candidates } from "./data/verdicts.ts";
import type { Drains } from "./drains.ts";
import { LOCAL_EXIT, MAX_PEER_EXITS, NO_EXIT, type PeerExits } from "./peer-exits.ts";

/**
 * Chooses the exit of a new mapping of a client that uses the automatic selector. `protocol` is a `ProtocolIndex`, `network` the
 * keyed hash of the client's /48, `remote` the IPv4 destination of the first packet.
 */
export interface ExitChoice {
  /** Whether data comes back; null when there is nothing to choose from. */
  readonly data: DataLiveness | null;
  /** @param high @param low the upper 64 bits of the client's address. Returns an exit, or `NO_EXIT`. */
  choose(high: number, low: number, protocol: number, network: number, remote: number): number;
  /** Whether a client that already uses an exit may make new mappings there. */
  mayKeep(exit: number, protocol: number, network: number, remote: number): boolean;
  /** Whether a client may leave the exit that it uses for one that has waited long for the flows of its trial. */
  mayTry(protocol: number, network: number, remote: number): boolean;
  /** Whether a mapping that was never answered should leave an exit that works by all other signs. */
  shouldLeave(exit: number, protocol: number, network: number, remote: number): boolean;
  /** Judges the exits, if it is time. Call it before the others. @param time milliseconds, int32 that wraps */
  judge(time: number): void;
}

/** The choice when there is only the local exit. */
export const LOCAL_ONLY: ExitChoice = {
  data: null,
  choose: () => LOCAL_EXIT,
  mayKeep: (exit) => exit === LOCAL_EXIT,
  mayTry: () => false,
  shouldLeave: () => false,
  judge: () => {},
};

/** {@link LOCAL_ONLY}, which refuses while it is draining. */
export function localOnly(drains: Drains): ExitChoice {
  return {
    ...LOCAL_ONLY,
    choose: () => (drains.has(LOCAL_EXIT) ? NO_EXIT : LOCAL_EXIT),
    mayKeep: (exit) => exit === LOCAL_EXIT && !drains.has(exit),
  };
}

/** Reasons to prefer other exits. An exit with a lower sum is chosen before others. */
const PATH_SUSPECT = 1;
/** This client, or this destination, has no answer there. */
const UNANSWERED = 2;
const DATA_SUSPECT = 4;
/** More than all. */
const NONE = 8;

/**
 * Weighted rendezvous hashing over the exits that are up: each client has a fixed order of preference. When an exit goes down,
 * only its clients move, and when it comes back it gets the same clients again. An exit with a suspect path, or one from which
 * data does not come back, gets no new clients while there is a better one.
 */
export class RendezvousChoice implements ExitChoice, Candidates {
  readonly data: DataLiveness;
  readonly #exits: PeerExits;
  readonly #hash: KeyedHash;
  readonly #localWeight: number;
  readonly #drains: Drains;

  /** @param localWeight weight of the local exit; 0 when there is none @param drains those of `exits` and of the local exit */
  constructor(exits: PeerExits, hash: KeyedHash, localWeight: number, drains: Drains) {
    this.data = exits.data;
    this.#exits = exits;
    this.#hash = hash;
    this.#drains = drains;
    this.#localWeight = localWeight;
  }

  choose(high: number, low: number, protocol: number, network: number, remote: number): number {
    const place = this.data.placeOf(remote);
    let best = NO_EXIT;
    let bestScore = 0;
    let fewest = NONE;
    for (let exit = LOCAL_EXIT; exit <= MAX_PEER_EXITS; exit++) {
      if (!this.takes(exit)) continue;
      const objections = this.#objections(exit, protocol, network, place);
      if (objections > fewest) continue;
      const weight = exit === LOCAL_EXIT ? this.#localWeight : this.#exits.weight(exit);
      // A number between 0 and 1, random for each client and exit; never 0 or 1.
      const uniform = ((this.#hash.of3(high, low, exit) >>> 0) + 0.5) / 2 ** 32;
      const score = -weight / Math.log(uniform);
      if (objections < fewest || score > bestScore) {
        fewest = objections;
        bestScore = score;
        best = exit;
      }
    }
    return best;
  }

  mayKeep(exit: number, protocol: number, network: number, remote: number): boolean {
    if (!this.takes(exit)) return false;
    const place = this.data.placeOf(remote);
    const objections = this.#objections(exit, protocol, network, place);
    return objections === 0 || !this.#hasBetter(objections, protocol, network, place);
  }

  shouldLeave(exit: number, protocol: number, network: number, remote: number): boolean {
    if (!this.takes(exit) || this.data.isOnTrial(exit)) return false;
    const place = this.data.placeOf(remote);
    const objections = this.#objections(exit, protocol, network, place);
    return objections >= UNANSWERED && this.#hasBetter(objections, protocol, network, place);
  }

  mayTry(protocol: number, network: number, remote: number): boolean {
    const { trying } = this.data;
    if (trying === NO_EXIT || !this.takes(trying)) return false;
    return this.#objections(trying, protocol, network, this.data.placeOf(remote)) === 0;
  }

  judge(time: number): void {
    this.data.judge(time, this);
  }

  /** Whether an exit accepts clients. */
  takes(exit: number): boolean {
    return exit === LOCAL_EXIT ? this.#localWeight > 0 && !this.#drains.has(exit) : this.#exits.takesNewClients(exit);
  }

  #objections(exit: number, protocol: number, network: number, place: number): number {
    let objections = this.#exits.isSuspect(exit) ? PATH_SUSPECT : 0;
    if (this.data.isSuspect(exit) && !this.data.takesTrial(exit, protocol)) objections += DATA_SUSPECT;
    if (this.data.avoids(exit, protocol, network, place)) objections += UNANSWERED;
    return objections;
  }

  /** Whether there is an exit with fewer objections. */
  #hasBetter(objections: number, protocol: number, network: number, place: number): boolean {
    for (let exit = LOCAL_EXIT; exit <= MAX_PEER_EXITS; exit++) {
      if (this.takes(exit) && this.#objections(exit, protocol, network, place) < objections) return true;
    }
    return false;
  }
}
