/** `prove`: the nonces that arrived in the prefix. */
import { z } from "zod";
import { nonce } from "../../schema/binary-fields.ts";
import { list } from "../../schema/list.ts";
import { pool } from "../../schema/network.ts";
import type { MessageDefinition } from "../message-definition.ts";

/** How many random addresses of a prefix get a nonce: a host in it can own one of them, hardly three. */
export const PREFIX_PROOFS = 3;

/**
 * Sent by an IPv6 peer once all three datagrams of a `challenge` have come. Answer: `registered`, or an `error`
 * (`prefix-unproven`). A proof beats an earlier claim by somebody else, who gets the error `prefix-lost`.
 */
export interface Prove {
  readonly type: "prove";
  readonly prefix: string;
  /** The three nonces in the order of their index, 16 bytes each. */
  readonly nonces: readonly string[];
}

/** See {@link Prove}. */
export const prove: MessageDefinition<Prove> = {
  type: "prove",
  ways: ["v6peer-to-coordinator"],
  schema: z.object({ type: z.literal("prove"), prefix: pool, nonces: list(nonce, PREFIX_PROOFS, PREFIX_PROOFS) }),
};
