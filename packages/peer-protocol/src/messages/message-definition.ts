/** What each file in `kinds/` defines. */
import type { z } from "zod";

/** The role of a peer. */
export type Role = "v6peer" | "v4peer";

/** The direction of a message. Peers never talk to each other directly: the coordinator forwards messages. */
export type MessageDirection =
  | "v6peer-to-coordinator"
  | "v4peer-to-coordinator"
  | "coordinator-to-v6peer"
  | "coordinator-to-v4peer";

/** One type of message. */
export interface MessageDefinition<M extends { readonly type: string }> {
  readonly type: M["type"];
  /** The allowed directions; it is refused in any other. */
  readonly directions: readonly MessageDirection[];
  /** Ignores unknown fields and omits them from the result. */
  readonly schema: z.ZodType<M>;
}

/** From either peer to the coordinator. */
export const TO_COORDINATOR: readonly MessageDirection[] = ["v6peer-to-coordinator", "v4peer-to-coordinator"];
/** From the coordinator to either peer. */
export const FROM_COORDINATOR: readonly MessageDirection[] = ["coordinator-to-v6peer", "coordinator-to-v4peer"];
/** In every direction. */
export const ALL_DIRECTIONS: readonly MessageDirection[] = [...TO_COORDINATOR, ...FROM_COORDINATOR];
