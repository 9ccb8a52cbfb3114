/** Zod schemas of amounts. */
import { z } from "zod";

/** Maximum bits per second in a message: a terabit. */
export const MAX_BANDWIDTH = 1e12;

/** In bits per second of IPv6 packets, for each direction. */
export const bandwidth: z.ZodType<number> = z.int().min(1).max(MAX_BANDWIDTH);

/** In seconds, up to a day. */
export const seconds: z.ZodType<number> = z.int().min(0).max(86_400);

/** Protocol versions. */
export const version: z.ZodType<number> = z.int().min(1).max(65_535);

/** Versions of this protocol that a side speaks, inclusive. */
export interface VersionRange {
  readonly lowest: number;
  /** At least `lowest`. */
  readonly highest: number;
}

/** See {@link VersionRange}. */
export const versionRange: z.ZodType<VersionRange> = z
  .object({ lowest: version, highest: version })
  .refine(({ lowest, highest }) => lowest <= highest, "the lowest version is above the highest");
