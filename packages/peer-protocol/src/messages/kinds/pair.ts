/** `pair`: confirms a pair and sets its Teredo address. */
import { z } from "zod";
import { bandwidth } from "../../schema/amounts.ts";
import { pairId } from "../../schema/binary-fields.ts";
import { ipv6 } from "../../schema/network.ts";
import { openName } from "../../schema/text.ts";
import { FROM_COORDINATOR, type MessageDefinition } from "../message-definition.ts";

/** The limits that the coordinator sets. Each end also applies its own. */
export interface PairLimits {
  /** In bits per second, for each direction. Absent: no limit. */
  readonly bandwidth?: number;
}

/**
 * Sent by the coordinator to both ends, first to the IPv4 peer: after `accept`, after both ends listed a held pair, and
 * again whenever the pair's Teredo address changes. Sessions continue, because they belong to the pair. The IPv6 peer
 * then validates the path (`probe/`). There is no answer.
 */
export interface PairMessage {
  readonly type: "pair";
  /** 16 bytes. */
  readonly pair: string;
  /** The pair's Teredo address from now on. Earlier ones become invalid. */
  readonly address: string;
  /** One of `PAIR_REASONS`, or one that a newer version added. */
  readonly reason: string;
  readonly limits: PairLimits;
}

/** See {@link PairMessage}. */
export const pair: MessageDefinition<PairMessage> = {
  type: "pair",
  directions: FROM_COORDINATOR,
  schema: z.object({
    type: z.literal("pair"),
    pair: pairId,
    address: ipv6,
    reason: openName,
    limits: z.object({ bandwidth: z.exactOptional(bandwidth) }),
  }),
};
