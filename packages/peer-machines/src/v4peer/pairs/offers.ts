/** Answers offers (PROTOCOL.md, `offer` and `accept`): decides which ones to accept, and creates the pair. */
import {
  type Accept,
  bytesOfBase64url,
  derivePairKeys,
  makeEphemeralKeys,
  type Offer,
  peerIdOf,
  signAccept,
} from "@nat64/peer-protocol";
import { AGREEMENT_TIMEOUT_MS, type V4PeerOptions } from "../options.ts";
import { happened, send, type V4PeerOutput } from "../outputs.ts";
import { type DeclineReason, declineOf, judgeOffer } from "./judge-offer.ts";
import { V4Pair } from "./v4-pair.ts";
import type { V4Pairs } from "./v4-pairs.ts";

export class Offers {
  readonly #options: V4PeerOptions;
  readonly #pairs: V4Pairs;

  constructor(options: V4PeerOptions, pairs: V4Pairs) {
    this.#options = options;
    this.#pairs = pairs;
  }

  /** Accepts or declines. @param isDraining whether the whole peer drains and therefore accepts nothing */
  answer(offer: Offer, isDraining: boolean, now: number): readonly V4PeerOutput[] {
    const { suite, blocks } = this.#options;
    // Answering the same offer again would derive other keys than the first answer did.
    if (this.#pairs.get(offer.pair) !== undefined) return [];
    const peer = peerIdOf(bytesOfBase64url(offer.from), suite);
    const refusal = judgeOffer(offer, this.#options) ?? (isDraining ? "draining" : undefined);
    if (refusal !== undefined) return decline(offer, peer, refusal);
    const replaced = this.#pairs.replacedBy(peer, offer.prefix).flatMap((pair) => this.#pairs.end(pair, "replaced"));
    const place = this.#pairs.takePlace();
    if (place === undefined) return decline(offer, peer, blocks.length === 0 ? "no-ports" : "full");
    return [...replaced, ...this.#accept(offer, peer, place, now)];
  }

  #accept(offer: Offer, peer: string, place: number, now: number): readonly V4PeerOutput[] {
    const { suite, blocks, policy, pinnedInternet, sign } = this.#options;
    const ephemeral = makeEphemeralKeys(suite);
    const terms = { ports: blocks[place], policy, pinnedInternet, ephemeral: ephemeral.publicKey };
    const accept: Accept = signAccept(offer, terms, sign);
    const keys = derivePairKeys(offer, accept, "v4peer", ephemeral.privateKey, suite);
    ephemeral.privateKey.fill(0);
    if (keys === "weak-key") {
      this.#pairs.giveBack(place);
      return decline(offer, peer, "bad-signature");
    }
    this.#pairs.add(new V4Pair(offer, place, peer, keys, now + AGREEMENT_TIMEOUT_MS));
    return [send(accept), happened({ name: "offer-accepted", pair: offer.pair, peer, place })];
  }
}

function decline(offer: Offer, peer: string, reason: DeclineReason): readonly V4PeerOutput[] {
  return [send(declineOf(offer, reason)), happened({ name: "offer-declined", peer, reason })];
}
