import type { BudgetState } from "../../messages/bandwidth.ts";

/** The monthly quota in the data path's thread: exact to the packet, not to the minute. */
export class BudgetGate {
  #until = Number.POSITIVE_INFINITY;
  #reserve = 0;
  #state: BudgetState = "open";

  get state(): BudgetState {
    return this.#state;
  }

  /**
   * @param until bytes since the start at which the quota is used up; no quota if left out
   * @param reserve last bytes of the quota, reserved for open sessions
   */
  set(until: number = Number.POSITIVE_INFINITY, reserve = 0): void {
    this.#until = until;
    this.#reserve = reserve;
  }

  /** Updates the state. @param passed bytes since the start @returns whether the state has changed */
  pass(passed: number): boolean {
    const before = this.#state;
    if (passed >= this.#until) this.#state = "used";
    else this.#state = passed >= this.#until - this.#reserve ? "nothing-new" : "open";
    return this.#state !== before;
  }
}
