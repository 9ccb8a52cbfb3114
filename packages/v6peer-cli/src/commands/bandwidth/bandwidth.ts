import { ExitCode } from "@nat64/daemon-kit/command-line";
import { connect, type DaemonOptions } from "../../daemon/connect.ts";
import { bandwidthRows } from "../../output/bandwidth-rows.ts";
import { type Output, twoColumns, writeJson } from "../../output/output.ts";
import { type BandwidthArguments, requestOf } from "./request.ts";

/** Options of `v6peer bandwidth`. */
export interface BandwidthOptions extends DaemonOptions, BandwidthArguments {
  readonly json?: true;
}

/** `v6peer bandwidth`: shows what clients may use and have used, or changes it while the daemon runs. */
export async function bandwidth(rate: string | undefined, options: BandwidthOptions, output: Output): Promise<number> {
  const request = requestOf(rate, options);
  const client = await connect(options);
  try {
    if (request !== undefined) await client.setBandwidth(request);
    const status = await client.ask("bandwidth");
    const { bandwidth: counters } = await client.ask("counters");
    if (options.json) writeJson(output, { ...status, ...(counters !== undefined && { counters }) });
    else for (const line of twoColumns(bandwidthRows(status, counters))) output.line(line);
    return ExitCode.ok;
  } finally {
    client.close();
  }
}
