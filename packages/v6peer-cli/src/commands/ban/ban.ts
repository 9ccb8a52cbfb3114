import { type BanOptions, runBan } from "@nat64/daemon-kit/bans";
import { connect, type DaemonOptions } from "../../daemon/connect.ts";
import type { Output } from "../../output/output.ts";

/** `v6peer ban`. */
export async function ban(target: string, options: BanOptions & DaemonOptions, output: Output): Promise<number> {
  const client = await connect(options);
  try {
    return await runBan(client, target, options, output.line);
  } finally {
    client.close();
  }
}
