/** `v4peer unpair`. */
import { ExitCode, jsonOption, wholeNumber } from "@nat64/daemon-kit/command-line";
import { MAX_DRAIN_SECONDS } from "@nat64/peer-protocol";
import type { Command } from "commander";
import { addDaemonOptions, type DaemonOptions, withDaemon } from "../../command-line/daemon-options.ts";

interface UnpairOptions extends DaemonOptions {
  readonly within: number;
  readonly json?: true;
}

/** Adds the command. */
export function addUnpair(program: Command, done: (exitCode: number) => void): void {
  addDaemonOptions(program.command("unpair"))
    .description("End the pair with one IPv6 peer.")
    .argument("<peer>", "The IPv6 peer's id, the beginning of it, or its prefix, as status shows them.")
    .option(
      "--within <seconds>",
      `Time for open connections to end, up to ${MAX_DRAIN_SECONDS} seconds.`,
      wholeNumber(0, MAX_DRAIN_SECONDS, "seconds"),
      0,
    )
    .addOption(jsonOption())
    .addHelpText(
      "after",
      "\nThe coordinator may propose the same IPv6 peer again later, unless peers.only-wanted keeps it away.",
    )
    .action(async (peer: string, options: UnpairOptions) => done(await unpair(peer, options)));
}

function unpair(name: string, options: UnpairOptions): Promise<number> {
  return withDaemon(options, async (client) => {
    const report = await client.unpair({ peer: name, within: options.within });
    const { peer, prefix, within } = report;
    const when = within === 0 ? "has ended" : `takes no new clients and ends in ${within} s`;
    const text = `the pair with ${peer} (${prefix}) ${when}; the coordinator may propose it again later\n`;
    process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : text);
    return ExitCode.ok;
  });
}
