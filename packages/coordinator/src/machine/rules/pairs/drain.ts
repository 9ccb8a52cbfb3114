/** Pairs that an end drains: they take no new clients and end soon (PROTOCOL.md, `drain`). */
import { DRAIN_GRACE_SECONDS, MAX_DRAIN_SECONDS } from "@nat64/peer-protocol";
import type { Context } from "../../context.ts";
import { TIMES } from "../../limits/times.ts";
import { otherEnd, type Pair } from "../../state/pair.ts";
import type { Peer } from "../../state/peer.ts";
import { endPair } from "./end.ts";
import { startHoldOff } from "./hold-off.ts";

/** Tells the other end, and ends the pair later if no end does: meanwhile the IPv6 peer may have one pair more. */
export function drainPair(context: Context, pair: Pair, by: Peer, withinSeconds: number): void {
  const { now, timers, state } = context;
  const since = pair.drainingSince ?? now;
  state.pairs.setDraining(pair, since);
  const leftSeconds = MAX_DRAIN_SECONDS - Math.ceil((now - since) / 1000);
  const seconds = Math.max(0, Math.min(withinSeconds, leftSeconds));
  state.peers.toMatch.add(pair.v6);
  context.send(otherEnd(pair, by).connection, { type: "drain", pair: pair.id, within: seconds });
  timers.set("drain", pair, now + (seconds + DRAIN_GRACE_SECONDS) * 1000);
}

/**
 * An end cancels its drain. If the other end drains the pair as well, the coordinator no longer enforces that; the pair
 * then ends when the other end says so.
 */
export function cancelPairDrain(context: Context, pair: Pair, by: Peer): void {
  const { timers, state } = context;
  if (pair.drainingSince === undefined) return;
  state.pairs.setDraining(pair, undefined);
  timers.cancel("drain", pair);
  state.peers.toMatch.add(pair.v6);
  context.send(otherEnd(pair, by).connection, {
    type: "drain",
    pair: pair.id,
    within: MAX_DRAIN_SECONDS,
    cancel: true,
  });
}

/** The time of a draining pair is over. */
export function endDrainedPair(context: Context, pair: Pair): void {
  startHoldOff(context, pair.v6, pair.v4, TIMES.holdOffMs);
  endPair(context, pair, "drained");
}
