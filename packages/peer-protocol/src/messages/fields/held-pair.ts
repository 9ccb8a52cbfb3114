/** The fields that `register-v6` and `register-v4` share. */
import { z } from "zod";
import { pairId } from "../../schema/binary-fields.ts";
import { list } from "../../schema/list.ts";
import { ipv6 } from "../../schema/network.ts";
import { peerId } from "../../schema/text.ts";

/** Maximum number of pairs of one peer. */
export const MAX_PAIRS = 64;

/** Maximum number of peers that one peer may name. */
export const MAX_WANTS = 32;

/**
 * A pair that outlived the connection to the coordinator, which may have forgotten it. If both ends list it and each
 * other, the coordinator restores it and confirms with `pair`; otherwise it ends it with `unpair`.
 */
export interface HeldPair {
  /** 16 bytes. */
  readonly pair: string;
  /** Id of the peer at the other end. */
  readonly peer: string;
  /** The pair's Teredo address. */
  readonly address: string;
}

/** See {@link HeldPair}. */
export const heldPairs: z.ZodType<readonly HeldPair[]> = list(
  z.object({ pair: pairId, peer: peerId, address: ipv6 }),
  MAX_PAIRS,
);

/** Ids of peers that this one wants to be paired with. */
export const wants: z.ZodType<readonly string[]> = list(peerId, MAX_WANTS);
