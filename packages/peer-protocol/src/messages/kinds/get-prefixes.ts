/** `get-prefixes`: asks for the shared prefixes. */
import { z } from "zod";
import { pool } from "../../schema/network.ts";
import { type MessageDefinition, TO_COORDINATOR } from "../message-definition.ts";

/** Sent by either peer, at most once a second. Answer: `prefixes`. */
export interface GetPrefixes {
  readonly type: "get-prefixes";
  /** Only prefixes after this one: the `next` of the previous answer. */
  readonly after?: string;
}

/** See {@link GetPrefixes}. */
export const getPrefixes: MessageDefinition<GetPrefixes> = {
  type: "get-prefixes",
  directions: TO_COORDINATOR,
  schema: z.object({ type: z.literal("get-prefixes"), after: z.exactOptional(pool) }),
};
