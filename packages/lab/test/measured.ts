import { expect, vi } from "vitest";
import { monotonicNow } from "../src/index.ts";

/** Milliseconds after which something that does not come is given up. It only ends what hangs, and is not a measurement. */
const LIMIT_MS = 60_000;

/** Waits until something holds; what throws meanwhile does not hold yet. Works in hooks, where `expect.poll` does not. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  limitMs: number = LIMIT_MS,
): Promise<void> {
  const check = async (): Promise<void> => {
    if (!(await holds())) throw new Error(`not so after ${limitMs / 1000} s: ${what}`);
  };
  await vi.waitFor(check, { timeout: limitMs, interval: 50 });
}

/**
 * A rate once it has reached `least`, or what it is at the third try: a busy machine may keep senders from sending enough, but
 * it does not let anything through that is too much.
 */
export async function reaches(least: number, measure: () => Promise<number>): Promise<number> {
  let rate = await measure();
  for (let tries = 1; tries < 3 && rate < least; tries++) rate = await measure();
  return rate;
}

/** Prints how long something took, in the one form that all figures have, and holds it to its bound. */
export function tookAtMost(bound: number, what: string, milliseconds: number): void {
  const seconds = milliseconds / 1000;
  console.info(`measured: ${what}: ${seconds.toFixed(1)} s (at most ${bound} s)`);
  expect(seconds, what).toBeLessThanOrEqual(bound);
}

/**
 * Waits until something holds that has to hold within `bound` seconds from `since` on, by `monotonicNow`, and prints when it
 * did. What is late is waited for nevertheless, so that the figure is known.
 */
export async function holdsWithin(
  bound: number,
  what: string,
  since: number,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  await eventually(what, holds, 3000 * bound + LIMIT_MS);
  tookAtMost(bound, what, monotonicNow() - since);
}
