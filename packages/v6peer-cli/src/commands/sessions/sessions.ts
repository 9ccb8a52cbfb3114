import { ExitCode, formatDuration } from "@nat64/daemon-kit/command-line";
import type { SessionFilter, SessionRecord } from "@nat64/v6peer-daemon/client";
import { connect, type DaemonOptions } from "../../daemon/connect.ts";
import type { Output } from "../../output/output.ts";
import { formatCount } from "../../output/units.ts";

/** Options of `v6peer sessions`. */
export interface SessionsOptions extends DaemonOptions, SessionFilter {
  readonly json?: true;
}

/** `v6peer sessions`: a line for each session as they come; with `json` an object on each line. */
export async function sessions(options: SessionsOptions, output: Output): Promise<number> {
  const { socket: _socket, config: _config, json, ...filter } = options;
  const client = await connect(options);
  try {
    const result = await client.sessions(filter, (rows) => {
      for (const row of rows) output.line(json ? JSON.stringify(row) : renderSession(row, output));
    });
    if (!json && output.isTerminal) {
      const more = result.complete ? "" : "; there are more, see --limit";
      output.line(output.colors.dim(`${formatCount(result.listed)} sessions${more}`));
    }
  } finally {
    client.close();
  }
  return ExitCode.ok;
}

/** A session as a line for people. ICMP has Query Identifiers of client and pool where others have ports, and no destination port. */
export function renderSession(row: SessionRecord, { colors }: Pick<Output, "colors">): string {
  const { protocol, client, pool, destination, state, expiresInSeconds } = row;
  const isIcmp = protocol === "icmp";
  const from = isIcmp ? `${client.address} id ${client.port}` : `[${client.address}]:${client.port}`;
  const via = isIcmp ? `${pool.address} id ${pool.port}` : `${pool.address}:${pool.port}`;
  const to = isIcmp ? destination.address : `${destination.address}:${destination.port}`;
  return `${protocol.padEnd(4)}  ${from}  ${colors.dim(`via ${via}`)}  → ${to}  ${state}  ${formatDuration(expiresInSeconds)}`;
}
