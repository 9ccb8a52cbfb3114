/** `register-v4`: an IPv4 peer offers an exit. */
import { z } from "zod";
import { bandwidth } from "../../schema/amounts.ts";
import { type HeldPair, heldPairs, MAX_PAIRS, wants } from "../fields/held-pair.ts";
import type { MessageDefinition } from "../message-definition.ts";

/** Default number of pairs that an IPv4 peer accepts. */
export const DEFAULT_MAX_PAIRS = 4;

/**
 * Sent by an IPv4 peer after `welcome`, and again when something in it changes. Answer: `solicit`, or an `error`
 * (`full`). It announces its services only to its pairs, in `accept`.
 */
export interface RegisterV4 {
  readonly type: "register-v4";
  /** Whether anyone may reach global IPv4 destinations through this peer. */
  readonly internet: boolean;
  /**
   * Whether it publishes services. Such a peer is only proposed to those in `wants`, unless `internet` is also true.
   */
  readonly publishes: boolean;
  /** Bandwidth that it offers for all pairs together, in bits per second. Absent: no limit. */
  readonly bandwidth?: number;
  /** Number of pairs that it accepts, 0 … 64. */
  readonly maxPairs: number;
  /** Peer ids of IPv6 peers to pair with first. A publisher names its own here. */
  readonly wants: readonly string[];
  /** Whether it must only be proposed to these. */
  readonly onlyWanted: boolean;
  /** Pairs that still exist from an earlier connection. */
  readonly pairs: readonly HeldPair[];
}

/** See {@link RegisterV4}. */
export const registerV4: MessageDefinition<RegisterV4> = {
  type: "register-v4",
  directions: ["v4peer-to-coordinator"],
  schema: z.object({
    type: z.literal("register-v4"),
    internet: z.boolean(),
    publishes: z.boolean(),
    bandwidth: z.exactOptional(bandwidth),
    maxPairs: z.int().min(0).max(MAX_PAIRS),
    wants,
    onlyWanted: z.boolean(),
    pairs: heldPairs,
  }),
};
