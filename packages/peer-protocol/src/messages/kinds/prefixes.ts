/** `prefixes`: the listed prefixes with their health. */
import { z } from "zod";
import { bandwidth } from "../../schema/amounts.ts";
import { list } from "../../schema/list.ts";
import { pool } from "../../schema/network.ts";
import { ascii, peerId, url } from "../../schema/text.ts";
import { FROM_COORDINATOR, type MessageDefinition } from "../message-definition.ts";
import { MAX_EXITS } from "./register-v6.ts";

/** Maximum number of prefixes in one message, so that it fits a frame. */
export const MAX_SHARED_PREFIXES = 64;

/** A prefix that its owner shares. */
export interface SharedPrefix {
  /** The /80. People configure `P:0::/96` in their DNS64. */
  readonly prefix: string;
  /** Id of the IPv6 peer. */
  readonly peer: string;
  /** `up`: connected, with a working exit; `degraded`: connected, without one; `down`: not connected. */
  readonly health: "up" | "degraded" | "down";
  /** Number of its peer exits that are up, 0 … 32. Local exits are not counted. */
  readonly exits: number;
  /** As in `register-v6`. */
  readonly bandwidth?: number;
  /** As in `register-v6`. */
  readonly abuse: string;
  /** As in `register-v6`. */
  readonly terms?: string;
}

/** Sent by the coordinator as the answer to `get-prefixes`. */
export interface Prefixes {
  readonly type: "prefixes";
  /** In the order of their bytes. */
  readonly prefixes: readonly SharedPrefix[];
  /** Present if the list continues: the value for `after` in the next `get-prefixes`. */
  readonly next?: string;
}

/** The schema of a {@link SharedPrefix}, for lists from other sources. */
export const sharedPrefixSchema: z.ZodType<SharedPrefix> = z.object({
  prefix: pool,
  peer: peerId,
  health: z.enum(["up", "degraded", "down"]),
  exits: z.int().min(0).max(MAX_EXITS),
  bandwidth: z.exactOptional(bandwidth),
  abuse: ascii(254),
  terms: z.exactOptional(url),
});

/** See {@link Prefixes}. */
export const prefixes: MessageDefinition<Prefixes> = {
  type: "prefixes",
  directions: FROM_COORDINATOR,
  schema: z.object({
    type: z.literal("prefixes"),
    prefixes: list(sharedPrefixSchema, MAX_SHARED_PREFIXES),
    next: z.exactOptional(pool),
  }),
};
