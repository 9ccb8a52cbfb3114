import type { RunningDaemon } from "../src/index.ts";

/** How far a daemon's metric rises while something is done; a metric that is not there yet counts as 0. */
export async function counted(
  daemon: Pick<RunningDaemon, "metrics">,
  metric: string,
  what: () => Promise<unknown>,
): Promise<number> {
  const read = async (): Promise<number> => (await daemon.metrics()).get(metric) ?? 0;
  const before = await read();
  await what();
  return (await read()) - before;
}
