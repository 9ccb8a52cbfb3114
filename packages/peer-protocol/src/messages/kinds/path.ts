/** `path`: reports the state of a pair's path. */
import { z } from "zod";
import { pairId } from "../../schema/binary-fields.ts";
import { ipv6 } from "../../schema/network.ts";
import { openName } from "../../schema/text.ts";
import { type MessageDefinition, TO_COORDINATOR } from "../message-definition.ts";

/**
 * `trying`: not validated yet; `up`: validated; `suspect`: a probe is unanswered or an error came; `down`: given up,
 * and not probed until there is a new Teredo address.
 */
export const PATH_STATES = ["trying", "up", "suspect", "down"] as const;

/** See {@link PATH_STATES}. */
export type PathState = (typeof PATH_STATES)[number];

/** Maximum round-trip time in a report, in milliseconds. */
export const MAX_RTT_MS = 60_000;

/**
 * Sent by either end of a pair when the state changes, and every 60 s. State `down` is also the request for a new
 * Teredo address: the coordinator answers with `pair`, with backoff, while both ends are connected. Otherwise there is
 * no answer, or an `error` (`unknown-pair`).
 */
export interface Path {
  readonly type: "path";
  /** 16 bytes. */
  readonly pair: string;
  /** The Teredo address that the report is about. A report about an earlier address is ignored. */
  readonly address: string;
  readonly state: PathState;
  /** Median of the latest round-trip times, in milliseconds, 0 … 60000; the IPv4 peer does not measure it. */
  readonly rtt?: number;
  /** Share of the latest exchanges that were not answered, 0 … 1. */
  readonly loss?: number;
  /**
   * Whether the pair gives its place to the next IPv4 peer that the coordinator can propose, because it does not do what was
   * agreed. Sent by the IPv6 peer; false if omitted.
   */
  readonly yields?: boolean;
  /** The cause of the state, as a short name. */
  readonly cause?: string;
}

/** See {@link Path}. */
export const path: MessageDefinition<Path> = {
  type: "path",
  directions: TO_COORDINATOR,
  schema: z.object({
    type: z.literal("path"),
    pair: pairId,
    address: ipv6,
    state: z.enum(PATH_STATES),
    rtt: z.exactOptional(z.number().min(0).max(MAX_RTT_MS)),
    loss: z.exactOptional(z.number().min(0).max(1)),
    yields: z.exactOptional(z.boolean()),
    cause: z.exactOptional(openName),
  }),
};
