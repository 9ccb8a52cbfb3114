/** Between two looks, in ms. */
const STEP_MS = 5;

/**
 * Waits, as `runTool` does: set-up has an order, and undoing has to work while the process dies.
 *
 * @returns whether it was done within `ms` milliseconds
 */
export function waitFor(isDone: () => boolean, ms: number): boolean {
  const clock = new Int32Array(new SharedArrayBuffer(4));
  const end = performance.now() + ms;
  while (!isDone()) {
    if (performance.now() > end) return false;
    Atomics.wait(clock, 0, 0, STEP_MS);
  }
  return true;
}
