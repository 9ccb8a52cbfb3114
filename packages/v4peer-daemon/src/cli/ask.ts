/** Asking the one that runs, from the command line. */
import { DaemonError, type DaemonErrorCode } from "@nat64/daemon-kit/control";
import { ExitCode } from "@nat64/daemon-kit/program";
import { V4PeerClient } from "../control/client.ts";

/** Codes that say that there is nobody to ask. */
const ABSENT: ReadonlySet<DaemonErrorCode> = new Set(["unreachable", "forbidden", "lost", "protocol"]);

/** Connects, carries out and hangs up; says in a sentence what goes wrong. @returns the exit code */
export async function ask(socket: string, carryOut: (client: V4PeerClient) => Promise<number>): Promise<number> {
  let client: V4PeerClient | undefined;
  try {
    client = await V4PeerClient.connect(socket);
    return await carryOut(client);
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
    process.stderr.write(`v4peer: ${error.message}\n`);
    return ABSENT.has(error.code) ? ExitCode.unavailable : ExitCode.failed;
  } finally {
    client?.close();
  }
}
