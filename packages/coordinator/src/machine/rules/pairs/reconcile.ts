/** Brings the pairs of a peer up to date that has just registered. */
import type { Context } from "../../context.ts";
import type { Peer } from "../../state/peer.ts";
import { hasMapping } from "../mappings/teredo-address.ts";
import { assignAddress } from "./address.ts";
import { announceAway, announceReturn } from "./away.ts";
import { repairPath } from "./path.ts";

/** Replaces addresses of an old mapping, continues repairs that waited for this peer, and tells the other ends of its return. */
export function reconcilePairs(context: Context, peer: Peer): void {
  for (const pair of context.state.pairs.of(peer)) {
    const { mapping } = pair.v4;
    const { address } = pair;
    if (address === undefined || mapping === undefined) continue;
    if (!hasMapping(address, mapping)) assignAddress(context, pair, "mapping-changed");
    else repairPath(context, pair);
    if (pair.v4.isRegistered) announceReturn(context, pair, pair.address !== address);
    else announceAway(context, pair);
  }
}
