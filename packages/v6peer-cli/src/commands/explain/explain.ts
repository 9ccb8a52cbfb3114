import { AddressError } from "@nat64/rfc6052";
import { DaemonError } from "@nat64/v6peer-daemon/client";
import { explain as explainAddress, type KnownPrefix } from "../../address/explain.ts";
import type { KnownExit } from "../../address/explanation.ts";
import { connect, type DaemonOptions, findConfig } from "../../daemon/connect.ts";
import { ExitCode, UsageError } from "../../exit.ts";
import { type Output, writeJson } from "../../output/output.ts";
import { lookUpNames } from "./names.ts";
import { renderExplanation } from "./render.ts";

/** Options of `v6peer explain`. */
export interface ExplainOptions extends DaemonOptions {
  readonly json?: true;
  /** NAT64 prefixes to read the address with, before all others. */
  readonly prefix?: readonly string[];
  /** Whether to ask the DNS for names. */
  readonly names?: true;
}

/** `v6peer explain`: works without a daemon, too. */
export async function explain(address: string, options: ExplainOptions, output: Output): Promise<number> {
  const given = (options.prefix ?? []).map((text): KnownPrefix => ({ text, origin: "argument" }));
  const { prefixes, exits } = await findKnown(options);
  const known = [...given, ...prefixes];
  try {
    const found = explainAddress(address, known, exits);
    const explanation = options.names ? { ...found, names: await lookUpNames(found) } : found;
    if (options.json) writeJson(output, explanation);
    else for (const line of renderExplanation(explanation, output)) output.line(line);
    return ExitCode.ok;
  } catch (error) {
    if (error instanceof AddressError) throw new UsageError(error.message);
    throw error;
  }
}

/** What the running daemon knows, or else its configuration. */
interface Known {
  readonly prefixes: readonly KnownPrefix[];
  readonly exits: readonly KnownExit[];
}

async function findKnown(options: DaemonOptions): Promise<Known> {
  const config = findConfig(options);
  try {
    const client = await connect(options, config);
    const { prefix, extraPrefixes, peer } = await client.ask("status").finally(() => client.close());
    return {
      prefixes: [prefix, ...extraPrefixes].map((text) => ({ text, origin: "daemon" })),
      exits: (peer?.exits ?? []).map(({ selector, peer: id, state, teredo }) => ({
        selector,
        peer: id,
        state,
        ...(teredo !== undefined && { teredo }),
      })),
    };
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
    return { prefixes: (config?.routedPrefixes ?? []).map((text) => ({ text, origin: "config" })), exits: [] };
  }
}
