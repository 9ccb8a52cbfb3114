/** `drain`: about to go. */
import { z } from "zod";
import { seconds } from "../../schema/amounts.ts";
import { pairId } from "../../schema/binary-fields.ts";
import { EVERY_WAY, type MessageDefinition } from "../message-definition.ts";

/** The most seconds that a pair may drain, counted from the first time that somebody said so: an hour. */
export const MAX_DRAIN_SECONDS = 3_600;

/** Seconds after `within` in which who drains has to end a pair; then the others do. */
export const DRAIN_GRACE_SECONDS = 30;

/**
 * Sent by a peer that will go: no new clients, please; running sessions go on until `within` is over. The coordinator
 * proposes it to nobody any more and passes the message on to the other end of each pair, with `pair` set. From the
 * coordinator without `pair` it says that the coordinator itself will restart; pairs are not touched. There is no
 * answer; `unpair` or `goodbye` follows.
 */
export interface Drain {
  readonly type: "drain";
  /** 16 bytes; absent: the sender altogether. */
  readonly pair?: string;
  /** Seconds until the sender goes; more than {@link MAX_DRAIN_SECONDS} count as that many. */
  readonly within: number;
  /** Taken back: the sender stays, and so does the pair; `within` does not count then. */
  readonly cancel?: boolean;
}

/** See {@link Drain}. */
export const drain: MessageDefinition<Drain> = {
  type: "drain",
  ways: EVERY_WAY,
  schema: z.object({
    type: z.literal("drain"),
    pair: z.exactOptional(pairId),
    within: seconds,
    cancel: z.exactOptional(z.boolean()),
  }),
};
