/** `decline`: refuses a pair. */
import { z } from "zod";
import { seconds } from "../../schema/amounts.ts";
import { pairId } from "../../schema/binary-fields.ts";
import { openName, sentence } from "../../schema/text.ts";
import { ALL_DIRECTIONS, type MessageDefinition } from "../message-definition.ts";

/**
 * Sent by an IPv6 peer after `propose` or `accept`, and by an IPv4 peer after `offer`. The coordinator forwards it to
 * the other end if that end knows about the pair. It also sends `decline` itself if an end does not answer. The pair's
 * identifier is not used again.
 */
export interface Decline {
  readonly type: "decline";
  /** 16 bytes. */
  readonly pair: string;
  /** One of `DECLINE_REASONS`, or one that a newer version added. */
  readonly reason: string;
  /** For people, in the sender's words. */
  readonly message?: string;
  /** Seconds before which the coordinator does not propose these two to each other again. */
  readonly retryAfter?: number;
}

/** See {@link Decline}. */
export const decline: MessageDefinition<Decline> = {
  type: "decline",
  directions: ALL_DIRECTIONS,
  schema: z.object({
    type: z.literal("decline"),
    pair: pairId,
    reason: openName,
    message: z.exactOptional(sentence),
    retryAfter: z.exactOptional(seconds),
  }),
};
