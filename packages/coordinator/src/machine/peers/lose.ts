/** What becomes of a peer whose connection is gone: its registration ends, its pairs wait for a while. */
import type { Context } from "../context.ts";
import { TIMES } from "../limits/limits.ts";
import { sayAway } from "../pairs/away.ts";
import { dropProposal, endPairs } from "../pairs/end.ts";
import { dropClaims } from "../pairs/held-pairs.ts";
import { dropChallenge } from "../prefixes/challenge.ts";
import type { Peer } from "./peer.ts";

/** The connection is gone; it may come back. */
export function losePeer(context: Context, peer: Peer): void {
  peer.connection = undefined;
  peer.isRegistered = false;
  peer.hasReported = false;
  dropClaims(context, peer);
  if (peer.role === "v6peer") dropChallenge(context, peer);
  else forgetSolicitor(context, peer);
  for (const pair of [...peer.pairs.values()]) {
    if (pair.state !== "live") dropProposal(context, pair, "gone", { by: peer });
    else if (peer === pair.v4) sayAway(context, pair);
    // What it has heard on the connection that is gone has to be said again on the next one.
    else pair.isAway = false;
  }
  if (peer.pairs.size === 0 && !isShown(peer)) {
    forgetPeer(context, peer);
    return;
  }
  const name = `lost ${peer.id}`;
  if (context.timers.has(name)) return;
  context.timers.set(name, context.now + TIMES.lost, () => {
    if (!peer.isRegistered) giveUp(context, peer);
  });
}

/** It will not come back: its pairs end and it is forgotten, unless it is connected. */
export function giveUp(context: Context, peer: Peer): void {
  endPairs(context, peer, peer.isDraining ? "drained" : "peer-gone");
  unregister(context, peer);
  if (peer.connection === undefined) forgetPeer(context, peer);
}

/** Its registration counts no more, nor what it had proved. */
export function unregister(context: Context, peer: Peer): void {
  peer.isRegistered = false;
  dropClaims(context, peer);
  if (peer.role === "v6peer") {
    if (peer.registration !== undefined) context.state.prefixes.remove(peer.registration.prefix, peer);
  } else {
    peer.mapping = undefined;
  }
  peer.registration = undefined;
}

function forgetPeer(context: Context, peer: Peer): void {
  const { state, timers } = context;
  unregister(context, peer);
  if (peer.role === "v6peer") {
    state.v6peers.delete(peer.id);
    state.roomyV6.delete(peer);
  } else {
    state.v4peers.delete(peer.id);
    state.roomyV4.delete(peer);
  }
  state.unsettled.delete(peer);
  timers.cancel(`lost ${peer.id}`);
}

function forgetSolicitor(context: Context, peer: Extract<Peer, { role: "v4peer" }>): void {
  if (peer.solicitor !== undefined) context.state.solicitors.delete(peer.solicitor.token);
  peer.solicitor = undefined;
}

/** Whether its prefix stands in the list, as `down`. */
function isShown(peer: Peer): boolean {
  return peer.role === "v6peer" && peer.registration?.listed === true;
}
