import { Reason } from "../drop-reasons.ts";
import { MAX_PEER_EXITS } from "./exit-numbers.ts";

/**
 * Which exits let what runs end and take nothing new. Asked for new bindings and sessions only; packets of sessions that
 * there are never come by.
 */
export class Drains {
  readonly #exits = new Uint8Array(MAX_PEER_EXITS + 1);
  #count = 0;
  #isAll = false;

  /**
   * Whether what is left of the month's bandwidth is for sessions that there are. Then nothing new begins, as if the whole
   * translator drained.
   */
  isBudgetLow = false;

  /** Whether the whole translator drains: then no exit takes anything new, whatever {@link has} says of it. */
  get isAll(): boolean {
    return this.#isAll || this.isBudgetLow;
  }

  set isAll(isAll: boolean) {
    this.#isAll = isAll;
  }

  /** Why nothing new begins. */
  get reason(): Reason {
    return this.isBudgetLow && !this.#isAll ? Reason["budget-used"] : Reason.draining;
  }

  /** Whether anything drains: then who finds no exit is told that it is on purpose. */
  get isAny(): boolean {
    return this.isAll || this.#count > 0;
  }

  /** Whether an exit drains. @param exit 0 for the local one, 1 … {@link MAX_PEER_EXITS} */
  has(exit: number): boolean {
    return this.#exits[exit] === 1;
  }

  /** Lets an exit drain, or take new clients again. */
  set(exit: number, drains: boolean): void {
    this.#count += (drains ? 1 : 0) - this.#exits[exit];
    this.#exits[exit] = drains ? 1 : 0;
  }
}
