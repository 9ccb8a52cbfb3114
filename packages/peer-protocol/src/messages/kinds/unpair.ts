/** `unpair`: ends a pair. */
import { z } from "zod";
import { pairId } from "../../schema/binary-fields.ts";
import { openName, sentence } from "../../schema/text.ts";
import { ALL_DIRECTIONS, type MessageDefinition } from "../message-definition.ts";

/**
 * Sent by either peer and forwarded by the coordinator to the other, or sent by the coordinator to both. There is no
 * answer.
 */
export interface Unpair {
  readonly type: "unpair";
  /** 16 bytes. */
  readonly pair: string;
  /** One of `UNPAIR_REASONS`, or one that a newer version added. */
  readonly reason: string;
  /** For people, in the sender's words. */
  readonly message?: string;
}

/** See {@link Unpair}. */
export const unpair: MessageDefinition<Unpair> = {
  type: "unpair",
  directions: ALL_DIRECTIONS,
  schema: z.object({
    type: z.literal("unpair"),
    pair: pairId,
    reason: openName,
    message: z.exactOptional(sentence),
  }),
};
