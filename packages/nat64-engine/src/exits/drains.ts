import { Reason } from "../drop-reasons.ts";
import type { DailyShares } from "../limits/daily-shares.ts";
import { MAX_PEER_EXITS } from "./exit-numbers.ts";

/**
 * Which exits are draining: they refuse new sessions and let open ones finish. Checked for new bindings and sessions only, not
 * for packets of existing sessions.
 */
export class Drains {
  readonly #exits = new Uint8Array(MAX_PEER_EXITS + 1);
  #count = 0;
  #isAll = false;

  /**
   * Whether the rest of the monthly bandwidth is reserved for open sessions. Then no new sessions begin, as if the whole
   * translator were draining.
   */
  isBudgetLow = false;

  /** The shares of clients in the monthly bandwidth, while there are any. A client that has used its share is refused. */
  shares: DailyShares | undefined;

  /** Whether the rest of a client's share is reserved for its open sessions. @param source words of its address */
  isShareLow(source: Int32Array): boolean {
    return this.shares?.isLow(source[0], source[1]) === true;
  }

  /** Whether the whole translator is draining. Then no exit accepts new sessions, whatever {@link has} returns for it. */
  get isAll(): boolean {
    return this.#isAll || this.isBudgetLow;
  }

  set isAll(isAll: boolean) {
    this.#isAll = isAll;
  }

  /** Why new sessions are refused. */
  get reason(): Reason {
    return this.isBudgetLow && !this.#isAll ? Reason["budget-used"] : Reason.draining;
  }

  /** Whether anything is draining. Then clients that find no exit get this as the reason. */
  get isAny(): boolean {
    return this.isAll || this.#count > 0;
  }

  /** Whether an exit is draining. @param exit 0 for the local one, 1 … {@link MAX_PEER_EXITS} */
  has(exit: number): boolean {
    return this.#exits[exit] === 1;
  }

  /** Starts or cancels the draining of an exit. */
  set(exit: number, drains: boolean): void {
    this.#count += (drains ? 1 : 0) - this.#exits[exit];
    this.#exits[exit] = drains ? 1 : 0;
  }
}
