/** `away`: the other end of a pair is disconnected from the coordinator. */
import { z } from "zod";
import { pairId } from "../../schema/binary-fields.ts";
import type { MessageDefinition } from "../message-definition.ts";

/**
 * Sent by the coordinator to an IPv6 peer when the IPv4 peer of a pair has lost its connection for any reason. The path
 * may still work, but no new Teredo address can come meanwhile. `pair` with the reason `resumed` means that the IPv4
 * peer is back; `unpair` means that the coordinator no longer waits for it. There is no answer.
 */
export interface Away {
  readonly type: "away";
  /** 16 bytes. */
  readonly pair: string;
}

/** See {@link Away}. */
export const away: MessageDefinition<Away> = {
  type: "away",
  directions: ["coordinator-to-v6peer"],
  schema: z.object({ type: z.literal("away"), pair: pairId }),
};
