/**
 * What an IPv6 peer hears of the connections of its IPv4 peers (PROTOCOL.md, `away`): while one is not there no fresh
 * address comes, so that a path that is down will stay so.
 */
import type { Context } from "../context.ts";
import { forgetDead, watchDead } from "./dead.ts";
import { tellAddress } from "./fresh-address.ts";
import type { Pair } from "./pair.ts";

/** The IPv4 peer is not there. Said once on a connection of the IPv6 peer. */
export function sayAway(context: Context, pair: Pair): void {
  if (pair.state !== "live" || pair.isAway || !pair.v6.isRegistered) return;
  pair.isAway = true;
  context.send(pair.v6.connection, { type: "away", pair: pair.id });
  watchDead(context, pair);
}

/** It is back. @param isTold whether the IPv6 peer has just heard of the pair anyway */
export function sayBack(context: Context, pair: Pair, isTold: boolean): void {
  forgetDead(context, pair);
  if (!pair.isAway || !context.state.pairs.has(pair.id)) return;
  pair.isAway = false;
  if (!isTold) tellAddress(context, pair, pair.v6, "resumed");
}
