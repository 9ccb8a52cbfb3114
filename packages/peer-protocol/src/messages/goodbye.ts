/** `goodbye`: the last message. */
import { z } from "zod";
import { seconds } from "../schema/amounts.ts";
import { openName, sentence } from "../schema/text.ts";
import { EVERY_WAY, type MessageDefinition } from "./definition.ts";

/** Reasons that this version knows, with a sentence for humans. */
export const GOODBYE_REASONS = {
  shutdown: "The program ends.",
  restart: "The program comes back at once.",
  replaced: "The same identity has connected again.",
  refused: "The error before says why.",
  silent: "There was nothing to hear for too long.",
  "too-many-errors": "There were too many messages that could not be used.",
} as const;

/**
 * Sent by either side before it closes the connection. A peer's registration ends with it; its pairs end with it if the
 * reason is `shutdown`, and otherwise wait for it to come back.
 */
export interface Goodbye {
  readonly type: "goodbye";
  /** One of {@link GOODBYE_REASONS}, or one that a newer version added. */
  readonly reason: string;
  /** For humans, in the sender's words. */
  readonly message?: string;
  /** Seconds before which the other side need not try again. */
  readonly reconnectAfter?: number;
}

/** See {@link Goodbye}. */
export const goodbye: MessageDefinition<Goodbye> = {
  type: "goodbye",
  ways: EVERY_WAY,
  schema: z.object({
    type: z.literal("goodbye"),
    reason: openName,
    message: z.exactOptional(sentence),
    reconnectAfter: z.exactOptional(seconds),
  }),
};
