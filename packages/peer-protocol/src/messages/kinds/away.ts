/** `away`: the other end of a pair is not there. */
import { z } from "zod";
import { pairId } from "../../schema/binary-fields.ts";
import type { MessageDefinition } from "../message-definition.ts";

/**
 * Sent by the coordinator to an IPv6 peer when the IPv4 peer of a pair has lost its connection, whatever the reason: the
 * path may be as good as ever, but no fresh Teredo address comes as long as it is down. `pair` with the reason `resumed`
 * says that the IPv4 peer is back, `unpair` that it is not awaited any more. There is no answer.
 */
export interface Away {
  readonly type: "away";
  /** 16 bytes. */
  readonly pair: string;
}

/** See {@link Away}. */
export const away: MessageDefinition<Away> = {
  type: "away",
  ways: ["coordinator-to-v6peer"],
  schema: z.object({ type: z.literal("away"), pair: pairId }),
};
