/** `register-v6`: an IPv6 peer offers its prefix. */
import { z } from "zod";
import { bandwidth } from "../../schema/amounts.ts";
import { pool } from "../../schema/network.ts";
import { ascii, url } from "../../schema/text.ts";
import { type HeldPair, heldPairs, wants } from "../fields/held-pair.ts";
import type { MessageDefinition } from "../message-definition.ts";

/** Maximum number of peer exits that an IPv6 peer may ask for. */
export const MAX_EXITS = 32;
/** Default number of peer exits that an IPv6 peer asks for. */
export const DEFAULT_EXITS = 4;

/**
 * Sent by an IPv6 peer after `welcome`, and again when something in it changes. Answer: `challenge` for a prefix that
 * this connection has not yet proved, `registered` otherwise, or an `error` (`prefix-refused`, `full`).
 */
export interface RegisterV6 {
  readonly type: "register-v6";
  /** The /80. */
  readonly prefix: string;
  /** `system`: the relay to which the kernel routes 2001::/32. `builtin`: the one inside the IPv6 peer. */
  readonly relay: "system" | "builtin";
  /** Bandwidth that the owner allows the prefix, in bits per second. Absent: no limit. */
  readonly bandwidth?: number;
  /** Whether the prefix is in the public list. */
  readonly listed: boolean;
  /** The complaint contact: an e-mail address or a URL, at most 254 printable characters. Public if `listed`. */
  readonly abuse: string;
  /** URL of the terms of service, at most 254 characters. Public if `listed`. */
  readonly terms?: string;
  /** Number of peer exits wanted, 0 … 32. */
  readonly exits: number;
  /** Peer ids of IPv4 peers to pair with first. */
  readonly wants: readonly string[];
  /** Whether only these may be proposed. */
  readonly onlyWanted: boolean;
  /** Pairs that still exist from an earlier connection. */
  readonly pairs: readonly HeldPair[];
}

/** See {@link RegisterV6}. */
export const registerV6: MessageDefinition<RegisterV6> = {
  type: "register-v6",
  directions: ["v6peer-to-coordinator"],
  schema: z.object({
    type: z.literal("register-v6"),
    prefix: pool,
    relay: z.enum(["system", "builtin"]),
    bandwidth: z.exactOptional(bandwidth),
    listed: z.boolean(),
    abuse: ascii(254),
    terms: z.exactOptional(url),
    exits: z.int().min(0).max(MAX_EXITS),
    wants,
    onlyWanted: z.boolean(),
    pairs: heldPairs,
  }),
};
