/**
 * What a server's file remembers, in comments: which prefixes the list said that trusted identities have. So a DNS64 can
 * be started while whoever has the list is dead, which is when other people's prefixes are needed most.
 */
import { readFileSync } from "node:fs";
import { isUsablePool } from "../../shared-prefixes/usable.ts";
import type { Candidate } from "./candidates.ts";

const LINE = /^\s*# ([a-z2-7]{32}) has (\S+)$/gm;

/** Lines for the file. */
export function rememberedLines(candidates: readonly Candidate[]): readonly string[] {
  return candidates.flatMap(({ peer, learned }) => (learned === undefined ? [] : [`# ${peer} has ${learned}`]));
}

/** What a file remembers: /80s by peer id. Nothing for one that is not there or cannot be read. */
export function readRemembered(path: string, isLab: boolean): ReadonlyMap<string, string> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return new Map();
  }
  const found = [...text.matchAll(LINE)].map(([, peer, prefix]) => [peer, prefix] as const);
  return new Map(found.filter(([, prefix]) => isUsablePool(prefix, isLab)));
}
