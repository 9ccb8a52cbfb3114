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

/** A path that is down for so long while others work has lost its sessions, and has no claim to its place. */
const DOWN_MS = 60_000;

/** How long an exit that has proved something may lose data before the pair yields. A new one yields at once. */
const DATA_LOST_MS = 60_000;

/** Why a pair yields; the reason in `unpair`. */
export type YieldReason = "path-never-up" | "path-unstable" | "no-data";

export class Trust {
  #minutes = 0;
  #minuteEndsAt = Number.POSITIVE_INFINITY;
  #received = 0;
  #isUp = false;
  #wasUp = false;
  #wasDown = false;
  #isBlamed = false;
  #upSince = 0;
  #downSince = Number.POSITIVE_INFINITY;
  #earlyFailures = 0;
  #dataLostSince = Number.POSITIVE_INFINITY;

  /** The earned part of its weight, 1/64 … 1. */
  get share(): number {
    return 2 ** (this.#minutes - MINUTES);
  }

  /** Whether a path of the pair was ever up. */
  get wasUp(): boolean {
    return this.#wasUp;
  }

  /** Whether one was ever down. */
  get wasDown(): boolean {
    return this.#wasDown;
  }

  /** Since when the path is down that was up, in milliseconds; infinity if it is up, or never was. */
  get downSince(): number {
    return this.#downSince;
  }

  /** Why the pair gives its place to another one, if it does. */
  yieldsFor(now: number): YieldReason | undefined {
    if (this.#isUp) {
      const wait = this.#minutes === 0 ? 0 : DATA_LOST_MS;
      return now - this.#dataLostSince >= wait ? "no-data" : undefined;
    }
    if (!this.#wasUp) return this.#wasDown ? "path-never-up" : undefined;
    if (!this.#isBlamed) return undefined;
    const isLong = now - this.#downSince >= DOWN_MS;
    return isLong || this.#earlyFailures >= MAX_EARLY_FAILURES ? "path-unstable" : undefined;
  }

  /** The path came up. */
  rise(now: number): void {
    this.#isUp = true;
    this.#wasUp = true;
    this.#upSince = now;
    this.#downSince = Number.POSITIVE_INFINITY;
  }

  /** The path went down. This may be the fault of this peer's own connection, until {@link blame} says something else. */
  fall(now: number): void {
    this.#wasDown = true;
    this.#dataLostSince = Number.POSITIVE_INFINITY;
    if (!this.#isUp) return;
    this.#isUp = false;
    this.#isBlamed = false;
    this.#downSince = now;
  }

  /** Another path works, after this one went down. */
  blame(): void {
    if (this.#downSince === Number.POSITIVE_INFINITY || this.#isBlamed) return;
    this.#isBlamed = true;
    this.#minutes = 0;
    this.#minuteEndsAt = Number.POSITIVE_INFINITY;
    const forgiven = Math.floor((this.#downSince - this.#upSince) / LASTING_MS);
    this.#earlyFailures = Math.max(0, this.#earlyFailures - forgiven) + (forgiven === 0 ? 1 : 0);
  }

  /**
   * Looks at the exit's counters while its path is up.
   *
   * @param received packets from it @param isDataLost whether the engine says that clients get no answers there
   */
  look(received: number, isDataLost: boolean, now: number): void {
    if (!isDataLost) this.#dataLostSince = Number.POSITIVE_INFINITY;
    else if (this.#dataLostSince === Number.POSITIVE_INFINITY) this.#dataLostSince = now;
    if (received === this.#received || isDataLost) return;
    this.#received = received;
    const isFirst = this.#minuteEndsAt === Number.POSITIVE_INFINITY;
    if (!isFirst && now < this.#minuteEndsAt) return;
    this.#minuteEndsAt = now + MINUTE_MS;
    if (!isFirst && this.#minutes < MINUTES) this.#minutes++;
  }
}
