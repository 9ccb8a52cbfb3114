import { run } from "../netns/command.ts";
import type { Host } from "../netns/host.ts";

/** A bulk transfer over TCP. */
export interface BulkOptions {
  readonly client: Host;
  readonly server: Host;
  /** The address at which the client reaches the server. */
  readonly target: string;
  /** "up" is client to server. */
  readonly direction: "up" | "down";
  readonly streams: number;
  readonly seconds: number;
}

/** The received bytes and their rate. */
export interface BulkResult {
  readonly bytes: number;
  readonly bitsPerSecond: number;
}

/** Sends data for some seconds with iperf3 and returns the received amount. */
export async function bulk(options: BulkOptions): Promise<BulkResult> {
  const { client, server, target, direction, streams, seconds } = options;
  const listener = await server.start(["iperf3", "--server", "--one-off", "--forceflush"]);
  try {
    await listener.waitFor(/Server listening/);
    const reverse = direction === "down" ? ["--reverse"] : [];
    const argv = [
      "iperf3",
      "--client",
      target,
      "--json",
      "--time",
      `${seconds}`,
      "--parallel",
      `${streams}`,
      ...reverse,
    ];
    const { stdout, stderr } = await run(client.enter(argv), { timeout: (seconds + 20) * 1000 });
    return parse(stdout, stderr);
  } finally {
    await listener.stop();
  }
}

/** iperf3 reports its own failures inside its JSON. */
function parse(stdout: string, stderr: string): BulkResult {
  if (!stdout.startsWith("{")) throw new Error(`iperf3 did not finish: ${stderr || stdout}`);
  const report = JSON.parse(stdout);
  if (report.error) throw new Error(`iperf3: ${report.error}`);
  const { bytes, bits_per_second } = report.end.sum_received;
  return { bytes, bitsPerSecond: bits_per_second };
}
