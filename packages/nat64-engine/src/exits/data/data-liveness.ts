import type { KeyedHash } from "../../hash/keyed-hash.ts";
import { NO_EXIT } from "../exit-numbers.ts";
import { ClientCells } from "./client-cells.ts";
import { DATA_CLASSES, DATA_KIND_NAMES, DataKind, EXITS } from "./data-class.ts";
import { DestinationCells } from "./destination-cells.ts";
import type { ExitData } from "./exit-data.ts";
import { LargePackets } from "./large-packets.ts";
import { Scores } from "./scores.ts";
import { Trial, Trials } from "./trials.ts";
import { type Candidates, Verdicts } from "./verdicts.ts";

/** How often {@link DataLiveness.judge} looks at all exits. */
const JUDGE_MS = 250;
/** An exit is suspect when it looks so for this long. */
const LASTING_MS = 500;

/**
 * Whether data comes back through each exit, judged by the new flows of clients: an exit can answer probes and lose everything
 * else. Pinned flows are not judged, as their clients choose the exit.
 *
 * Three judgements, from the narrow to the wide; each only decides where new mappings go:
 * - a client network without any answer at an exit is placed elsewhere ({@link avoids});
 * - a destination network that answers nobody through an exit is reached through another one ({@link avoids});
 * - an exit that leaves most of its client networks without an answer, or loses large packets, while another one does better, is
 *   suspect ({@link isSuspect}) until a trial with a few flows succeeds.
 *
 * A server that is down fails at all exits, and so moves nobody for long. Nothing here allocates after the constructor.
 */
