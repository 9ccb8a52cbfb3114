/**
 * Draining in the data path's thread: stops new sessions in the engine and at peer exits, and checks four times per second
 * whether a drain has ended.
 */
import { LOCAL_EXIT, MAX_PEER_EXITS, type Nat64Pipeline } from "@nat64/nat64-engine";
import type { DrainOrder, DrainProgress, DrainView } from "../../messages/draining.ts";
import type { PeerThread } from "../peer-exits/peer-thread.ts";
import { Drain } from "./drain.ts";

/** Interval of checks while something is draining. */
const CHECK_INTERVAL_MS = 250;

/** The parts of the thread that draining uses. */
export interface DrainThreadParts {
  readonly engine: Nat64Pipeline;
  /** Left out if there are no peer exits. */
  readonly peers: PeerThread | undefined;
  /** Runs the engine's timers in the next round. */
  readonly requestAdvance: () => void;
  /** Called when everything has drained. */
  readonly onDrained: (progress: DrainProgress) => void;
}

export class DrainThread {
  readonly #parts: DrainThreadParts;
  #engine: Nat64Pipeline;
  #all: Drain | undefined;
  #local: Drain | undefined;
  /** Pairs that this peer drains. */
  readonly #pairs = new Set<string>();
  #nextCheck: number = Number.POSITIVE_INFINITY;

  constructor(parts: DrainThreadParts) {
    this.#parts = parts;
    this.#engine = parts.engine;
  }

  /** Switches to another engine with the same sessions and drains. */
  attach(engine: Nat64Pipeline): void {
    const wasEnding = this.#engine.isEndingExit(LOCAL_EXIT);
    this.#engine = engine;
    if (wasEnding) engine.endExit(LOCAL_EXIT);
  }

  /** Carries out an order. */
  carryOut({ target, within }: DrainOrder, now: number): void {
    const until = within === undefined ? undefined : now + within * 1000;
    if (target === "all") this.#drainAll(until, within, now);
    else if (target === "local") this.#drainLocal(until);
    else this.#drainPair(target.pair, within, now);
    this.#nextCheck = now;
  }

  view(now: number): DrainView {
    return {
      ...(this.#all !== undefined && { all: this.#all.progress(now) }),
      ...(this.#local !== undefined && { local: this.#local.progress(now) }),
      openSessions: Array.from({ length: MAX_PEER_EXITS + 1 }, (_, exit) => this.#engine.openSessionsOf(exit)),
    };
  }

  nextDeadline(): number {
    return this.#nextCheck;
  }

  /** Updates all drains. Cheap if nothing is draining. */
  advance(now: number): void {
    if (now < this.#nextCheck) return;
    if (this.#all?.update(now) === true) this.#parts.onDrained(this.#all.progress(now));
    this.#local?.update(now);
    for (const pair of this.#pairs) this.#updatePair(pair, now);
    const isAnythingLeft = this.#all?.isOver === false || this.#local?.isOver === false || this.#pairs.size > 0;
    this.#nextCheck = isAnythingLeft ? now + CHECK_INTERVAL_MS : Number.POSITIVE_INFINITY;
  }

  #drainAll(until: number | undefined, within: number | undefined, now: number): void {
    const { drains } = this.#engine;
    if (drains !== undefined) drains.isAll = until !== undefined;
    if (within === undefined || until === undefined) {
      this.#all = undefined;
      // This also cancels drains of single pairs: the machine does not distinguish the two.
      this.#pairs.clear();
      this.#parts.peers?.cancelDrain(undefined, now);
      return;
    }
    if (this.#all === undefined) this.#all = this.#drainOf(ALL_EXITS, until);
    else this.#all.until = until;
    this.#parts.peers?.drain(within, undefined, now);
  }

  #drainLocal(until: number | undefined): void {
    this.#engine.drains?.set(LOCAL_EXIT, until !== undefined);
    if (until === undefined) this.#local = undefined;
    else if (this.#local === undefined || this.#local.isOver) this.#local = this.#drainOf([LOCAL_EXIT], until);
    else this.#local.until = until;
  }

  #drainPair(pair: string, within: number | undefined, now: number): void {
    if (within === undefined) {
      this.#pairs.delete(pair);
      this.#parts.peers?.cancelDrain(pair, now);
    } else {
      this.#pairs.add(pair);
      this.#parts.peers?.drain(within, pair, now);
    }
  }

  /** Ends the pair early if no sessions are left. The machine ends it when time is up. */
  #updatePair(pair: string, now: number): void {
    const exit = this.#parts.peers?.exitOf(pair, now);
    if (exit !== undefined && this.#engine.openSessionsOf(exit) > 0) return;
    this.#pairs.delete(pair);
    if (exit !== undefined) this.#parts.peers?.finishDrain(pair, now);
  }

  #drainOf(exits: readonly number[], until: number): Drain {
    return new Drain(
      {
        openSessions: () => exits.reduce((sum, exit) => sum + this.#engine.openSessionsOf(exit), 0),
        end: () => {
          for (const exit of exits) this.#engine.endExit(exit);
          this.#parts.requestAdvance();
        },
      },
      until,
    );
  }
}

const ALL_EXITS: readonly number[] = Array.from({ length: MAX_PEER_EXITS + 1 }, (_, exit) => exit);
