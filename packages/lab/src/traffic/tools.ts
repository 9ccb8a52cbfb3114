import { fileURLToPath } from "node:url";
import type { Host } from "../netns/host.ts";
import type { HostProcess } from "../netns/process.ts";

/** The compiled traffic generators and sinks (see `native/`). */
export const TRAFFIC_TOOLS: string = fileURLToPath(new URL("../../dist/traffic-tools", import.meta.url));

/** Starts one of the serving tools in a host and waits until it serves. */
export async function startTool(host: Host, ...args: readonly string[]): Promise<HostProcess> {
  const process = await host.start([TRAFFIC_TOOLS, ...args]);
  await process.waitFor(/ready/);
  return process;
}

/** Runs one of the serving tools in a host while `use` runs, and stops it afterwards in any case. */
export async function withTool<T>(
  host: Host,
  args: readonly string[],
  use: (tool: HostProcess) => Promise<T>,
): Promise<T> {
  const tool = await startTool(host, ...args);
  try {
    return await use(tool);
  } finally {
    await tool.stop();
  }
}

/** Ends a serving tool and returns the object that it printed. */
export async function resultOf<T>(process: HostProcess): Promise<T> {
  await process.stop();
  return JSON.parse(process.stdout) as T;
}

/** Runs one of the asking tools in a host to its end and returns the object that it printed. */
export async function runTool<T>(host: Host, ...args: readonly string[]): Promise<T> {
  return JSON.parse(await host.must([TRAFFIC_TOOLS, ...args])) as T;
}
