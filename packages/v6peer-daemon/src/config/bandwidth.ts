/** `bandwidth`: the limits for clients, as a rate or as a table. */
import { absolutePath, bandwidth, bytes, integer, table } from "@nat64/daemon-kit/config";
import { z } from "zod";

/** The limits for clients. */
export interface BandwidthFile {
  /** From clients; left out for no limit. */
  readonly up?: RateFile | undefined;
  /** To clients; left out for no limit. */
  readonly down?: RateFile | undefined;
  /** Monthly quota in bytes, both directions together; left out for no quota. */
  readonly monthly?: number | undefined;
  /** Day on which the month begins, at 0:00 UTC. */
  readonly "month-starts": number;
  /** Percent of a day's part of the quota that a client may use, 0 for no limit. */
  readonly "client-share": number;
  /** Directory for the use of the quota and for rates set at run time. */
  readonly state: string;
}

/** The rate of one direction. */
export interface RateFile {
  /** Bits per second of IP packets on the clients' side. */
  readonly rate: number;
  /** Burst after a pause in bytes; 10 ms of the rate if left out. */
  readonly burst?: number | undefined;
}

const WHAT = 'a rate such as "100M", or a table with "up", "down", "monthly"';

const rate = z.preprocess(
  (value) => (isRate(value) ? { rate: value } : value),
  table({ rate: bandwidth(), burst: bytes(2048, 2 ** 30, "64k").optional() }, 'a rate such as "100M", or a table'),
);

/** The schema of `bandwidth`. A single rate applies to each direction. */
export function bandwidthSchema(): z.ZodType<BandwidthFile> {
  return z.preprocess(
    (value) => (isRate(value) ? { up: value, down: value } : value),
    table(
      {
        up: rate.optional(),
        down: rate.optional(),
        monthly: bytes(1_000_000, 2 ** 52, "900G").optional(),
        "month-starts": integer(1, 28).default(1),
        "client-share": integer(0, 100).default(10),
        state: absolutePath("a directory").default("/var/lib/v6peer"),
      },
      WHAT,
    ),
  ) as z.ZodType<BandwidthFile>;
}

function isRate(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}
