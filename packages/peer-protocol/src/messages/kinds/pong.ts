/** `pong`: the answer to `ping`. */
import { z } from "zod";
import { ALL_DIRECTIONS, type MessageDefinition } from "../message-definition.ts";
import { MAX_PING_ID } from "./ping.ts";

/** Sent at once by the receiver of a `ping`. */
export interface Pong {
  readonly type: "pong";
  /** That of the `ping`. */
  readonly id: number;
}

/** See {@link Pong}. */
export const pong: MessageDefinition<Pong> = {
  type: "pong",
  directions: ALL_DIRECTIONS,
  schema: z.object({ type: z.literal("pong"), id: z.int().min(0).max(MAX_PING_ID) }),
};
