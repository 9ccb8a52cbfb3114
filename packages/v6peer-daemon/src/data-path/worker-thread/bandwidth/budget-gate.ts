import type { BudgetState } from "../../messages/bandwidth.ts";

/** What is left of a month's bytes, as the data path's thread sees it: to the packet, not to the minute. */
export class BudgetGate {
  #until = Number.POSITIVE_INFINITY;
  #reserve = 0;
  #state: BudgetState = "open";

  get state(): BudgetState {
    return this.#state;
  }

  /**
   * @param until bytes, counted since start, that may pass; left out, any number
   * @param reserve bytes of them that are kept for what runs already
   */
  set(until: number = Number.POSITIVE_INFINITY, reserve = 0): void {
    this.#until = until;
    this.#reserve = reserve;
  }

  /** Told how many bytes have passed since start. @returns whether the state is another one now */
  pass(passed: number): boolean {
    const before = this.#state;
    if (passed >= this.#until) this.#state = "used";
    else this.#state = passed >= this.#until - this.#reserve ? "nothing-new" : "open";
    return this.#state !== before;
  }
}
