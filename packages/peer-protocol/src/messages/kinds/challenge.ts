/** `challenge`: asks a peer to prove that the prefix is routed to it. */
import { z } from "zod";
import { seconds } from "../../schema/amounts.ts";
import { ipv6, pool, port } from "../../schema/network.ts";
import type { MessageDefinition } from "../message-definition.ts";

/**
 * Sent by the coordinator after `register-v6`. It says where the datagrams with the nonces come from (`proof/`), so
 * that the IPv6 peer can recognise them among its clients' packets and report missing ones. Answer: `prove`.
 */
export interface Challenge {
  readonly type: "challenge";
  readonly prefix: string;
  /** IPv6 address from which the coordinator sends. */
  readonly source: string;
  /** UDP port from which it sends. */
  readonly sourcePort: number;
  /** Seconds from now within which `prove` must arrive. */
  readonly within: number;
}

/** See {@link Challenge}. */
export const challenge: MessageDefinition<Challenge> = {
  type: "challenge",
  directions: ["coordinator-to-v6peer"],
  schema: z.object({ type: z.literal("challenge"), prefix: pool, source: ipv6, sourcePort: port, within: seconds }),
};
