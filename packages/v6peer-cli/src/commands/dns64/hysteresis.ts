/**
 * Decides from probes whether one prefix is good enough for a DNS64. Sans-IO: time is an argument.
 *
 * A new prefix is used from its first successful probe on. A used prefix is removed after several failures in a row. A
 * removed prefix returns after several successes in a row over some time, so that an unstable prefix stays out.
 */

/** The limits. */
export interface HysteresisRules {
  /** Failures in a row after which the prefix is removed. */
  readonly failures: number;
  /** Successes in a row after which the prefix returns, … */
  readonly successes: number;
  /** … if at least this time passed between the first and the last of them, in milliseconds. */
  readonly over: number;
}

/** `unknown` until the first success or enough failures. */
export type Standing = "unknown" | "in" | "out";

export class Hysteresis {
  readonly #rules: HysteresisRules;
  #standing: Standing;
  /** Number of consecutive results that contradict the standing, and when the first one came, in milliseconds. */
  #run = 0;
  #since = 0;

  constructor(rules: HysteresisRules, standing: Standing = "unknown") {
    this.#rules = rules;
    this.#standing = standing;
  }

  get standing(): Standing {
    return this.#standing;
  }

  /** Whether the standing is unknown or the last probes contradict it: the next probe should come soon. */
  get isDoubtful(): boolean {
    return this.#standing === "unknown" || (this.#standing === "in" && this.#run > 0);
  }

  /** Records the result of a probe. @param now milliseconds @returns whether the standing changed */
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
