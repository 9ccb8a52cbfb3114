/** What each file in `kinds/` defines. */
import type { z } from "zod";

/** What a peer is. */
export type Role = "v6peer" | "v4peer";

/** From whom to whom a message goes. Peers never talk to each other here: the coordinator passes messages on. */
export type Way = "v6peer-to-coordinator" | "v4peer-to-coordinator" | "coordinator-to-v6peer" | "coordinator-to-v4peer";

/** One type of message. */
export interface MessageDefinition<M extends { readonly type: string }> {
  readonly type: M["type"];
  /** Where it may go; in any other direction it is refused. */
  readonly ways: readonly Way[];
  /** Accepts unknown fields and leaves them out of the result. */
  readonly schema: z.ZodType<M>;
}

/** From either peer to the coordinator. */
export const TO_COORDINATOR: readonly Way[] = ["v6peer-to-coordinator", "v4peer-to-coordinator"];
/** From the coordinator to either peer. */
export const FROM_COORDINATOR: readonly Way[] = ["coordinator-to-v6peer", "coordinator-to-v4peer"];
/** In every direction. */
export const EVERY_WAY: readonly Way[] = [...TO_COORDINATOR, ...FROM_COORDINATOR];
