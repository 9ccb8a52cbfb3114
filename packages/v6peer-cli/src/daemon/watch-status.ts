/** Looking at the daemon's status once, or again and again. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Status } from "@nat64/v6peer-daemon/client";
import { ExitCode } from "../exit.ts";
import type { Output } from "../output/output.ts";
import { connect, type DaemonOptions } from "./connect.ts";

/** Options of commands that look. */
export interface LookOptions extends DaemonOptions {
  readonly json?: true;
  /** Seconds between two looks; `true` for one second. */
  readonly watch?: number | true;
}

/** Asks for the status and shows it; with `watch` until interrupted. */
export async function look(options: LookOptions, output: Output, show: (status: Status) => void): Promise<number> {
  const client = await connect(options);
  try {
    for (;;) {
      const status = await client.ask("status");
      // Home and clear, for a terminal only: in a pipe each look follows the one before.
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
