/** `bubble`: a relay has sent a bubble. */
import { z } from "zod";
import { pairId } from "../../schema/binary-fields.ts";
import { type Endpoint, endpoint, ipv6 } from "../../schema/network.ts";
import type { MessageDefinition } from "../message-definition.ts";

/**
 * Sent by the coordinator to an IPv4 peer when a bubble for one of its Teredo addresses arrived at UDP 3544 (RFC 4380
 * §5.3.1) and passed its checks. The IPv4 peer answers the relay, not the coordinator: with a bubble from `address` to
 * `source`, sent to `relay` from its one UDP socket, within its own limits.
 */
export interface Bubble {
  readonly type: "bubble";
  /** 16 bytes. */
  readonly pair: string;
  /** Source address of the bubble's IPv6 header, unchanged: relays recognise their nonce in it. */
  readonly source: string;
  /** Its destination address: the pair's Teredo address. */
  readonly address: string;
  /** IPv4 source address and UDP source port of the bubble. */
  readonly relay: Endpoint;
}

/** See {@link Bubble}. */
export const bubble: MessageDefinition<Bubble> = {
  type: "bubble",
  directions: ["coordinator-to-v4peer"],
  schema: z.object({ type: z.literal("bubble"), pair: pairId, source: ipv6, address: ipv6, relay: endpoint }),
};
