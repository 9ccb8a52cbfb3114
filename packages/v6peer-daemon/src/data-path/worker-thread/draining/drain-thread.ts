/**
 * Draining in the data path's thread: tells engine and peer exits what takes nothing new, and looks four times a second
 * whether it is over.
 */
import { LOCAL_EXIT, MAX_PEER_EXITS, type Nat64Pipeline } from "@nat64/nat64-engine";
import type { DrainOrder, DrainProgress, DrainView } from "../../messages/draining.ts";
import type { PeerThread } from "../peer-exits/peer-thread.ts";
import { Drain } from "./drain.ts";

/** Milliseconds between two looks while something drains. */
const LOOK_INTERVAL = 250;

/** What the thread has and this needs. */
export interface DrainThreadParts {
  readonly engine: Nat64Pipeline;
  /** Left out, there are no peer exits. */
  readonly peers: PeerThread | undefined;
  /** Lets the engine's timers act at once. */
  readonly requestAdvance: () => void;
  /** Told when everything has drained. */
  readonly over: (progress: DrainProgress) => void;
}

export class DrainThread {
  readonly #parts: DrainThreadParts;
  #engine: Nat64Pipeline;
  #all: Drain | undefined;
  #local: Drain | undefined;
  /** Pairs that drain by our own wish. */
  readonly #pairs = new Set<string>();
  #lookAt: number = Number.POSITIVE_INFINITY;

  constructor(parts: DrainThreadParts) {
    this.#parts = parts;
    this.#engine = parts.engine;
  }

  /** Another engine goes on with the same sessions, and with what drains. */
  attach(engine: Nat64Pipeline): void {
    const wasEnding = this.#engine.isEndingExit(LOCAL_EXIT);
    this.#engine = engine;
    if (wasEnding) engine.endExit(LOCAL_EXIT);
  }

  /** Carries out an order. */
  hear({ target, within }: DrainOrder, now: number): void {
    const until = within === undefined ? undefined : now + within * 1000;
    if (target === "all") this.#drainAll(until, within, now);
    else if (target === "local") this.#drainLocal(until);
    else this.#drainPair(target.pair, within, now);
    this.#lookAt = now;
  }

  view(now: number): DrainView {
    return {
      ...(this.#all !== undefined && { all: this.#all.progress(now) }),
      ...(this.#local !== undefined && { local: this.#local.progress(now) }),
      openSessions: Array.from({ length: MAX_PEER_EXITS + 1 }, (_, exit) => this.#engine.openSessionsOf(exit)),
    };
  }

  nextDeadline(): number {
    return this.#lookAt;
  }

  /** Cheap when nothing drains. */
  advance(now: number): void {
    if (now < this.#lookAt) return;
    if (this.#all?.look(now) === true) this.#parts.over(this.#all.progress(now));
    this.#local?.look(now);
    for (const pair of this.#pairs) this.#lookAtPair(pair, now);
    const isAnythingLeft = this.#all?.isOver === false || this.#local?.isOver === false || this.#pairs.size > 0;
    this.#lookAt = isAnythingLeft ? now + LOOK_INTERVAL : Number.POSITIVE_INFINITY;
  }

  #drainAll(until: number | undefined, within: number | undefined, now: number): void {
    const { drains } = this.#engine;
    if (drains !== undefined) drains.isAll = until !== undefined;
    if (within === undefined || until === undefined) {
      this.#all = undefined;
      // What was said of single pairs is taken back with it: the machine does not keep the two apart.
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

  /** The machine ends the pair when time is over; here, when nothing is left of it before. */
  #lookAtPair(pair: string, now: number): void {
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
