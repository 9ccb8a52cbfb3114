/**
 * What an IPv6 peer hears about the connections of its IPv4 peers (PROTOCOL.md, `away`). While an IPv4 peer is disconnected no
 * fresh address can come, so a path that is down stays down.
 */
import type { Context } from "../../context.ts";
import type { Pair } from "../../state/pair.ts";
import { sendAddress } from "./address.ts";
import { startDeadExitTimer, stopDeadExitTimer } from "./dead-exit.ts";

/** The IPv4 peer is disconnected. Sent once on each connection of the IPv6 peer. */
export function announceAway(context: Context, pair: Pair): void {
  if (pair.state !== "live" || pair.isAwayAnnounced || !pair.v6.isRegistered) return;
  pair.isAwayAnnounced = true;
  context.send(pair.v6.connection, { type: "away", pair: pair.id });
  startDeadExitTimer(context, pair);
}

/** The IPv4 peer is connected again. @param isTold whether the IPv6 peer has just been sent a new address anyway */
export function announceReturn(context: Context, pair: Pair, isTold: boolean): void {
  stopDeadExitTimer(context, pair);
  if (!pair.isAwayAnnounced || context.state.pairs.get(pair.id) !== pair) return;
  pair.isAwayAnnounced = false;
  if (!isTold) sendAddress(context, pair, pair.v6, "resumed");
}
