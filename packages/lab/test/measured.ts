import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { monotonicNow } from "../src/index.ts";

/** Waits until something holds; the limit ends what hangs, and is no measurement. */
export async function until(what: string, seconds: number, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = monotonicNow() + seconds * 1000;
  while (!(await holds())) {
    if (monotonicNow() > deadline) throw new Error(`after ${seconds} s still not so: ${what}`);
    await sleep(50);
  }
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
  await until(what, 3 * bound + 10, holds);
  tookAtMost(bound, what, monotonicNow() - since);
}
