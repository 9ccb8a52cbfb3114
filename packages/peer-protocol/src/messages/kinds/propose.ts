/** `propose`: the coordinator has found an exit. */
import { z } from "zod";
import { bandwidth } from "../../schema/amounts.ts";
import { pairId, publicKey } from "../../schema/binary-fields.ts";
import type { MessageDefinition } from "../message-definition.ts";

/** Sent by the coordinator to an IPv6 peer that has fewer exits than it wants. Answer: `offer` or `decline`. */
export interface Propose {
  readonly type: "propose";
  /** The pair's identifier, chosen at random by the coordinator and used only once, 16 bytes. */
  readonly pair: string;
  /** Identity of the IPv4 peer, 32 bytes. */
  readonly identity: string;
  /** As in `register-v4`. */
  readonly internet: boolean;
  /** As in `register-v4`. */
  readonly publishes: boolean;
  /** As in `register-v4`. */
  readonly bandwidth?: number;
}

/** See {@link Propose}. */
export const propose: MessageDefinition<Propose> = {
  type: "propose",
  directions: ["coordinator-to-v6peer"],
  schema: z.object({
    type: z.literal("propose"),
    pair: pairId,
    identity: publicKey,
    internet: z.boolean(),
    publishes: z.boolean(),
    bandwidth: z.exactOptional(bandwidth),
  }),
};
