/** `prove`: the nonces that arrived in the prefix. */
import { bytesOfBase64url, makeError } from "@nat64/peer-protocol";
import { isSameBytes } from "../bytes.ts";
import { refuse } from "../connections/farewell.ts";
import type { Context } from "../context.ts";
import { endPairs } from "../pairs/end.ts";
import { giveUp } from "../peers/lose.ts";
import type { V6Peer } from "../peers/peer.ts";
import { nowRegistered } from "../peers/registered.ts";
import { dropChallenge } from "../prefixes/challenge.ts";
import type { Handler } from "./handler.ts";

export const handleProve: Handler<"prove", V6Peer> = (context, { peer, connection }, { prefix, nonces }) => {
  const { challenge } = peer;
  if (challenge === undefined) return refuse(context, connection, makeError("out-of-order", { regarding: "prove" }));
  // Whatever comes of it: nobody gets a second guess at the same nonces.
  dropChallenge(context, peer);
  const isProven =
    prefix === challenge.registration.prefix &&
    challenge.proofs.every(({ nonce }, index) => isSameBytes(nonce, bytesOfBase64url(nonces[index])));
  if (!isProven) return refuse(context, connection, makeError("prefix-unproven", { regarding: "prove" }));
  context.counters.prefixesProven++;
  takeFromOthers(context, peer, prefix);
  leaveOldPrefix(context, peer, prefix);
  peer.registration = challenge.registration;
  nowRegistered(context, peer);
};

/** A proof beats an earlier claim. */
function takeFromOthers(context: Context, peer: V6Peer, prefix: string): void {
  const owner = context.state.prefixes.ownerOf(prefix);
  if (owner === undefined || owner === peer) return;
  context.counters.prefixesLost++;
  context.log("warn", "prefix proved by another peer", owner);
  refuse(context, owner.connection, makeError("prefix-lost"));
  giveUp(context, owner);
}

/** Offers are signed over the prefix: pairs of another one cannot go on. */
function leaveOldPrefix(context: Context, peer: V6Peer, prefix: string): void {
  const old = peer.registration?.prefix;
  if (old === undefined || old === prefix) return;
  context.state.prefixes.remove(old, peer);
  endPairs(context, peer, "operator", { message: "The prefix is another now." });
}