export class DataLiveness {
  readonly #hash: KeyedHash;
  readonly #clients = new ClientCells();
  readonly #destinations = new DestinationCells();
  readonly #large = new LargePackets();
  readonly #scores = new Scores(this.#clients, this.#destinations, this.#large);
  readonly #verdicts = new Verdicts(this.#scores, this.#clients, this.#destinations);
  readonly #trials = new Trials();
  /** A bit for each {@link DataKind} in which an exit is suspect. */
  readonly #suspect: Uint8Array = this.#verdicts.suspect;
  /** Since when an exit looks suspect; 0 if it does not. */
  readonly #worseSince = new Int32Array(EXITS);
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
    this.#scores.isUsed[exit] = 1;
    const place = this.placeOf(remote);
    const isDown = this.#destinations.failsElsewhere(exit, protocol, place, time);
    this.#clients.asked(exit, protocol, network, place, isDown, time);
    this.#destinations.asked(exit, protocol, network, place, time);
    if (this.#suspect[exit] === 0) return;
    if (this.#isSuspectIn(exit, protocol)) this.#trials.asked(exit, time);
    if (this.#takesTrialOf(exit, protocol)) this.#trials.placed(exit, time);
  }

  /** The flow gets its first answer. */
  answered(exit: number, protocol: number, network: number, remote: number): void {
    if (protocol >= DATA_CLASSES) return;
    this.#clients.answered(exit, protocol, network, this.#time);
    this.#destinations.answered(exit, protocol, this.placeOf(remote), this.#time);
    if (this.#isSuspectIn(exit, protocol)) this.#trials.answered(exit);
  }

  /** A flow that was just noted did not leave. */
  withdraw(exit: number, protocol: number, network: number): void {
    if (protocol < DATA_CLASSES) this.#clients.withdraw(exit, protocol, network);
  }

  /**
   * A client sends a large packet.
   *
   * @param wanted of TCP the acknowledgment number that answers it
   */
  sentLarge(exit: number, network: number, session: number, wanted: number, time: number): void {
    const isWaiting = this.#large.sends(exit, network, session, wanted, time);
    if (isWaiting && this.#isSuspectIn(exit, DataKind.largeSent)) this.#trials.asked(exit, time);
  }

  /** Whether {@link receivedAnswer} wants a packet of a session from an exit. */
  waitsFor(exit: number, network: number, session: number): boolean {
    return this.#large.waitsFor(exit, network, session);
  }

  /** A packet that {@link waitsFor} wants. @param acknowledgment of TCP */
  receivedAnswer(exit: number, network: number, isTcp: boolean, acknowledgment: number): void {
    const isAnswer = this.#large.answers(exit, network, isTcp, acknowledgment, this.#time);
    if (isAnswer && this.#isSuspectIn(exit, DataKind.largeSent)) this.#trials.answered(exit);
  }

  /** A large packet came from an exit. */
  receivedLarge(exit: number, network: number): void {
    this.#large.received(exit, network, this.#time);
    if (!this.#isSuspectIn(exit, DataKind.largeReceived)) return;
    this.#trials.asked(exit, this.#time);
    this.#trials.answered(exit);
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
    return this.#trials.takes(exit) && this.#takesTrialOf(exit, protocol);
  }

  /** Whether flows of a trial may still be answered. */
  isOnTrial(exit: number): boolean {
    return this.#suspect[exit] !== 0 && this.#trials.isOpen(exit);
  }

  /** What is known of an exit. Not for the packet path. */
  describe(exit: number): ExitData {
    const lost = DATA_KIND_NAMES.filter((_, kind) => this.#isSuspectIn(exit, kind));
    return {
      lost,
      ...(lost.length > 0 && { nextTrialInMs: this.#trials.pauseLeft(exit, this.#time) }),
      tcp: this.#scores.describe(exit, DataKind.tcp),
      udp: this.#scores.describe(exit, DataKind.udp),
      destinationsLost: this.#destinations.countLost(exit, this.#time),
    };
  }

  /** Looks at all exits, at most every {@link JUDGE_MS}. @param time milliseconds, int32 that wraps */
  judge(time: number, candidates: Candidates): void {
    this.#time = time;
    if (this.#hasJudged && ((time - this.#judgedAt) | 0) < JUDGE_MS) return;
    this.#hasJudged = true;
    this.#judgedAt = time;
    this.trying = NO_EXIT;
    this.#scores.count(time);
    for (let exit = 0; exit < EXITS; exit++) {
      if (this.#suspect[exit] !== 0) this.#reconsider(exit, time, candidates);
      else if (candidates.takes(exit)) this.#consider(exit, time, candidates);
    }
  }

  /** The path of an exit works again: what happened before says nothing about it. */
  restart(exit: number): void {
    this.#clients.forget(exit);
    this.#destinations.forget(exit);
    this.#large.forget(exit);
    this.#worseSince[exit] = 0;
  }

  /** Another exit has this place. */
  forget(exit: number): void {
    this.restart(exit);
    this.#trials.forget(exit);
    this.#scores.forget(exit);
    this.#suspect[exit] = 0;
  }

  #isSuspectIn(exit: number, kind: number): boolean {
    return (this.#suspect[exit] & (1 << kind)) !== 0;
  }

  /** Whether flows of a protocol belong to the trial of an exit. Any may have large packets. */
  #takesTrialOf(exit: number, protocol: number): boolean {
    const large = (1 << DataKind.largeSent) | (1 << DataKind.largeReceived);
    return (this.#suspect[exit] & (large | (1 << protocol))) !== 0;
  }

  #consider(exit: number, time: number, candidates: Candidates): void {
    const kinds = this.#verdicts.of(exit, time, candidates);
    if (kinds === 0) this.#worseSince[exit] = 0;
    else if (this.#worseSince[exit] === 0) this.#worseSince[exit] = time | 1;
    if (kinds === 0 || ((time - this.#worseSince[exit]) | 0) < LASTING_MS) return;
    this.#verdicts.condemn(exit, kinds);
    this.#trials.begin(exit, time);
  }

  #reconsider(exit: number, time: number, candidates: Candidates): void {
    if (this.#trials.open(exit, time)) this.restart(exit);
    if (this.#trials.isWaiting(exit, time)) this.trying = exit;
    const hasPassed = this.#trials.judge(exit, time) === Trial.passed;
    if (!hasPassed && !this.#verdicts.isNoWorse(exit, candidates)) return;
    this.#suspect[exit] = 0;
    this.restart(exit);
  }
}
