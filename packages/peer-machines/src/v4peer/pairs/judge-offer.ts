/** Decides whether an IPv4 peer accepts an offer. */
import { bytesOfBase64url, checkOffer, type Decline, type Offer, peerIdOf } from "@nat64/peer-protocol";
import { type IPv6Words, parseCidr } from "@nat64/rfc6052";
import type { V4PeerOptions } from "../options.ts";

/** The reason to decline; one of `DECLINE_REASONS`. */
export type DeclineReason = "bad-signature" | "not-pinned" | "not-wanted" | "draining" | "full" | "no-ports";

/** Seconds before which proposing the same pair again is pointless. */
const RETRY_AFTER: Readonly<Record<DeclineReason, number>> = {
  "bad-signature": 3600,
  "not-pinned": 3600,
  "not-wanted": 3600,
  draining: 300,
  // The coordinator knows how many places there are. If it is wrong, it corrects itself soon.
  full: 30,
  "no-ports": 300,
};

/** The first objection to an offer, apart from a lack of free places; `undefined` if there is none. */
export function judgeOffer(offer: Offer, options: V4PeerOptions): DeclineReason | undefined {
  const { suite, identity, pins, wants, onlyWanted, policy, refusals } = options;
  if (checkOffer(offer, identity, suite) !== undefined) return "bad-signature";
  const peer = peerIdOf(bytesOfBase64url(offer.from), suite);
  const pinned = pins.get(offer.prefix);
  if (pinned !== undefined && pinned !== peer) return "not-pinned";
  // A publisher's services are only for peers that it names; access to the internet is for everyone.
  const isForAll = policy.internet && !onlyWanted;
  if (!isForAll && !wants.includes(peer)) return "not-wanted";
  if (!policy.internet && policy.services.length === 0) return "not-wanted";
  const [w0, w1, w2, w3] = (parseCidr(offer.prefix) as { readonly words: IPv6Words }).words;
  return refusals.refusesClientSource(w0, w1, w2, w3) ? "not-wanted" : undefined;
}

/** Creates the `decline` message. */
export function declineOf(offer: Offer, reason: DeclineReason): Decline {
  return { type: "decline", pair: offer.pair, reason, retryAfter: RETRY_AFTER[reason] };
}
