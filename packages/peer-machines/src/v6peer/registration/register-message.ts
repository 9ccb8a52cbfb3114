/** The message with which an IPv6 peer registers its prefix (PROTOCOL.md, `register-v6`). */
import { type HeldPair, MAX_PAIRS, type RegisterV6 } from "@nat64/peer-protocol";
import type { V6PeerOptions, V6PeerSettings } from "../options.ts";
import type { V6Pair } from "../pairs/v6-pair.ts";

/** Builds it from the current settings and pairs. @param isDraining whether the whole peer drains */
export function registerMessage(
  { prefix, relay }: Pick<V6PeerOptions, "prefix" | "relay">,
  { bandwidth, listed, abuse, terms, exits, wants, onlyWanted }: V6PeerSettings,
  pairs: Iterable<V6Pair>,
  isDraining: boolean,
): RegisterV6 {
  const held = [...pairs].flatMap(({ id, peer, address }): readonly HeldPair[] =>
    address === undefined ? [] : [{ pair: id, peer, address }],
  );
  return {
    type: "register-v6",
    prefix,
    relay,
    ...(bandwidth !== undefined && { bandwidth }),
    // No new client should start using a draining prefix, and the coordinator must not propose pairs after a
    // reconnection.
    listed: listed && !isDraining,
    abuse,
    ...(terms !== undefined && { terms }),
    exits: isDraining ? 0 : exits,
    wants,
    onlyWanted,
    pairs: held.slice(0, MAX_PAIRS),
  };
}
