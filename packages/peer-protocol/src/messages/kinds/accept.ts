/** `accept`: an IPv4 peer accepts an offer. */
import { z } from "zod";
import { pairId, publicKey, signature } from "../../schema/binary-fields.ts";
import { type ExitPolicy, exitPolicy } from "../fields/exit-policy.ts";
import type { MessageDefinition } from "../message-definition.ts";

/** Default number of ports that the IPv4 peer grants to one pair, for each protocol. */
export const DEFAULT_PORT_BLOCK = 4096;
/** Minimum number of ports in a block. */
export const SMALLEST_PORT_BLOCK = 64;

/** The ports (and ICMP identifiers) that the pair's BIB uses, the same for TCP, UDP and ICMP. */
export interface PortBlock {
  /** 1024 … 65535. */
  readonly first: number;
  /** Included; at least 63 above `first`. */
  readonly last: number;
}

/**
 * Sent by an IPv4 peer after `offer`. The coordinator forwards it to the IPv6 peer and then sends `pair` to both. The
 * keys are derived from both messages (`agreement/`).
 */
export interface Accept {
  readonly type: "accept";
  /** 16 bytes. */
  readonly pair: string;
  /** Identity of the IPv4 peer, 32 bytes. */
  readonly from: string;
  /** Identity of the IPv6 peer, 32 bytes. */
  readonly to: string;
  readonly ports: PortBlock;
  readonly policy: ExitPolicy;
  /** Whether the IPv4 peer's owner lets clients use the selector for all destinations, not only for services. */
  readonly pinnedInternet: boolean;
  /** A fresh X25519 public key, used for this pair only, 32 bytes. */
  readonly ephemeral: string;
  /** Signature of `from` over `acceptBytes`: the complete offer and all fields above, 64 bytes. */
  readonly signature: string;
}

const portBlock: z.ZodType<PortBlock> = z
  .object({ first: z.int().min(1024).max(65_535), last: z.int().min(1024).max(65_535) })
  .refine(({ first, last }) => last - first + 1 >= SMALLEST_PORT_BLOCK, `fewer than ${SMALLEST_PORT_BLOCK} ports`);

/** See {@link Accept}. */
export const accept: MessageDefinition<Accept> = {
  type: "accept",
  directions: ["v4peer-to-coordinator", "coordinator-to-v6peer"],
  schema: z.object({
    type: z.literal("accept"),
    pair: pairId,
    from: publicKey,
    to: publicKey,
    ports: portBlock,
    policy: exitPolicy,
    pinnedInternet: z.boolean(),
    ephemeral: publicKey,
    signature,
  }),
};
