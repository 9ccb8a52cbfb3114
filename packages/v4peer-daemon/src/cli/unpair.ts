/** `v4peer unpair`. */
import { ExitCode } from "@nat64/daemon-kit/program";
import type { UnpairRequest } from "../control/protocol.ts";
import { ask } from "./ask.ts";

/** Ends the pair with an IPv6 peer. @returns the exit code */
export function unpair(socket: string, request: UnpairRequest, json: boolean): Promise<number> {
  return ask(socket, async (client) => {
    const report = await client.unpair(request);
    const { peer, prefix, within } = report;
    const when = within === 0 ? "has ended" : `takes no new clients and ends in ${within} s`;
    const text = `the pair with ${peer} (${prefix}) ${when}; the coordinator may propose it again later\n`;
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : text);
    return ExitCode.ok;
  });
}
