/** Registrations take effect once the prefix or the mapping is proved. */
import type { Context } from "../../context.ts";
import { formatEndpoint } from "../../endpoint.ts";
import type { Peer } from "../../state/peer.ts";
import { compareHeldPairs } from "../pairs/held-pairs.ts";
import { reconcilePairs } from "../pairs/reconcile.ts";

/** Puts `registration` into effect: its prefix or mapping was proved, or it has changed since. */
export function completeRegistration(context: Context, peer: Peer): void {
  const { state, timers } = context;
  peer.isRegistered = true;
  timers.cancel("lost-peer", peer);
  if (peer.role === "v6peer") {
    const { prefix } = peer.registration!;
    state.prefixes.set(prefix, peer);
    context.send(peer.connection, { type: "registered", role: "v6peer", prefix });
  } else {
    const { address, port } = formatEndpoint(peer.mapping!);
    context.send(peer.connection, { type: "registered", role: "v4peer", address, port });
  }
  if (!peer.hasReportedPairs) {
    peer.hasReportedPairs = true;
    context.log("info", "peer registered", peer);
    compareHeldPairs(context, peer);
  }
  reconcilePairs(context, peer);
  state.peers.toMatch.add(peer);
}
