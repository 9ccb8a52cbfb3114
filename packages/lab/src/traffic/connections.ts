import type { Host } from "../netns/host.ts";
import { runTool, startTool } from "./tools.ts";

const PORT = "9001";

/** How many TCP connections were made, used for one byte each way, and closed. */
export interface ConnectionsResult {
  readonly perSecond: number;
  readonly errors: number;
}

/** Makes connections for some seconds, always `inFlight` at a time. */
export async function connections(
  client: Host,
  server: Host,
  target: string,
  inFlight: number,
  seconds: number,
): Promise<ConnectionsResult> {
  const answerer = await startTool(server, "tcp-answer", PORT);
  const options = ["--in-flight", `${inFlight}`, "--seconds", `${seconds}`];
  const made = await runTool<{ connections: number; errors: number; seconds: number }>(
    client,
    "tcp-rate",
    target,
    PORT,
    ...options,
  );
  await answerer.stop();
  return { perSecond: made.connections / made.seconds, errors: made.errors };
}
