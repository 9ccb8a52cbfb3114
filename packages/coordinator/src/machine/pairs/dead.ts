/**
 * Pairs whose path is down while the IPv4 peer is not connected: they carry nothing, their sessions have ended, and no
 * fresh address can come. After a minute the IPv6 peer gets another exit instead (PROTOCOL.md, `away`).
 */
import type { Context } from "../context.ts";
import { TIMES } from "../limits/limits.ts";
import { endPair } from "./end.ts";
import type { Pair } from "./pair.ts";
import { isWanted } from "./policy.ts";

/** Something about the pair has become worse: it may be dead from now on. */
export function watchDead(context: Context, pair: Pair): void {
  const name = nameOf(pair);
  // A pair that an owner asked for would not be made again where others have taken its place.
  if (!isDead(pair) || isWanted(pair.v6, pair.v4) || context.timers.has(name)) return;
  context.timers.set(name, context.now + TIMES.dead, () => {
    if (isDead(pair)) endPair(context, pair, "peer-gone");
  });
}

/** The path is up, the IPv4 peer is back, or the pair is over. */
export function forgetDead({ timers }: Context, pair: Pair): void {
  timers.cancel(nameOf(pair));
}

/** An IPv6 peer that is not connected gets no other exit, and may not know any more what it said. */
function isDead({ v6, v4, reports }: Pair): boolean {
  return v6.isRegistered && !v4.isRegistered && reports.v6peer === "down";
}

function nameOf({ id }: Pair): string {
  return `dead ${id}`;
}
