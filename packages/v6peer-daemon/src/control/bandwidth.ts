/** Requests and answers about bandwidth on the control socket. */
import { z } from "zod";
import type { RateFile } from "../config/bandwidth.ts";
import type { BudgetState } from "../data-path/messages/bandwidth.ts";

/** Bandwidth limits and use. */
export interface BandwidthStatus {
  /** Rates from clients and to them; absent if there is no limit. */
  readonly up?: RateFile;
  readonly down?: RateFile;
  /** Source of the rates: the configuration, or a command at run time. */
  readonly source: "configuration" | "command";
  /** When they were set (ISO 8601), and whether they survive a restart. Only with source `command`. */
  readonly setAt?: string;
  readonly isKept?: boolean;
  /** The monthly quota; absent if there is none. */
  readonly monthly?: {
    /** Bytes, both directions together, on the clients' side. */
    readonly limit: number;
    readonly used: number;
    /** Bytes after which new sessions are refused: the rest is reserved for open sessions. */
    readonly nothingNewFrom: number;
    readonly state: BudgetState;
    /** ISO 8601. */
    readonly starts: string;
    readonly ends: string;
    /** What a client may use today; absent without such a limit. */
    readonly share?: {
      /** Bytes of a /64, and of a /48. */
      readonly client: number;
      readonly site: number;
    };
    /** Why the use cannot be saved; a restart would forget what was used since. */
    readonly problem?: string;
  };
  /** Whether some traffic passes this host's link twice: from or to the client, and to or from the IPv4 peer. */
  readonly peerExitsUseLinkTwice: boolean;
}

/** Parameters of `set-bandwidth`. */
export interface SetBandwidth {
  /** Rates; null for no limit; unchanged if left out. */
  readonly up?: RateFile | null | undefined;
  readonly down?: RateFile | null | undefined;
  /** Return to the rates of the configuration before `up` and `down` are applied. */
  readonly reset?: boolean | undefined;
  /** Do not keep the rates across a restart. */
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
