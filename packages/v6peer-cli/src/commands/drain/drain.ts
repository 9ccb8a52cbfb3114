import type { DaemonClient, DrainReport } from "@nat64/v6peer-daemon/client";
import { connect, type DaemonOptions } from "../../daemon/connect.ts";
import { ExitCode, UsageError } from "../../exit.ts";
import type { Output } from "../../output/output.ts";
import { DrainDisplay } from "./display.ts";
import { followDrain } from "./follow.ts";

/** Seconds after which a drain resets the remaining sessions by default. */
export const DEFAULT_DRAIN_SECONDS = 300;

/** Options of `v6peer drain`. */
export interface DrainOptions extends DaemonOptions {
  /** Seconds until what is left is ended. */
  readonly within?: number;
  readonly cancel?: true;
  readonly detach?: true;
  /** One object on each line. */
  readonly json?: true;
}

/** `v6peer drain`: everything, or one exit; shows how it goes until it is over. */
export async function drain(exit: string | undefined, options: DrainOptions, output: Output): Promise<number> {
  if (options.cancel && (options.within !== undefined || options.detach)) {
    throw new UsageError("--cancel goes with an exit at most, not with --within or --detach");
  }
  const client = await connect(options);
  try {
    const what = exit === undefined ? {} : { exit };
    if (options.cancel) return cancelled(await client.cancelDrain(what), options, output);
    const report = await client.drain({ ...what, within: options.within ?? DEFAULT_DRAIN_SECONDS });
    return await follow(client, report, options, output);
  } finally {
    client.close();
  }
}

function cancelled(report: DrainReport, { json }: DrainOptions, output: Output): number {
  if (json) output.line(JSON.stringify({ state: "cancelled", ...report }));
  else if (report.exit === undefined) output.line("v6peerd takes new connections again.");
  else output.line(`${nameOf(report)} takes new clients again.`);
  return ExitCode.ok;
}

async function follow(
  client: DaemonClient,
  report: DrainReport,
  { json, detach }: DrainOptions,
  output: Output,
): Promise<number> {
  const name = nameOf(report);
  const display = new DrainDisplay(output, json === true);
  display.begin(name, report);
  if (detach) {
    if (!json)
      output.line("It goes on in v6peerd; v6peer status shows how far it is, v6peer drain --cancel takes it back.");
    return ExitCode.ok;
  }
  for await (const progress of followDrain(client, report)) {
    display.show(name, progress);
    if (progress.state === "cancelled") return ExitCode.finding;
  }
  return ExitCode.ok;
}

function nameOf({ exit, peer }: DrainReport): string {
  if (exit === undefined) return "v6peerd";
  return peer === undefined ? "The local exit" : `Exit ${exit} (${peer})`;
}
