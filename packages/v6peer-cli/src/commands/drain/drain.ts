import { ExitCode, UsageError } from "@nat64/daemon-kit/command-line";
import type { DaemonClient, DrainReport } from "@nat64/v6peer-daemon/client";
import { connect, type DaemonOptions } from "../../daemon/connect.ts";
import type { Output } from "../../output/output.ts";
import { DrainDisplay } from "./display.ts";
import { followDrain } from "./follow.ts";
import { DEFAULT_DRAIN_SECONDS } from "./time-limit.ts";

/** Options of `v6peer drain`. */
export interface DrainOptions extends DaemonOptions {
  /** Seconds after which the remaining sessions are reset. */
  readonly within?: number;
  readonly cancel?: true;
  readonly detach?: true;
  /** Print one JSON object per line. */
  readonly json?: true;
}

/** `v6peer drain`: drains everything or one exit, and shows the progress until the end. */
export async function drain(exit: string | undefined, options: DrainOptions, output: Output): Promise<number> {
  if (options.cancel && (options.within !== undefined || options.detach)) {
    throw new UsageError("--cancel cannot be combined with --within or --detach");
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
  else if (report.exit === undefined) output.line("v6peerd accepts new connections again.");
  else output.line(`${nameOf(report)} accepts new clients again.`);
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
      output.line(
        "The drain continues in v6peerd. v6peer status shows its progress, v6peer drain --cancel cancels it.",
      );
    return ExitCode.ok;
  }
  for await (const progress of followDrain(client, report)) {
    display.show(name, progress);
    if (progress.state === "cancelled") return ExitCode.failed;
  }
  return ExitCode.ok;
}

function nameOf({ exit, peer }: DrainReport): string {
  if (exit === undefined) return "v6peerd";
  return peer === undefined ? "The local exit" : `Exit ${exit} (${peer})`;
}
