/** `nat64-coordinator peers`. */
import { ExitCode, jsonOption } from "@nat64/daemon-kit/command-line";
import type { Command } from "commander";
import { addDaemonOptions, type DaemonOptions, withDaemon } from "../../command-line/daemon-options.ts";
import { formatHeader, formatPeer } from "./table.ts";

interface PeersOptions extends DaemonOptions {
  readonly json?: true;
  readonly addresses?: true;
}

/** Adds the command. */
export function addPeers(program: Command, done: (exitCode: number) => void): void {
  addDaemonOptions(program.command("peers"))
    .description("List the peers that the running coordinator knows, sorted by role and id.")
    .option("--addresses", "Include the addresses of peers and unlisted prefixes. Treat the output as confidential.")
    .addOption(jsonOption("Print one JSON object per line."))
    .action(async (options: PeersOptions) => done(await peers(options)));
}

/** Prints each part as it arrives: there may be many thousand peers. */
function peers(options: PeersOptions): Promise<number> {
  const addresses = options.addresses === true;
  return withDaemon(options, async (client) => {
    if (!options.json) process.stdout.write(formatHeader(addresses));
    await client.peers({ addresses }, (part) => {
      const lines = part.map((peer) => (options.json ? `${JSON.stringify(peer)}\n` : formatPeer(peer, addresses)));
      process.stdout.write(lines.join(""));
    });
    return ExitCode.ok;
  });
}
