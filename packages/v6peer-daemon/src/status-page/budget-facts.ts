import type { BudgetFacts } from "@nat64/status-page";
import type { Status } from "../control/protocol.ts";

/** Bandwidth limits and use; nothing if there is no limit. */
export function budgetFacts({ bandwidth, counters }: Status): { readonly budget?: BudgetFacts } {
  const { up, down, monthly } = bandwidth;
  if (up === undefined && down === undefined && monthly === undefined) return {};
  const shaped = counters.bandwidth;
  return {
    budget: {
      ...(up !== undefined && { up: up.rate }),
      ...(down !== undefined && { down: down.rate }),
      ...(shaped !== undefined && { delay: { up: shaped.up.meanDelay, down: shaped.down.meanDelay } }),
      ...(monthly !== undefined && {
        month: {
          used: monthly.used,
          limit: monthly.limit,
          state: monthly.state,
          ends: Date.parse(monthly.ends),
          ...(monthly.problem !== undefined && { problem: monthly.problem }),
        },
      }),
    },
  };
}
