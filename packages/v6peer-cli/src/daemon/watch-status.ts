/** Shows the daemon's status once, or repeatedly. */
import { setTimeout as sleep } from "node:timers/promises";
import { ExitCode } from "@nat64/daemon-kit/command-line";
import type { Status } from "@nat64/v6peer-daemon/client";
import type { Output } from "../output/output.ts";
import { connect, type DaemonOptions } from "./connect.ts";

/** Options of commands that show the status. */
export interface WatchOptions extends DaemonOptions {
  readonly json?: true;
  /** Seconds between two requests; `true` for one second. */
  readonly watch?: number | true;
}

/** Requests the status and shows it; with `watch`, until interrupted. */
export async function watchStatus(
  options: WatchOptions,
  output: Output,
  show: (status: Status) => void,
): Promise<number> {
  const client = await connect(options);
  try {
    for (;;) {
      const status = await client.ask("status");
      // Clear the screen of a terminal; in a pipe the outputs follow each other.
      if (options.watch !== undefined && output.isTerminal && options.json === undefined) {
        process.stdout.write("\x1b[H\x1b[2J");
      }
      show(status);
      if (options.watch === undefined) return ExitCode.ok;
      await sleep((options.watch === true ? 1 : options.watch) * 1000);
    }
  } finally {
    client.close();
  }
}
