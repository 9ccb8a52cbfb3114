/**
 * Inputs in a text file, one on each line, so that a change can be read: text as a JSON string, everything else as
 * hexadecimal digits. Lines that start with "#" are comments.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const PRINTABLE = /^[\x20-\x7e\n]+$/;

/** Reads the inputs of a file; none if it does not exist. Throws an Error that names the line if one is malformed. */
export function readCorpusFile(path: string): Uint8Array[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.flatMap((line, index) =>
    line === "" || line.startsWith("#") ? [] : [parseLine(line, path, index + 1)],
  );
}

/** Writes inputs to a file, in an order that does not depend on how they were found. */
export function writeCorpusFile(path: string, inputs: readonly Uint8Array[]): void {
  mkdirSync(dirname(path), { recursive: true });
  const lines = [...new Set(inputs.map(formatLine))].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
}

/** One input as a line, without its end. */
export function formatLine(input: Uint8Array): string {
  const text = Buffer.from(input).toString("latin1");
  if (PRINTABLE.test(text)) return JSON.stringify(text);
  return input.length === 0 ? '""' : Buffer.from(input).toString("hex");
}

function parseLine(line: string, path: string, number: number): Uint8Array {
  const isHex = /^(?:[0-9a-f]{2})+$/.test(line);
  const value = isHex ? Uint8Array.from(Buffer.from(line, "hex")) : stringOf(line);
  if (value === undefined) throw new Error(`${path}, line ${number}: neither hexadecimal digits nor a JSON string.`);
  return value;
}

function stringOf(line: string): Uint8Array | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "string" ? new TextEncoder().encode(value) : undefined;
  } catch {
    return undefined;
  }
}
