/** The moment from which a registration counts. */
import type { Context } from "../context.ts";
import { formatEndpoint } from "../mappings/endpoint.ts";
import { checkAddresses } from "../pairs/fresh-address.ts";
import { reportHeldPairs } from "../pairs/held-pairs.ts";
import type { Peer } from "./peer.ts";

/** Prefix or mapping are proved, and `registration` is in force; or it has changed. */
export function nowRegistered(context: Context, peer: Peer): void {
  const { state, timers } = context;
  peer.isRegistered = true;
  timers.cancel(`lost ${peer.id}`);
  if (peer.role === "v6peer") {
    const { prefix } = peer.registration!;
    state.prefixes.set(prefix, peer);
    context.send(peer.connection, { type: "registered", role: "v6peer", prefix });
  } else {
    const { address, port } = formatEndpoint(peer.mapping!);
    context.send(peer.connection, { type: "registered", role: "v4peer", address, port });
  }
  if (!peer.hasReported) {
    peer.hasReported = true;
    context.log("info", "peer registered", peer);
    reportHeldPairs(context, peer);
  }
  checkAddresses(context, peer);
  state.unsettled.add(peer);
}
