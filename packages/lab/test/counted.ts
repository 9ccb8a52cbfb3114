import type { RunningDaemon } from "../src/index.ts";
import { eventually } from "./measured.ts";

/**
 * How far a daemon's metric rises because of something that is done; a metric that is not there yet counts as 0. What was
 * sent may still be on its way when `what` is done, so this waits until the metric has risen by `expected`.
 */
export async function counted(
  daemon: Pick<RunningDaemon, "metrics">,
  metric: string,
  what: () => Promise<unknown>,
  expected = 1,
): Promise<number> {
  return risen(async () => (await daemon.metrics()).get(metric) ?? 0, what, expected);
}

/** The same for any number that only rises. */
export async function risen(read: () => Promise<number>, what: () => Promise<unknown>, expected = 1): Promise<number> {
  const before = await read();
  await what();
  let rise = 0;
  const hasRisen = async (): Promise<boolean> => {
    rise = (await read()) - before;
    return rise >= expected;
  };
  await eventually(`it has risen by ${expected}`, hasRisen, 20_000).catch(() => {}); // the caller compares the number
  return rise;
}
