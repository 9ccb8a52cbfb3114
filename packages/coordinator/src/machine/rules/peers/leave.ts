/** What happens to a peer that disconnects: its registration ends, its pairs wait for a while. */
import type { Context } from "../../context.ts";
import { TIMES } from "../../limits/times.ts";
import type { Peer, V4Peer } from "../../state/peer.ts";
import { announceAway } from "../pairs/away.ts";
import { endPairs, endProposal, GONE } from "../pairs/end.ts";
import { dropClaims } from "../pairs/held-pairs.ts";
import { dropChallenge } from "../prefixes/challenge.ts";

/** The connection is closed; the peer may come back. */
export function disconnectPeer(context: Context, peer: Peer): void {
  peer.connection = undefined;
  peer.since = context.now;
  peer.isRegistered = false;
  peer.hasReportedPairs = false;
  dropClaims(context, peer);
  if (peer.role === "v6peer") dropChallenge(context, peer);
  else dropSolicitor(context, peer);
  for (const pair of context.state.pairs.of(peer)) {
    if (pair.state !== "live") endProposal(context, pair, { ...GONE, by: peer });
    else if (peer === pair.v4) announceAway(context, pair);
    // It has to hear it again on its next connection.
    else pair.isAwayAnnounced = false;
  }
  if (peer.pairs.size === 0 && !isListed(peer)) {
    forgetPeer(context, peer);
    return;
  }
  if (context.timers.has("lost-peer", peer)) return;
  context.timers.set("lost-peer", peer, context.now + TIMES.lostPeerMs);
}

/** A peer did not register again in time. */
export function expirePeer(context: Context, peer: Peer): void {
  if (!peer.isRegistered) removePeer(context, peer);
}

/** Ends the peer's pairs and registration, and forgets the peer unless it is connected. */
export function removePeer(context: Context, peer: Peer): void {
  endPairs(context, peer, peer.isDraining ? "drained" : "peer-gone");
  unregister(context, peer);
  if (peer.connection === undefined) forgetPeer(context, peer);
}

/** Ends its registration, and with it what the peer had proved. */
function unregister(context: Context, peer: Peer): void {
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
  unregister(context, peer);
  context.state.peers.remove(peer);
  context.timers.cancel("lost-peer", peer);
  if (peer.role === "v6peer") context.timers.cancel("exit-retry", peer);
}

function dropSolicitor(context: Context, peer: V4Peer): void {
  if (peer.solicitor !== undefined) context.state.solicitors.delete(peer.solicitor.token);
  peer.solicitor = undefined;
}

/** Whether its prefix stays in the public list, as `down`. */
function isListed(peer: Peer): boolean {
  return peer.role === "v6peer" && peer.registration?.listed === true;
}
