import { type JsonOption, runBans } from "@nat64/daemon-kit/bans";
import { connect, type DaemonOptions } from "../../daemon/connect.ts";
import type { Output } from "../../output/output.ts";

/** `v6peer bans`. */
export async function bans(options: JsonOption & DaemonOptions, output: Output): Promise<number> {
  const client = await connect(options);
  try {
    return await runBans(client, options, output.line);
  } finally {
    client.close();
  }
}
