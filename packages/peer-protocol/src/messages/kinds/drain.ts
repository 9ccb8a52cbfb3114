/** `drain`: announces a graceful shutdown, or cancels it. */
import { z } from "zod";
import { seconds } from "../../schema/amounts.ts";
import { pairId } from "../../schema/binary-fields.ts";
import { ALL_DIRECTIONS, type MessageDefinition } from "../message-definition.ts";

/** Maximum seconds for which a pair may drain, counted from the first announcement: an hour. */
export const MAX_DRAIN_SECONDS = 3_600;

/** Seconds after `within` within which the draining peer must end a pair; after that, the others end it. */
export const DRAIN_GRACE_SECONDS = 30;

/**
 * Sent by a peer that is about to shut down: it wants no new clients, and open sessions continue until `within` has
 * passed. The coordinator stops proposing the peer and forwards the message to the other end of each pair, with `pair`
 * set. From the coordinator without `pair`, it means that the coordinator itself will restart; pairs are not affected.
 * There is no answer; `unpair` or `goodbye` follows.
 */
export interface Drain {
  readonly type: "drain";
  /** 16 bytes. Absent: the complete sender. */
  readonly pair?: string;
  /** Seconds until the sender shuts down, limited to {@link MAX_DRAIN_SECONDS}. */
  readonly within: number;
  /** Cancels the drain: the sender and the pair stay. `within` is then ignored. */
  readonly cancel?: boolean;
}

/** See {@link Drain}. */
export const drain: MessageDefinition<Drain> = {
  type: "drain",
  directions: ALL_DIRECTIONS,
  schema: z.object({
    type: z.literal("drain"),
    pair: z.exactOptional(pairId),
    within: seconds,
    cancel: z.exactOptional(z.boolean()),
  }),
};
