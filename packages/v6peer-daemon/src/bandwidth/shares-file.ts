/** The file with what clients used today of their shares. It contains no addresses: see `DailyShares` of the engine. */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { readIfThere, writeAtomically } from "@nat64/daemon-kit/system";
import { type SavedShares, SHARE_CELLS } from "@nat64/nat64-engine/shaping";
import { z } from "zod";

const BYTES = 4 * SHARE_CELLS;

const schema = z.object({
  version: z.literal(1),
  day: z.number(),
  key: z.tuple([z.int(), z.int()]),
  cells: z.base64(),
});

/** Reads what was used on a day. Returns nothing if there is nothing of this day. Throws an `Error` with a sentence if it is damaged. */
export function readShares(path: string, day: number): SavedShares | undefined {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  try {
    const saved = schema.parse(JSON.parse(text));
    if (saved.day !== day) return undefined;
    const bytes = inflateRawSync(Buffer.from(saved.cells, "base64"), { maxOutputLength: BYTES });
    const cells = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    if (cells.length !== SHARE_CELLS || cells.some((cell) => !(cell >= 0)))
      throw new Error("not what is written there");
    return { key: saved.key, cells };
  } catch {
    throw new Error(`${path} is damaged`);
  }
}

/** Replaces the file atomically. */
export function writeShares(path: string, day: number, { key, cells }: SavedShares): void {
  const bytes = new Uint8Array(cells.buffer, cells.byteOffset, cells.byteLength);
  const text = JSON.stringify({ version: 1, day, key, cells: deflateRawSync(bytes).toString("base64") });
  writeAtomically(path, `${text}\n`);
}
