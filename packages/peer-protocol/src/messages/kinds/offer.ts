/** `offer`: an IPv6 peer wants to work with an IPv4 peer. */
import { z } from "zod";
import { pairId, publicKey, signature } from "../../schema/binary-fields.ts";
import { pinnedSelector, pool } from "../../schema/network.ts";
import type { MessageDefinition } from "../message-definition.ts";

/**
 * Sent by an IPv6 peer after `propose`; the coordinator passes it on to the IPv4 peer if it is about that proposal.
 * Answer, passed back: `accept` or `decline`.
 */
export interface Offer {
  readonly type: "offer";
  /** 16 bytes. */
  readonly pair: string;
  /** Identity of the IPv6 peer, 32 bytes. */
  readonly from: string;
  /** Identity of the IPv4 peer, 32 bytes. */
  readonly to: string;
  /** The IPv6 peer's /80, already proved. */
  readonly prefix: string;
  /** The selector pinned to this IPv4 peer, 1 … 65279; the same in every pair of the two. */
  readonly selector: number;
  /** Whether the IPv6 peer's owner lets clients use the selector for all destinations, not for services alone. */
  readonly pinnedInternet: boolean;
  /** A fresh X25519 public key, used for this pair only, 32 bytes. */
  readonly ephemeral: string;
  /** By `from`, over `offerBytes`: all the fields above, 64 bytes. */
  readonly signature: string;
}

/** See {@link Offer}. */
export const offer: MessageDefinition<Offer> = {
  type: "offer",
  directions: ["v6peer-to-coordinator", "coordinator-to-v4peer"],
  schema: z.object({
    type: z.literal("offer"),
    pair: pairId,
    from: publicKey,
    to: publicKey,
    prefix: pool,
    selector: pinnedSelector,
    pinnedInternet: z.boolean(),
    ephemeral: publicKey,
    signature,
  }),
};
