/** `register-v4`: an IPv4 peer offers its way out. */
import { z } from "zod";
import { bandwidth } from "../../schema/amounts.ts";
import { type HeldPair, heldPairs, MAX_PAIRS, wants } from "../fields/held-pair.ts";
import type { MessageDefinition } from "../message-definition.ts";

/** Pairs that an IPv4 peer takes unless told otherwise. */
export const DEFAULT_MAX_PAIRS = 4;

/**
 * Sent by an IPv4 peer after `welcome`, and again when something in it changes. Answer: `solicit`, or an `error`
 * (`full`). Which services it publishes it says in `accept`, to those that it is paired with.
 */
export interface RegisterV4 {
  readonly type: "register-v4";
  /** Whether everybody may reach global IPv4 destinations through this peer. */
  readonly internet: boolean;
  /** Whether it publishes services. Such a peer is proposed to those in `wants` only, unless `internet` is true, too. */
  readonly publishes: boolean;
  /** What it is ready to forward for all pairs together, in bits per second; absent: no limit of its own. */
  readonly bandwidth?: number;
  /** How many pairs it takes, 0 … 64. */
  readonly maxPairs: number;
  /** IPv6 peers to be paired with before all others, by peer id: a publisher names its own here. */
  readonly wants: readonly string[];
  /** Whether it is to be proposed to nobody else. */
  readonly onlyWanted: boolean;
  /** Pairs that are still there from before. */
  readonly pairs: readonly HeldPair[];
}

/** See {@link RegisterV4}. */
export const registerV4: MessageDefinition<RegisterV4> = {
  type: "register-v4",
  ways: ["v4peer-to-coordinator"],
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
