/** The file with the selectors of IPv4 peers. */
import { readIfThere, writeAtomically } from "@nat64/daemon-kit/system";
import type { SelectorRecord } from "@nat64/peer-machines";
import { z } from "zod";

const fileSchema: z.ZodType<{ readonly selectors: readonly SelectorRecord[] }> = z.object({
  version: z.literal(1),
  selectors: z
    .array(z.object({ selector: z.int().min(1).max(0xfeff), peer: z.string().max(64), usedAt: z.number().min(0) }))
    .max(0xffff),
});

/** Reads the file. Returns nothing if it does not exist. Throws an `Error` with a sentence if it is damaged. */
export function readSelectors(path: string): readonly SelectorRecord[] {
  const text = readIfThere(path);
  if (text === undefined) return [];
  try {
    return fileSchema.parse(JSON.parse(text)).selectors;
  } catch {
    throw new Error(`${path} is damaged. Restore a copy, or remove it; then IPv4 peers may get other selectors`);
  }
}

/** Replaces the file atomically: after a crash it is either the old or the new one. */
export function writeSelectors(path: string, selectors: readonly SelectorRecord[]): void {
  writeAtomically(path, `${JSON.stringify({ version: 1, selectors }, null, 1)}\n`);
}
