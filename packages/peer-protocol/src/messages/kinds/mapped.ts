/** `mapped`: what the Router Advertisement said. */
import { z } from "zod";
import { nonce } from "../../schema/binary-fields.ts";
import { ipv4, port } from "../../schema/network.ts";
import { openName } from "../../schema/text.ts";
import type { MessageDefinition } from "../message-definition.ts";

/**
 * Kinds of NAT in the words of RFC 4380 §2.9 to §2.12: `none`, mapped and own address are the same; `cone`, anybody
 * may send to the mapping; `restricted`, only addresses that were sent to; `port-restricted`, only addresses and ports
 * that were sent to; `symmetric`, another mapping for each destination.
 */
export const NAT_KINDS = ["none", "cone", "restricted", "port-restricted", "symmetric", "unknown"] as const;

/** What an IPv4 peer reports about its NAT, see {@link NAT_KINDS}. */
export type NatKind = (typeof NAT_KINDS)[number];

/**
 * Sent by an IPv4 peer when a Router Advertisement from `primary` shows a mapping that it has not reported, and when
 * it learns more about its NAT. Answer: `registered`, or an `error` (`mapping-unproven`, `mapping-refused`).
 */
export interface Mapped {
  readonly type: "mapped";
  /** The IPv4 address of the origin indication (RFC 4380 §5.1.1), not inverted. */
  readonly address: string;
  /** Its UDP port. */
  readonly port: number;
  /** The mapping nonce of that Router Advertisement, 16 bytes. The coordinator knows to which mapping it went. */
  readonly nonce: string;
  /** What the peer has found out so far. A kind that this version does not know is read as `unknown`. */
  readonly nat: NatKind;
}

/** See {@link Mapped}. */
export const mapped: MessageDefinition<Mapped> = {
  type: "mapped",
  directions: ["v4peer-to-coordinator"],
  schema: z.object({
    type: z.literal("mapped"),
    address: ipv4,
    port,
    nonce,
    nat: z.union([z.enum(NAT_KINDS), openName.transform((): NatKind => "unknown")]),
  }),
};
