/** `prove`: the IPv6 peer proves its prefix with the nonces that arrived in it. */
import { bytesOfBase64url, isSameSecret, makeError } from "@nat64/peer-protocol";
import type { Context } from "../../context.ts";
import { sendError } from "../../rules/connections/close.ts";
import { endPairs } from "../../rules/pairs/end.ts";
import { removePeer } from "../../rules/peers/leave.ts";
import { completeRegistration } from "../../rules/peers/register.ts";
import { dropChallenge } from "../../rules/prefixes/challenge.ts";
import type { V6Peer } from "../../state/peer.ts";
import type { Handler } from "./handler.ts";

export const handleProve: Handler<"prove", V6Peer> = (context, { peer }, { prefix, nonces }) => {
  const { challenge } = peer;
  if (challenge === undefined) return makeError("out-of-order", { regarding: "prove" });
  // Whatever the result: nobody gets a second guess at the same nonces.
  dropChallenge(context, peer);
  const isProven =
    prefix === challenge.registration.prefix &&
    challenge.proofs.every(({ nonce }, index) => isSameSecret(nonce, bytesOfBase64url(nonces[index])));
  if (!isProven) return makeError("prefix-unproven", { regarding: "prove" });
  context.counters.prefixesProven++;
  takeFromOthers(context, peer, prefix);
  leaveOldPrefix(context, peer, prefix);
  peer.registration = challenge.registration;
  completeRegistration(context, peer);
  return undefined;
};

/** The newer proof wins. */
function takeFromOthers(context: Context, peer: V6Peer, prefix: string): void {
  const { prefixes, connections } = context.state;
  const owner = prefixes.ownerOf(prefix);
  if (owner === undefined || owner === peer) return;
  context.counters.prefixesLost++;
  context.log("warn", "prefix proved by another peer", owner);
  const connection = owner.connection === undefined ? undefined : connections.get(owner.connection);
  if (connection !== undefined) sendError(context, connection, makeError("prefix-lost"));
  removePeer(context, owner);
}

/** Offers are signed over the prefix: pairs with the old one cannot continue. */
function leaveOldPrefix(context: Context, peer: V6Peer, prefix: string): void {
  const old = peer.registration?.prefix;
  if (old === undefined || old === prefix) return;
  context.state.prefixes.remove(old, peer);
  endPairs(context, peer, "operator", { message: "The prefix has changed." });
}
