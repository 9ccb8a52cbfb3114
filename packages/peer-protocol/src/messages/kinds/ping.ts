/** `ping`: asks for a sign of life. */
import { z } from "zod";
import { ALL_DIRECTIONS, type MessageDefinition } from "../message-definition.ts";

/** Highest number in `ping` and `pong`. */
export const MAX_PING_ID = 0xffff_ffff;

/** Sent by either side when it has heard nothing for `welcome.keepAlive` seconds. Answer: `pong`. */
export interface Ping {
  readonly type: "ping";
  /** Returned in `pong`, 0 … 4294967295. */
  readonly id: number;
}

/** See {@link Ping}. */
export const ping: MessageDefinition<Ping> = {
  type: "ping",
  directions: ALL_DIRECTIONS,
  schema: z.object({ type: z.literal("ping"), id: z.int().min(0).max(MAX_PING_ID) }),
};
