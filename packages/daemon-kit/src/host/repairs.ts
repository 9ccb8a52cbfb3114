import { BackOff } from "./back-off.ts";
import type { Step } from "./step.ts";

/** A change to this host that does not stand now. */
export interface HostProblem {
  /** What the step does, in a few words. */
  readonly what: string;
  /** Why it could not be made again, or that somebody undoes it all the time. */
  readonly reason: string;
  /** ISO 8601. */
  readonly since: string;
}

/** How the host fits what the daemon set up. */
export interface HostHealth {
  /** What is not as it should be; empty when all is well. */
  readonly problems: readonly HostProblem[];
  /** Changes that somebody undid and that were made again, since the start. */
  readonly mends: number;
}

/** Told about each change that is made again, begins to be a problem, or is none any more. */
export interface RepairsObserver {
  mended(what: string): void;
  troubled(problem: HostProblem): void;
  recovered(what: string): void;
}

/** Mends of one step within {@link FIGHT_MS} after which somebody else is taken to want it otherwise. */
const MENDS_OF_A_FIGHT = 5;
const FIGHT_MS = 60_000;

interface Watched {
  readonly step: Step;
  readonly backOff: BackOff;
  /** When it was mended, in ms; the last {@link MENDS_OF_A_FIGHT} times. */
  readonly mendedAt: number[];
  problem: HostProblem | undefined;
  /** Whether the problem is that somebody keeps undoing it: then that it stands now says little. */
  isFight: boolean;
}

/**
 * Compares what was set up with what is there, and makes it again. Each step is tried again after a time that grows as long as it
 * fails, and as long as somebody keeps undoing it: two programs that fight would wear the host out.
 */
export class Repairs {
  readonly #watched: readonly Watched[];
  readonly #observer: RepairsObserver;
  #mends = 0;

  /** @param steps those that can tell whether they stand are watched, in this order */
  constructor(steps: readonly Step[], observer: RepairsObserver) {
    this.#observer = observer;
    this.#watched = steps
      .filter((step) => step.isIntact !== undefined)
      .map((step) => ({ step, backOff: new BackOff(), mendedAt: [], problem: undefined, isFight: false }));
  }

  /** The state as of the last {@link look}. */
  get health(): HostHealth {
    return { problems: this.#watched.flatMap(({ problem }) => problem ?? []), mends: this.#mends };
  }

  /** Looks at all steps, and mends what is due. Never throws. @param now milliseconds, of a clock that only goes forward */
  look(now: number): void {
    for (const each of this.#watched) this.#lookAt(each, now);
  }

  #lookAt(each: Watched, now: number): void {
    const { step, backOff, mendedAt } = each;
    const reason = tell(() => (step.isIntact?.() === false ? "it is no longer as it was set up" : undefined));
    if (reason === undefined) {
      // After a fight it has to stand for as long as the next try would have waited.
      if (each.problem !== undefined && (!each.isFight || backOff.isDue(now))) this.#recover(each);
      return;
    }
    if (!backOff.isDue(now)) return;
    if (step.mend === undefined) {
      this.#trouble(each, reason);
      return;
    }
    const failed = tell(() => {
      step.mend?.();
      return step.isIntact?.() === false ? "it was made again, and is not there" : undefined;
    });
    if (failed !== undefined) {
      backOff.grow(now);
      this.#trouble(each, failed);
      return;
    }
    this.#mends++;
    this.#observer.mended(step.what);
    mendedAt.push(now);
    if (mendedAt.length > MENDS_OF_A_FIGHT) mendedAt.shift();
    each.isFight ||= mendedAt.length === MENDS_OF_A_FIGHT && now - mendedAt[0] < FIGHT_MS;
    if (each.isFight) {
      backOff.grow(now);
      this.#trouble(each, "somebody on this host undoes it again and again");
    } else if (each.problem !== undefined) {
      this.#recover(each);
    }
  }

  #recover(each: Watched): void {
    each.problem = undefined;
    each.isFight = false;
    each.backOff.reset();
    this.#observer.recovered(each.step.what);
  }

  #trouble(each: Watched, reason: string): void {
    const isNew = each.problem?.reason !== reason;
    each.problem = { what: each.step.what, reason, since: each.problem?.since ?? new Date().toISOString() };
    if (isNew) this.#observer.troubled(each.problem);
  }
}

/** What `look` says, or what it throws. */
function tell(look: () => string | undefined): string | undefined {
  try {
    return look();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
