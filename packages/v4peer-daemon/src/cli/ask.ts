/** Asking the one that runs, from the command line. */
import { DaemonError } from "@nat64/daemon-kit/control";
import { ExitCode } from "@nat64/daemon-kit/program";
import { V4PeerClient } from "../control/client.ts";

/** Connects, carries out and hangs up; says in a sentence what goes wrong. @returns the exit code */
export async function ask(socket: string, carryOut: (client: V4PeerClient) => Promise<number>): Promise<number> {
  let client: V4PeerClient | undefined;
  try {
    client = await V4PeerClient.connect(socket);
    return await carryOut(client);
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
    process.stderr.write(`v4peer: ${error.message}\n`);
    return ExitCode.failed;
  } finally {
    client?.close();
  }
}
