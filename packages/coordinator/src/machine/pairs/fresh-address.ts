/** Teredo addresses of live pairs: the first one, and others when the mapping or the path is not what it was. */
import type { Pair as PairMessage } from "@nat64/peer-protocol";
import type { Context } from "../context.ts";
import { FRESH_ADDRESS_WAITS, TIMES } from "../limits/limits.ts";
import { drawAddress, hasMapping } from "../mappings/teredo-address.ts";
import type { Peer } from "../peers/peer.ts";
import { keepApart } from "./apart.ts";
import { sayAway, sayBack } from "./away.ts";
import { forgetDead, watchDead } from "./dead.ts";
import { endPair } from "./end.ts";
import type { Pair } from "./pair.ts";

type Reason = "new" | "mapping-changed" | "path-down" | "resumed";

/** Gives a pair another address, or `address` itself, and tells both ends: the IPv4 peer first, so that it is ready. */
export function giveAddress(context: Context, pair: Pair, reason: Reason, address?: string): void {
  const { state } = context;
  const mapping = pair.v4.mapping;
  const fresh = address ?? (mapping && drawAddress(context, mapping));
  if (fresh === undefined) return;
  if (pair.address !== undefined) state.addresses.delete(pair.address);
  pair.address = fresh;
  pair.reports.v6peer = undefined;
  pair.reports.v4peer = undefined;
  pair.freshAt = context.now;
  state.addresses.set(fresh, pair);
  tellAddress(context, pair, pair.v4, reason);
  tellAddress(context, pair, pair.v6, reason);
}

/** Tells one end the address that it should know already. */
export function tellAddress(context: Context, pair: Pair, end: Peer, reason: Reason): void {
  const { pairBandwidth } = context.options;
  const limits: PairMessage["limits"] = pairBandwidth === undefined ? {} : { bandwidth: pairBandwidth };
  context.send(end.connection, { type: "pair", pair: pair.id, address: pair.address!, reason, limits });
}

/** A peer is registered: its pairs' addresses have to have its mapping, and what was put off can be done. */
export function checkAddresses(context: Context, peer: Peer): void {
  // A copy: a pair whose path never came up ends here.
  for (const pair of [...peer.pairs.values()]) {
    const { mapping } = pair.v4;
    const { address } = pair;
    if (address === undefined || mapping === undefined) continue;
    if (!hasMapping(address, mapping)) giveAddress(context, pair, "mapping-changed");
    else if (isDown(pair)) refreshWhenDue(context, pair);
    if (pair.v4.isRegistered) sayBack(context, pair, pair.address !== address);
    else sayAway(context, pair);
  }
}

/** An end has said that the path at the present address is down. */
export function pathIsDown(context: Context, pair: Pair): void {
  pair.repair ??= { since: context.now, addresses: 0 };
  refreshWhenDue(context, pair);
  watchDead(context, pair);
}

/** An end has said that it is up. */
export function pathIsUp(context: Context, pair: Pair): void {
  pair.repair = undefined;
  context.timers.cancel(`fresh ${pair.id}`);
  forgetDead(context, pair);
}

/** While an end is away this waits for `checkAddresses`. */
function refreshWhenDue(context: Context, pair: Pair): void {
  const { repair } = pair;
  if (repair === undefined || !pair.v6.isRegistered || !pair.v4.isRegistered) return;
  if (context.now - repair.since >= TIMES.neverUp) {
    keepApart(context, pair.v6, pair.v4, TIMES.neverUp);
    endPair(context, pair, "path-never-up");
    return;
  }
  const due = dueAt(pair);
  if (due > context.now) {
    context.timers.set(`fresh ${pair.id}`, due, () => isDown(pair) && refreshWhenDue(context, pair));
    return;
  }
  repair.addresses++;
  context.counters.freshAddresses++;
  giveAddress(context, pair, "path-down");
}

/** At once the first time, but never sooner than the shortest wait after the last one: a path may flap. */
function dueAt({ repair, freshAt }: Pair): number {
  const index = Math.max(0, (repair?.addresses ?? 0) - 1);
  return freshAt + FRESH_ADDRESS_WAITS[Math.min(index, FRESH_ADDRESS_WAITS.length - 1)];
}

function isDown({ reports }: Pair): boolean {
  return reports.v6peer === "down" || reports.v4peer === "down";
}
