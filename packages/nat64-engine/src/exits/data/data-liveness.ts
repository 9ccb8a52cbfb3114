import type { KeyedHash } from "../../hash/keyed-hash.ts";
import { NO_EXIT } from "../exit-numbers.ts";
import { ClientCells } from "./client-cells.ts";
import { bitsOf, DATA_CLASSES, EXITS } from "./data-class.ts";
import { DestinationCells } from "./destination-cells.ts";
import { Trial, Trials } from "./trials.ts";

/** How often {@link DataLiveness.judge} looks at all exits. */
const JUDGE_MS = 250;
/** An exit is suspect when so many client networks have no answer, … */
const MIN_SILENT = 3;
/** … for each one that has, … */
const SILENT_FOR_ONE = 3;
/** … for so long, … */
const LASTING_MS = 500;
/** … to so many destination networks, or to one that answers through another exit. */
const MIN_DESTINATIONS = 3;
/** With fewer cells than these, it is not known how an exit answers. */
const MIN_KNOWN = 3;
/** Without a better exit, an exit is suspect only when it answered nobody for this long. */
const NOBODY_MS = 15_000;

/** Which exits take new clients now. */
export interface Candidates {
  takes(exit: number): boolean;
}

/**
 * Whether data comes back through each exit, judged by the new flows of clients: an exit can answer probes and lose everything
 * else. Pinned flows are not judged, as their clients choose the exit.
 *
 * Three judgements, from the narrow to the wide; each only decides where new mappings go:
 * - a client network without any answer at an exit is placed elsewhere ({@link avoids});
 * - a destination network that answers nobody through an exit is reached through another one ({@link avoids});
 * - an exit that leaves most of its client networks without an answer, while another one answers better, is
 *   suspect ({@link isSuspect}) until a trial with a few flows succeeds.
 *
 * A server that is down fails at all exits, and so moves nobody for long. Nothing here allocates after the constructor.
 */
export class DataLiveness {
  readonly #hash: KeyedHash;
  readonly #clients = new ClientCells();
  readonly #destinations = new DestinationCells();
  readonly #trials = new Trials();
  /** A bit for each class in which an exit is suspect. */
  readonly #suspect = new Uint8Array(EXITS);
  /** Whether the exit is suspect without comparison: it answers nobody. */
  readonly #answersNobody = new Uint8Array(EXITS);
  /** Since when an exit looks suspect; 0 if it does not. */
  readonly #worseSince = new Int32Array(EXITS);
  /** Cells at the last judgement, by exit and class. */
  readonly #silent = new Int32Array(EXITS * DATA_CLASSES);
  readonly #alive = new Int32Array(EXITS * DATA_CLASSES);
  readonly #networks = new Int32Array(EXITS * DATA_CLASSES);
  /** An exit whose trial no new client took part in: then others do. `NO_EXIT` for none. */
  trying: number = NO_EXIT;
  #time = 0;
  #judgedAt = 0;
  #hasJudged = false;

  /** @param hash with a random key: clients choose destinations */
  constructor(hash: KeyedHash) {
    this.#hash = hash;
  }

  /** A hash of a destination's network. */
  placeOf(remote: number): number {
    return this.#hash.of3(remote >>> 12, 0, 20);
  }

