import { ExitCode, UsageError } from "@nat64/daemon-kit/command-line";
import { AddressError } from "@nat64/rfc6052";
import { bansOf } from "../../address/bans-of.ts";
import { explain as explainAddress, type KnownPrefix } from "../../address/explain.ts";
import type { DaemonOptions } from "../../daemon/connect.ts";
import { findKnown } from "../../daemon/known.ts";
import { type Output, writeJson } from "../../output/output.ts";
import { lookUpNames } from "./names.ts";
import { renderExplanation } from "./render.ts";

/** Options of `v6peer explain`. */
export interface ExplainOptions extends DaemonOptions {
  readonly json?: true;
  /** NAT64 prefixes to try before all others. */
  readonly prefix?: readonly string[];
  /** Whether to look up DNS names. */
  readonly names?: true;
}

/** `v6peer explain`: also works without a daemon. */
export async function explain(address: string, options: ExplainOptions, output: Output): Promise<number> {
  const given = (options.prefix ?? []).map((text): KnownPrefix => ({ text, origin: "argument" }));
  const { source, prefixes, exits, bans, lab, hasPeerExits, localRefusals } = await findKnown({
    ...options,
    prefix: [],
  });
  const origin = source === "daemon" ? "daemon" : "config";
  const own = {
    origin,
    policy: { lab, hasPeerExits },
    ...(localRefusals !== undefined && { local: localRefusals }),
  } as const;
  const known = [...given, ...prefixes.map((text): KnownPrefix => ({ text, ...own }))];
  try {
    const parts = explainAddress(address, known, exits);
    const concerning = bansOf(parts, bans);
    const found = concerning.length === 0 ? parts : { ...parts, bans: concerning };
    const explanation = options.names ? { ...found, names: await lookUpNames(found) } : found;
    if (options.json) writeJson(output, explanation);
    else for (const line of renderExplanation(explanation, output)) output.line(line);
    return ExitCode.ok;
  } catch (error) {
    if (error instanceof AddressError) throw new UsageError(error.message);
    throw error;
  }
}
