/** `goodbye`: the last message of a connection. */
import { z } from "zod";
import { seconds } from "../../schema/amounts.ts";
import { openName, sentence } from "../../schema/text.ts";
import { ALL_DIRECTIONS, type MessageDefinition } from "../message-definition.ts";

/**
 * Sent by either side before it closes the connection. A peer's registration ends with it; its pairs end with it if the
 * reason is `shutdown`, and otherwise wait for it to come back.
 */
export interface Goodbye {
  readonly type: "goodbye";
  /** One of `GOODBYE_REASONS`, or one that a newer version added. */
  readonly reason: string;
  /** For people, in the sender's words. */
  readonly message?: string;
  /** Seconds before which the other side need not try again. */
  readonly reconnectAfter?: number;
}

/** See {@link Goodbye}. */
export const goodbye: MessageDefinition<Goodbye> = {
  type: "goodbye",
  directions: ALL_DIRECTIONS,
  schema: z.object({
    type: z.literal("goodbye"),
    reason: openName,
    message: z.exactOptional(sentence),
    reconnectAfter: z.exactOptional(seconds),
  }),
};
