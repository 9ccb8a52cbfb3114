/** What `nft -j list ruleset` prints, as far as a verdict on a packet needs it. */
import { runTool } from "@nat64/daemon-kit/host";
import { z } from "zod";

/** A statement or an expression: an object with one key, a text, a number; libnftables-json(5). */
export type Json = z.output<ReturnType<typeof z.json>>;

const named = { family: z.string(), table: z.string() };
const rulesetSchema = z.object({
  nftables: z.array(
    z.object({
      chain: z
        .object({ ...named, name: z.string(), hook: z.string().optional(), policy: z.string().optional() })
        .optional(),
      rule: z.object({ ...named, chain: z.string(), expr: z.array(z.json()).optional() }).optional(),
      set: z.object({ ...named, name: z.string(), elem: z.array(z.json()).optional() }).optional(),
      map: z.object({ ...named, name: z.string(), elem: z.array(z.json()).optional() }).optional(),
    }),
  ),
});

/** A chain with its rules, each of them a list of statements. */
export interface Chain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly hook?: string | undefined;
  readonly policy?: string | undefined;
  readonly rules: readonly (readonly Json[])[];
}

/** The chains of a ruleset, and the elements of its named sets and maps. */
export interface Ruleset {
  readonly chains: readonly Chain[];
  /** Elements by {@link nameIn}; of a set that has none, or is filled while packets pass, an empty list. */
  readonly sets: ReadonlyMap<string, readonly Json[]>;
}

/** The whole name of something in a table. */
export function nameIn({ family, table }: { readonly family: string; readonly table: string }, name: string): string {
  return `${family} ${table} ${name}`;
}

/** Reads what is loaded now. Throws a `ToolError`: it needs CAP_NET_ADMIN. */
export function readRuleset(): Ruleset {
  return parseRuleset(JSON.parse(runTool("nft", ["-j", "list", "ruleset"])));
}

/** Sorts the output of `nft -j list ruleset`. */
export function parseRuleset(json: unknown): Ruleset {
  const { nftables } = rulesetSchema.parse(json);
  const rules = nftables.flatMap(({ rule }) => (rule === undefined ? [] : [rule]));
  const chains = nftables.flatMap(({ chain }) => {
    if (chain === undefined) return [];
    const { family, table, name } = chain;
    const own = rules.filter((rule) => rule.family === family && rule.table === table && rule.chain === name);
    return [{ ...chain, rules: own.map(({ expr }) => expr ?? []) }];
  });
  const sets = nftables.flatMap(({ set, map }) => {
    const each = set ?? map;
    return each === undefined ? [] : [[nameIn(each, each.name), each.elem ?? []] as const];
  });
  return { chains, sets: new Map(sets) };
}
