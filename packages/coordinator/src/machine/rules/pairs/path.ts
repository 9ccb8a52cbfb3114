/**
 * Reports about the path of a pair, and fresh addresses while it is down. Only the IPv6 peer has seen packets in both
 * directions, so only its `up` counts as up; and only a path that stayed up makes the next address come at once again.
 * Otherwise one end that lies, or a path that flaps, would cause a new address every few seconds for ever.
 */
import type { Context } from "../../context.ts";
import { FRESH_ADDRESS_WAITS_MS, TIMES } from "../../limits/times.ts";
import type { Pair } from "../../state/pair.ts";
import { assignAddress } from "./address.ts";
import { startDeadExitTimer, stopDeadExitTimer } from "./dead-exit.ts";
import { endPair } from "./end.ts";
import { noteFailure } from "./exit-record.ts";
import { startHoldOff } from "./hold-off.ts";
import { endUp } from "./stable-path.ts";

/** An end has reported that the path at the present address is down. */
export function reportPathDown(context: Context, pair: Pair): void {
  endUp(context, pair);
  pair.repair ??= { since: context.now, addresses: 0 };
  repairPath(context, pair);
  startDeadExitTimer(context, pair);
}

/** The IPv6 peer has reported that the path at the present address is up. */
export function reportPathUp(context: Context, pair: Pair): void {
  pair.upSince ??= context.now;
  if (!isDown(pair)) context.timers.cancel("fresh-address", pair);
  stopDeadExitTimer(context, pair);
}

/** Assigns a fresh address to a pair whose path is down, as soon as one is due. Waits while an end is disconnected. */
export function repairPath(context: Context, pair: Pair): void {
  const { repair } = pair;
  if (!isDown(pair) || repair === undefined || !pair.v6.isRegistered || !pair.v4.isRegistered) return;
  if (context.now - repair.since >= TIMES.neverUpMs) {
    startHoldOff(context, pair.v6, pair.v4, TIMES.neverUpMs);
    noteFailure(context, pair, "path-never-up");
    endPair(context, pair, "path-never-up");
    return;
  }
  const due = freshAddressAt(pair);
  if (due > context.now) {
    context.timers.set("fresh-address", pair, due);
    return;
  }
  repair.addresses++;
  context.counters.freshAddresses++;
  assignAddress(context, pair, "path-down");
}

/** At once the first time, but never sooner than the shortest wait after the last address: a path may flap. */
function freshAddressAt({ repair, addressAt }: Pair): number {
  const index = Math.max(0, (repair?.addresses ?? 0) - 1);
  return addressAt + FRESH_ADDRESS_WAITS_MS[Math.min(index, FRESH_ADDRESS_WAITS_MS.length - 1)];
}

function isDown({ reports }: Pair): boolean {
  return reports.v6peer === "down" || reports.v4peer === "down";
}
