/** `prove`: returns the nonces that arrived in the prefix. */
import { z } from "zod";
import { nonce } from "../../schema/binary-fields.ts";
import { list } from "../../schema/list.ts";
import { pool } from "../../schema/network.ts";
import type { MessageDefinition } from "../message-definition.ts";

/**
 * Number of random addresses of a prefix to which a nonce is sent. A host in the prefix might own one of them, but
 * hardly three.
 */
export const PREFIX_PROOFS = 3;

/**
 * Sent by an IPv6 peer after all three datagrams of a `challenge` have arrived. Answer: `registered`, or an `error`
 * (`prefix-unproven`). A proof beats the earlier claim of another peer, which gets the error `prefix-lost`.
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
  directions: ["v6peer-to-coordinator"],
  schema: z.object({ type: z.literal("prove"), prefix: pool, nonces: list(nonce, PREFIX_PROOFS, PREFIX_PROOFS) }),
};
