/**
 * Pairs whose path is down while the IPv4 peer is disconnected: they carry no traffic, their sessions have ended, and no
 * fresh address can come. After a minute the IPv6 peer gets another exit instead (PROTOCOL.md, `away`).
 */
import type { Context } from "../../context.ts";
import { TIMES } from "../../limits/times.ts";
import type { Pair } from "../../state/pair.ts";
import { endPair } from "./end.ts";
import { hasGoodRecord } from "./order.ts";
import { wants } from "./policy.ts";

/** Starts the timer of a pair that may have become dead; does nothing if it runs. */
export function startDeadExitTimer(context: Context, pair: Pair): void {
  if (!isDead(pair) || keepsPlace(context, pair) || context.timers.has("dead-exit", pair)) return;
  context.timers.set("dead-exit", pair, context.now + TIMES.deadExitMs);
}

/** The path is up, or the IPv4 peer is connected again. */
export function stopDeadExitTimer({ timers }: Context, pair: Pair): void {
  timers.cancel("dead-exit", pair);
}

/** The timer is due. */
export function endDeadExit(context: Context, pair: Pair): void {
  if (isDead(pair)) endPair(context, pair, "peer-gone");
}

/** A disconnected IPv6 peer gets no other exit, and what it reported may be outdated. */
function isDead({ v6, v4, reports }: Pair): boolean {
  return v6.isRegistered && !v4.isRegistered && reports.v6peer === "down";
}

/**
 * A pair that an owner asked for would not be made again once others have taken its place. The word of the IPv4 peer's owner
 * counts if the peer has a good record: anybody can want to be an exit.
 */
function keepsPlace({ now }: Context, pair: Pair): boolean {
  const { v6, v4 } = pair;
  return wants(v6, v4) || (wants(v4, v6) && hasGoodRecord(pair, now));
}
