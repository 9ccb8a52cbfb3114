import type { Host } from "../netns/host.ts";
import { runTool, withTool } from "./tools.ts";

const PORT = "9001";

/** The number of TCP connections that were opened, used for one byte each way, and closed. */
export interface ConnectionsResult {
  readonly perSecond: number;
  readonly errors: number;
}

/** Opens connections for some seconds, always `inFlight` at a time. */
export async function connections(
  client: Host,
  server: Host,
  target: string,
  inFlight: number,
  seconds: number,
): Promise<ConnectionsResult> {
  const options = ["--in-flight", `${inFlight}`, "--seconds", `${seconds}`];
  const made = await withTool(server, ["tcp-answer", PORT], () =>
    runTool<{ connections: number; errors: number; seconds: number }>(client, "tcp-rate", target, PORT, ...options),
  );
  return { perSecond: made.connections / made.seconds, errors: made.errors };
}
