/** What can be asked about bandwidth over the control socket, and what is answered. */
import { z } from "zod";
import type { RateFile } from "../config/bandwidth.ts";
import type { BudgetState } from "../data-path/messages/bandwidth.ts";

/** How bandwidth is limited, and what was used. */
export interface BandwidthStatus {
  /** From clients, and to them; absent where there is no limit. */
  readonly up?: RateFile;
  readonly down?: RateFile;
  /** Where the rates come from: the configuration, or somebody who set them while the daemon ran. */
  readonly source: "configuration" | "command";
  /** When they were set, as ISO 8601, and whether they hold over a restart; with source `command` alone. */
  readonly setAt?: string;
  readonly isKept?: boolean;
  /** The month's budget; absent where there is none. */
  readonly monthly?: {
    /** Bytes, both ways together, at the clients' side. */
    readonly limit: number;
    readonly used: number;
    /** Bytes after which nothing new begins: the rest is for sessions that there are. */
    readonly nothingNewFrom: number;
    readonly state: BudgetState;
    /** ISO 8601. */
    readonly starts: string;
    readonly ends: string;
    /** Why it cannot be written down; a restart would forget what was used since. */
    readonly problem?: string;
  };
  /** Whether traffic of some exits passes this host's link twice: from or to the client, and to or from the IPv4 peer. */
  readonly peerExitsUseLinkTwice: boolean;
}

/** What `set-bandwidth` takes. */
export interface SetBandwidth {
  /** Rates; null for no limit, left out: as it is. */
  readonly up?: RateFile | null | undefined;
  readonly down?: RateFile | null | undefined;
  /** Back to the rates of the configuration; `up` and `down` count after that. */
  readonly reset?: boolean | undefined;
  /** Whether a restart forgets it. */
  readonly untilRestart?: boolean | undefined;
}

const MIN_RATE_BITS_PER_SECOND = 8_000;
const MAX_RATE_BITS_PER_SECOND = 1_000_000_000_000;

const rate = z
  .object({
    rate: z.int().min(MIN_RATE_BITS_PER_SECOND).max(MAX_RATE_BITS_PER_SECOND),
    burst: z
      .int()
      .min(2048)
      .max(2 ** 30)
      .optional(),
  })
  .nullable()
  .optional();

/** See {@link SetBandwidth}. */
export const setBandwidthSchema: z.ZodType<SetBandwidth> = z.object({
  up: rate,
  down: rate,
  reset: z.boolean().optional(),
  untilRestart: z.boolean().optional(),
});
