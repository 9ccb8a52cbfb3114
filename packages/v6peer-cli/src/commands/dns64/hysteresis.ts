/**
 * Whether one prefix is good enough for a DNS64, by the probes of it. Sans-IO: time is an argument.
 *
 * A prefix that is not known yet is in with its first good probe. One that is in leaves after some failures in a row; one
 * that is out comes back after some successes in a row that span some time, so that one that comes and goes stays out.
 */

/** The bounds. */
export interface HysteresisRules {
  /** Failures in a row after which it leaves. */
  readonly failures: number;
  /** Successes in a row after which it comes back, … */
  readonly successes: number;
  /** … if these milliseconds or more lie between the first and the last of them. */
  readonly over: number;
}

/** `unknown` until the first success or enough failures. */
export type Standing = "unknown" | "in" | "out";

export class Hysteresis {
  readonly #rules: HysteresisRules;
  #standing: Standing;
  /** Length of the run of results that speak against the standing, and when it began. */
  #run = 0;
  #since = 0;

  constructor(rules: HysteresisRules, standing: Standing = "unknown") {
    this.#rules = rules;
    this.#standing = standing;
  }

  get standing(): Standing {
    return this.#standing;
  }

  /** Whether the last probes speak against the standing, or there is none: it is worth to look again soon. */
  get isDoubtful(): boolean {
    return this.#standing === "unknown" || (this.#standing === "in" && this.#run > 0);
  }

  /** Takes the result of a probe; `true` when the standing changed. @param now milliseconds */
  note(isGood: boolean, now: number): boolean {
    if (this.#standing === "unknown" && isGood) return this.#become("in");
    const agrees = isGood ? this.#standing === "in" : this.#standing === "out";
    if (agrees) {
      this.#run = 0;
      return false;
    }
    if (this.#run++ === 0) this.#since = now;
    const { failures, successes, over } = this.#rules;
    if (!isGood) return this.#run >= failures && this.#become("out");
    return this.#run >= successes && now - this.#since >= over && this.#become("in");
  }

  #become(standing: Standing): true {
    this.#standing = standing;
    this.#run = 0;
    return true;
  }
}
