import { type JsonOption, runUnban } from "@nat64/daemon-kit/bans";
import { connect, type DaemonOptions } from "../../daemon/connect.ts";
import type { Output } from "../../output/output.ts";

/** `v6peer unban`. */
export async function unban(target: string, options: JsonOption & DaemonOptions, output: Output): Promise<number> {
  const client = await connect(options);
  try {
    return await runUnban(client, target, options, output.line);
  } finally {
    client.close();
  }
}
