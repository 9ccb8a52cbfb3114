/** `unpair`: the end of a pair. */
import { z } from "zod";
import { pairId } from "../schema/binary-fields.ts";
import { openName, sentence } from "../schema/text.ts";
import { EVERY_WAY, type MessageDefinition } from "./definition.ts";

/** Reasons that this version knows, with a sentence for humans. */
export const UNPAIR_REASONS = {
  operator: "An owner ended it.",
  drained: "The other end has let its clients go, and ends.",
  shutdown: "The other end has ended.",
  "peer-gone": "The coordinator has lost the other peer. A path that is up may be used until it is down.",
  "not-held": "The other end does not hold this pair.",
  "path-never-up": "No path came up, whatever address was tried.",
  "policy-changed": "The other end's policy does not allow it any more.",
} as const;

/** Sent by either peer, passed on by the coordinator to the other; or by the coordinator to both. There is no answer. */
export interface Unpair {
  readonly type: "unpair";
  /** 16 bytes. */
  readonly pair: string;
  /** One of {@link UNPAIR_REASONS}, or one that a newer version added. */
  readonly reason: string;
  /** For humans, in the sender's words. */
  readonly message?: string;
}

/** See {@link Unpair}. */
export const unpair: MessageDefinition<Unpair> = {
  type: "unpair",
  ways: EVERY_WAY,
  schema: z.object({
    type: z.literal("unpair"),
    pair: pairId,
    reason: openName,
    message: z.exactOptional(sentence),
  }),
};
