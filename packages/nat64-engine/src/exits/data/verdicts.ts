import type { ClientCells } from "./client-cells.ts";
import { DATA_CLASSES, DataKind, EXITS, KINDS } from "./data-class.ts";
import type { DestinationCells } from "./destination-cells.ts";
import { MIN_KNOWN, type Scores } from "./scores.ts";

/** An exit is suspect when so many client networks have no answer, … */
const MIN_SILENT = 3;
/** … for each one that has, … */
const SILENT_FOR_ONE = 3;
/** … to so many destination networks, or to one that answers through another exit. */
const MIN_DESTINATIONS = 3;
/** It is also suspect when its share of answered flows is less than this part of another exit's, … */
const PART_OF_OTHERS = 1 / 2;
/** … or, if nothing is known of the others, of its own usual share. */
const PART_OF_PAST = 1 / 4;
/** Without a better exit, an exit is suspect only when it answered nobody for this long. */
const NOBODY_MS = 15_000;

/** Why an exit is suspect. */
const Ground = { silence: 0, share: 1, nobody: 2 } as const;

/** Which exits take new clients now. */
export interface Candidates {
  takes(exit: number): boolean;
}

/** Decides which exits are suspect. Exits are compared with each other, so that servers that are down do not count. */
export class Verdicts {
  /** A bit for each `DataKind` in which an exit is suspect. */
  readonly suspect: Uint8Array = new Uint8Array(EXITS);
  readonly #scores: Scores;
  readonly #clients: ClientCells;
  readonly #destinations: DestinationCells;
  readonly #ground = new Uint8Array(EXITS);
  /** The ground of the result of {@link of}. */
  #groundFound: number = Ground.silence;
  /** The share of answered flows when an exit became suspect, of the lowest kind. */
  readonly #shareThen = new Float64Array(EXITS);

  constructor(scores: Scores, clients: ClientCells, destinations: DestinationCells) {
    this.#scores = scores;
    this.#clients = clients;
    this.#destinations = destinations;
  }

  /** The kinds, as bits, in which an exit that takes clients looks suspect. Call {@link condemn} with them. */
  of(exit: number, time: number, candidates: Candidates): number {
    let kinds = 0;
    for (let kind = 0; kind < KINDS; kind++) {
      if (this.#isSilent(exit, kind, time, candidates)) kinds |= 1 << kind;
    }
    this.#groundFound = Ground.silence;
    if (kinds !== 0) return kinds;
    this.#groundFound = Ground.share;
    for (let kind = 0; kind < DATA_CLASSES; kind++) {
      if (this.#answersFew(exit, kind, candidates)) kinds |= 1 << kind;
    }
    if (kinds !== 0) return kinds;
    this.#groundFound = Ground.nobody;
    return this.#isMute(exit, time) ? this.#silentKinds(exit) : 0;
  }

  /** An exit is suspect from now on, on the ground that {@link of} found last. */
  condemn(exit: number, kinds: number): void {
    this.suspect[exit] = kinds;
    this.#ground[exit] = this.#groundFound;
    for (let kind = DATA_CLASSES - 1; kind >= 0; kind--) {
      if ((kinds & (1 << kind)) !== 0) this.#shareThen[exit] = this.#scores.share[exit * KINDS + kind];
    }
  }

  /** Whether all other exits turned out to do as badly as a suspect one: then it is not the exit. */
  isNoWorse(exit: number, candidates: Candidates): boolean {
    if (this.#ground[exit] === Ground.nobody) return false;
    let hasOther = false;
    for (let other = 0; other < EXITS; other++) {
      if (!this.#isSibling(other, exit, candidates)) continue;
      hasOther = true;
      if (!this.#isAsBad(other, exit)) return false;
    }
    return hasOther;
  }

  #isSibling(other: number, exit: number, candidates: Candidates): boolean {
    return other !== exit && this.suspect[other] === 0 && candidates.takes(other);
  }

  /** Whether most client networks of an exit have no answer, and another exit answers better. */
  #isSilent(exit: number, kind: number, time: number, candidates: Candidates): boolean {
    const { silent, alive, networks } = this.#scores;
    const at = exit * KINDS + kind;
    if (silent[at] < MIN_SILENT || silent[at] < SILENT_FOR_ONE * alive[at]) return false;
    // The destinations of large packets answer small ones.
    let isKnownToWork = kind >= DATA_CLASSES || networks[at] >= MIN_DESTINATIONS;
    let hasBetter = false;
    for (let other = 0; other < EXITS; other++) {
      if (!this.#isSibling(other, exit, candidates)) continue;
      hasBetter ||= this.#answersBetter(other, exit, kind);
      isKnownToWork ||= this.#destinations.worksElsewhere(exit, other, kind, time);
    }
    return hasBetter && isKnownToWork;
  }

  /** Whether the share of silent cells is half as large at `one` as at `other`, or nothing is known of it. */
  #answersBetter(one: number, other: number, kind: number): boolean {
    const { silent, alive } = this.#scores;
    const a = one * KINDS + kind;
    const b = other * KINDS + kind;
    // That servers send large packets is known only from those that came.
    if (kind === DataKind.largeReceived) {
      return alive[a] >= MIN_KNOWN && 2 * alive[a] >= this.#clients.countRecent(one, DataKind.tcp);
    }
    const known = silent[a] + alive[a];
    if (known < MIN_KNOWN) return true;
    return 2 * silent[a] * (silent[b] + alive[b]) <= silent[b] * known;
  }

  /** Whether an exit answers some flows, but far fewer than another one does, or than it used to. */
  #answersFew(exit: number, kind: number, candidates: Candidates): boolean {
    const { share, past } = this.#scores;
    const at = exit * KINDS + kind;
    if (share[at] < 0) return false;
    let best = -1;
    let hasSibling = false;
    for (let other = 0; other < EXITS; other++) {
      if (!this.#isSibling(other, exit, candidates)) continue;
      hasSibling = true;
      best = Math.max(best, share[other * KINDS + kind]);
    }
    if (best >= 0) return share[at] < best * PART_OF_OTHERS;
    return hasSibling && share[at] < past[at] * PART_OF_PAST;
  }

  /** Whether nobody gets an answer of any kind, and several clients try several destinations. */
  #isMute(exit: number, time: number): boolean {
    const { silent, networks } = this.#scores;
    for (let kind = 0; kind < DATA_CLASSES; kind++) {
      const at = exit * KINDS + kind;
      if (silent[at] < MIN_SILENT || networks[at] < MIN_DESTINATIONS) continue;
      return this.#clients.isMuteFor(exit, NOBODY_MS, time);
    }
    return false;
  }

  #silentKinds(exit: number): number {
    let kinds = 0;
    for (let kind = 0; kind < DATA_CLASSES; kind++) {
      if (this.#scores.silent[exit * KINDS + kind] >= MIN_SILENT) kinds |= 1 << kind;
    }
    return kinds;
  }

  #isAsBad(other: number, exit: number): boolean {
    const { silent, alive, share } = this.#scores;
    for (let kind = 0; kind < KINDS; kind++) {
      if ((this.suspect[exit] & (1 << kind)) === 0) continue;
      const at = other * KINDS + kind;
      if (this.#ground[exit] === Ground.share) {
        if (share[at] < 0 || share[at] > this.#shareThen[exit] / PART_OF_OTHERS) return false;
      } else if (silent[at] < MIN_KNOWN || silent[at] <= alive[at]) {
        return false;
      }
    }
    return true;
  }
}
