/**
 * The prefixes of trusted identities according to the list, remembered as comments in the server's file. So a DNS64 can
 * start while the source of the list is down, which is when the prefixes of others are needed most.
 */
import { readFileSync } from "node:fs";
import { isUsablePool } from "../../shared-prefixes/usable.ts";
import type { Candidate } from "./candidates.ts";

const LINE = /^\s*# ([a-z2-7]{32}) has (\S+)$/gm;

/** Lines for the file. */
export function rememberedLines(candidates: readonly Candidate[]): readonly string[] {
  return candidates.flatMap(({ peer, learned }) => (learned === undefined ? [] : [`# ${peer} has ${learned}`]));
}

/** The /80s that a file remembers, by peer id. Empty for a file that does not exist or cannot be read. */
export function readRemembered(path: string, isLab: boolean): ReadonlyMap<string, string> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return new Map();
  }
  return rememberedIn(text, isLab);
}

/** The /80s that a text remembers, by peer id. */
export function rememberedIn(text: string, isLab: boolean): ReadonlyMap<string, string> {
  const found = [...text.matchAll(LINE)].map(([, peer, prefix]) => [peer, prefix] as const);
  return new Map(found.filter(([, prefix]) => isUsablePool(prefix, isLab)));
}
