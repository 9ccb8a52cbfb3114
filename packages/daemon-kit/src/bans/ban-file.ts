/** The file of bans. */
import { z } from "zod";
import { readIfThere, writeAtomically } from "../system/index.ts";
import { type Ban, MAX_BANS, MAX_NAME_LENGTH, MAX_TARGET_LENGTH, MAX_WHY_LENGTH } from "./ban.ts";
import type { Stamp } from "./clock.ts";

/** A ban in the file: instead of its end, the milliseconds that were left when the file was written. */
export interface StoredBan extends Ban {
  readonly left?: number | undefined;
}

/** The content of the file. */
export interface BanFile {
  readonly stamp: Stamp;
  readonly bans: readonly StoredBan[];
}

const schema: z.ZodType<BanFile> = z.object({
  version: z.literal(1),
  stamp: z.object({ boot: z.string().max(100), uptime: z.number().min(0), wall: z.number() }),
  bans: z
    .array(
      z.object({
        kind: z.string().min(1).max(32),
        target: z.string().min(1).max(MAX_TARGET_LENGTH),
        at: z.string().refine((text) => !Number.isNaN(Date.parse(text))),
        by: z.string().max(MAX_NAME_LENGTH),
        why: z.string().max(MAX_WHY_LENGTH).optional(),
        left: z.number().min(0).optional(),
      }),
    )
    .max(MAX_BANS),
});

/**
 * Reads the file; `undefined` if there is none. Throws an `Error` with a sentence for a file that cannot be read or is damaged: to
 * forget bans would be worse.
 */
export function readBans(path: string): BanFile | undefined {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  try {
    const { stamp, bans } = schema.parse(JSON.parse(text));
    return { stamp, bans };
  } catch {
    throw new Error(`${path} is damaged. Restore a copy, or remove it to start without bans`);
  }
}

/** Replaces the file atomically. */
export function writeBans(path: string, file: BanFile): void {
  writeAtomically(path, `${JSON.stringify({ version: 1, ...file }, null, 1)}\n`);
}
