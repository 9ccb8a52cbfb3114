/** The Teredo address of a pair, and how both ends hear of it. */
import type { PairMessage } from "@nat64/peer-protocol";
import type { Context } from "../../context.ts";
import type { Pair } from "../../state/pair.ts";
import type { Peer } from "../../state/peer.ts";
import { drawAddress } from "../mappings/teredo-address.ts";
import { endUp } from "./stable-path.ts";

/** Why an address is sent. */
export type AddressReason = "new" | "mapping-changed" | "path-down" | "resumed";

/**
 * Assigns an address and sends it to both ends: to the IPv4 peer first, so that it is ready.
 *
 * @param address by default a fresh one of the IPv4 peer's mapping; if there is none left, nothing happens
 */
export function assignAddress(context: Context, pair: Pair, reason: AddressReason, address?: string): void {
  const { mapping } = pair.v4;
  const fresh = address ?? (mapping && drawAddress(context, mapping));
  if (fresh === undefined) return;
  endUp(context, pair);
  context.state.pairs.setAddress(pair, fresh);
  pair.reports.v6peer = undefined;
  pair.reports.v4peer = undefined;
  pair.addressAt = context.now;
  sendAddress(context, pair, pair.v4, reason);
  sendAddress(context, pair, pair.v6, reason);
}

/** Sends the present address to one end. The pair is live. */
export function sendAddress(context: Context, pair: Pair, end: Peer, reason: AddressReason): void {
  const { pairBitsPerSecond } = context.options;
  const limits: PairMessage["limits"] = pairBitsPerSecond === undefined ? {} : { bandwidth: pairBitsPerSecond };
  context.send(end.connection, { type: "pair", pair: pair.id, address: pair.address!, reason, limits });
}
