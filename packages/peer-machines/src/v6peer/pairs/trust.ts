/**
 * How much an exit has proved. A new one gets a small share of the new clients, so that an identity that was just invented can
 * harm few of them. The share doubles with each minute in which its clients get answers, and starts anew when its path fails.
 *
 * Whether an exit gives its place to another one follows from the same history (PROTOCOL.md, `path`).
 */

/** Minutes with answers after which an exit has its whole share: it starts with 1/64. */
const MINUTES = 6;
const MINUTE_MS = 60_000;

/** Paths that failed early, after which the pair yields. */
const MAX_EARLY_FAILURES = 3;
/** A path that stays up for so long makes up for one of them. */
const LASTING_MS = 600_000;

/** How long an exit that has proved something may lose data before the pair yields. A new one yields at once. */
const DATA_LOST_MS = 60_000;

/** Why a pair yields; the reason in `unpair`. */
export type YieldReason = "path-never-up" | "path-unstable" | "no-data";

export class Trust {
  #minutes = 0;
  #minuteEndsAt = Number.POSITIVE_INFINITY;
  #received = 0;
  #wasUp = false;
  #wasDown = false;
  #upSince = 0;
  #earlyFailures = 0;
  #dataLostSince = Number.POSITIVE_INFINITY;
  #now = 0;

  /** The earned part of its weight, 1/64 … 1. */
  get share(): number {
    return 2 ** (this.#minutes - MINUTES);
  }

  /** Why the pair gives its place to another one, if it does. @param isUp whether its path is up now */
  yieldsFor(isUp: boolean): YieldReason | undefined {
    if (isUp) {
      const wait = this.#minutes === 0 ? 0 : DATA_LOST_MS;
      return this.#now - this.#dataLostSince >= wait ? "no-data" : undefined;
    }
    if (!this.#wasUp) return this.#wasDown ? "path-never-up" : undefined;
    return this.#earlyFailures >= MAX_EARLY_FAILURES ? "path-unstable" : undefined;
  }

  /** The path came up. */
  rise(now: number): void {
    this.#wasUp = true;
    this.#upSince = now;
  }

  /** The path went down. @param isCommon whether all others are down as well: then it is not the fault of this one */
  fall(wasUp: boolean, isCommon: boolean, now: number): void {
    this.#wasDown = true;
    this.#dataLostSince = Number.POSITIVE_INFINITY;
    if (!wasUp || isCommon) return;
    this.#minutes = 0;
    this.#minuteEndsAt = Number.POSITIVE_INFINITY;
    const forgiven = Math.floor((now - this.#upSince) / LASTING_MS);
    this.#earlyFailures = Math.max(0, this.#earlyFailures - forgiven) + (forgiven === 0 ? 1 : 0);
  }

  /**
   * Looks at the exit's counters while its path is up.
   *
   * @param received packets from it @param isDataLost whether the engine says that clients get no answers there
   * @returns whether the share has changed
   */
  look(received: number, isDataLost: boolean, now: number): boolean {
    this.#now = now;
    if (!isDataLost) this.#dataLostSince = Number.POSITIVE_INFINITY;
    else if (this.#dataLostSince === Number.POSITIVE_INFINITY) this.#dataLostSince = now;
    if (received === this.#received || isDataLost) return false;
    this.#received = received;
    const isFirst = this.#minuteEndsAt === Number.POSITIVE_INFINITY;
    if (!isFirst && now < this.#minuteEndsAt) return false;
    this.#minuteEndsAt = now + MINUTE_MS;
    if (isFirst || this.#minutes === MINUTES) return false;
    this.#minutes++;
    return true;
  }
}