  /**
   * A client opens a flow through an exit that was chosen for it.
   *
   * @param protocol `ProtocolIndex` @param network keyed hash of the client's /48 @param remote the destination
   * @param time milliseconds, int32 that wraps
   */
  asked(exit: number, protocol: number, network: number, remote: number, time: number): void {
    if (protocol >= DATA_CLASSES) return;
    this.#time = time;
    const place = this.placeOf(remote);
    const isDown = this.#destinations.failsElsewhere(exit, protocol, place, time);
    this.#clients.asked(exit, protocol, network, place, isDown, time);
    this.#destinations.asked(exit, protocol, network, place, time);
    if ((this.#suspect[exit] & (1 << protocol)) !== 0) this.#trials.asked(exit, time);
  }

  /** The flow gets its first answer. */
  answered(exit: number, protocol: number, network: number, remote: number): void {
    if (protocol >= DATA_CLASSES) return;
    this.#clients.answered(exit, protocol, network, this.#time);
    this.#destinations.answered(exit, protocol, this.placeOf(remote), this.#time);
    if ((this.#suspect[exit] & (1 << protocol)) !== 0) this.#trials.answered(exit);
  }

  /** A flow that was just noted did not leave. */
  withdraw(exit: number, protocol: number, network: number): void {
    if (protocol < DATA_CLASSES) this.#clients.withdraw(exit, protocol, network);
  }

  /** Whether a client or its destination should try another exit. @param place see {@link placeOf} */
  avoids(exit: number, protocol: number, network: number, place: number): boolean {
    if (protocol >= DATA_CLASSES) return false;
    return (
      this.#clients.isSilent(exit, protocol, network, this.#time) ||
      this.#destinations.fails(exit, protocol, place, this.#time)
    );
  }

  /** Whether new clients should use other exits: data does not come back. */
  isSuspect(exit: number): boolean {
    return this.#suspect[exit] !== 0;
  }

  /** Whether a new flow may go to a suspect exit, as part of a trial. */
  takesTrial(exit: number, protocol: number): boolean {
    return (this.#suspect[exit] & (1 << protocol)) !== 0 && this.#trials.takes(exit);
  }

  /** Whether flows of a trial may still be answered. */
  isOnTrial(exit: number): boolean {
    return this.#suspect[exit] !== 0 && this.#trials.isOpen(exit);
  }

  /** Looks at all exits, at most every {@link JUDGE_MS}. @param time milliseconds, int32 that wraps */
  judge(time: number, candidates: Candidates): void {
    this.#time = time;
    if (this.#hasJudged && ((time - this.#judgedAt) | 0) < JUDGE_MS) return;
    this.#hasJudged = true;
    this.#judgedAt = time;
    this.trying = NO_EXIT;
    this.#destinations.startCount();
    for (let exit = 0; exit < EXITS; exit++) this.#count(exit, time);
    for (let exit = 0; exit < EXITS; exit++) {
      if (this.#suspect[exit] !== 0) this.#reconsider(exit, time, candidates);
      else if (candidates.takes(exit)) this.#consider(exit, time, candidates);
    }
  }

  /** The path of an exit works again: what happened before says nothing about it. */
  restart(exit: number): void {
    this.#clients.forget(exit);
    this.#destinations.forget(exit);
  }

  /** Another exit has this place. */
  forget(exit: number): void {
    this.restart(exit);
    this.#trials.forget(exit);
    this.#suspect[exit] = 0;
    this.#worseSince[exit] = 0;
  }

  #count(exit: number, time: number): void {
    const clients = this.#clients;
    for (let kind = 0; kind < DATA_CLASSES; kind++) {
      const at = exit * DATA_CLASSES + kind;
      clients.count(exit, kind, time);
      this.#silent[at] = clients.silent;
      this.#alive[at] = clients.alive;
      this.#networks[at] = bitsOf(clients.destinations);
      this.#destinations.count(exit, kind, time);
    }
  }

  #consider(exit: number, time: number, candidates: Candidates): void {
    let suspect = 0;
    for (let kind = 0; kind < DATA_CLASSES; kind++) {
      if (this.#isWorse(exit, kind, time, candidates)) suspect |= 1 << kind;
    }
    this.#answersNobody[exit] = 0;
    if (suspect === 0 && this.#isMute(exit, time)) {
      suspect = this.#silentKinds(exit);
      this.#answersNobody[exit] = 1;
    }
    if (suspect === 0) this.#worseSince[exit] = 0;
    else if (this.#worseSince[exit] === 0) this.#worseSince[exit] = time | 1;
    if (suspect === 0 || ((time - this.#worseSince[exit]) | 0) < LASTING_MS) return;
    this.#suspect[exit] = suspect;
    this.#trials.begin(exit, time);
  }

  /** Whether most client networks of an exit have no answer, and another exit answers better. */
  #isWorse(exit: number, kind: number, time: number, candidates: Candidates): boolean {
    const at = exit * DATA_CLASSES + kind;
    if (this.#silent[at] < MIN_SILENT || this.#silent[at] < SILENT_FOR_ONE * this.#alive[at]) return false;
    let isKnownToWork = this.#networks[at] >= MIN_DESTINATIONS;
    let hasBetter = false;
    for (let other = 0; other < EXITS; other++) {
      if (other === exit || !candidates.takes(other) || this.#suspect[other] !== 0) continue;
      hasBetter ||= this.#answersBetter(other, exit, kind);
      isKnownToWork ||= this.#destinations.worksElsewhere(exit, other, kind, time);
    }
    return hasBetter && isKnownToWork;
  }

  /** Whether the share of silent cells is half as large at `one` as at `other`, or nothing is known of it. */
  #answersBetter(one: number, other: number, kind: number): boolean {
    const a = one * DATA_CLASSES + kind;
    const b = other * DATA_CLASSES + kind;
    const known = this.#silent[a] + this.#alive[a];
    if (known < MIN_KNOWN) return true;
    return 2 * this.#silent[a] * (this.#silent[b] + this.#alive[b]) <= this.#silent[b] * known;
  }

  /** Whether nobody gets an answer of any kind, and several clients try several destinations. */
  #isMute(exit: number, time: number): boolean {
    let silent = 0;
    let networks = 0;
    for (let kind = 0; kind < DATA_CLASSES; kind++) {
      silent = Math.max(silent, this.#silent[exit * DATA_CLASSES + kind]);
      networks = Math.max(networks, this.#networks[exit * DATA_CLASSES + kind]);
    }
    if (silent < MIN_SILENT || networks < MIN_DESTINATIONS) return false;
    return this.#clients.isMuteFor(exit, NOBODY_MS, time);
  }

  #silentKinds(exit: number): number {
    let kinds = 0;
    for (let kind = 0; kind < DATA_CLASSES; kind++) {
      if (this.#silent[exit * DATA_CLASSES + kind] >= MIN_SILENT) kinds |= 1 << kind;
    }
    return kinds;
  }

  #reconsider(exit: number, time: number, candidates: Candidates): void {
    if (this.#trials.open(exit, time)) this.restart(exit);
    if (this.#trials.isWaiting(exit, time)) this.trying = exit;
    const isCleared = this.#trials.judge(exit, time) === Trial.passed || this.#isNoWorse(exit, candidates);
    if (!isCleared) return;
    this.#suspect[exit] = 0;
    this.#worseSince[exit] = 0;
    this.restart(exit);
  }

  /** Whether all other exits turned out to leave most clients without an answer, too: then it is not the exit. */
  #isNoWorse(exit: number, candidates: Candidates): boolean {
    if (this.#answersNobody[exit] === 1) return false;
    let hasOther = false;
    for (let other = 0; other < EXITS; other++) {
      if (other === exit || !candidates.takes(other) || this.#suspect[other] !== 0) continue;
      hasOther = true;
      if (!this.#isMostlySilent(other, this.#suspect[exit])) return false;
    }
    return hasOther;
  }

  #isMostlySilent(exit: number, kinds: number): boolean {
    for (let kind = 0; kind < DATA_CLASSES; kind++) {
      const at = exit * DATA_CLASSES + kind;
      const isMostlySilent = this.#silent[at] >= MIN_KNOWN && this.#silent[at] > this.#alive[at];
      if ((kinds & (1 << kind)) !== 0 && !isMostlySilent) return false;
    }
    return true;
  }
}
