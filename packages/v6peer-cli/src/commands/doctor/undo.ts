/** Temporary changes of doctor to this host, which it undoes however it ends. */

const pending = new Set<() => void>();

/**
 * Registers the reversal of a change and returns a function that performs it once. On SIGINT, SIGTERM and SIGHUP all
 * pending reversals are performed before the process ends.
 */
export function undoLater(undo: () => void): () => void {
  if (pending.size === 0) for (const signal of SIGNALS) process.once(signal, leave);
  const undoOnce = () => {
    if (!pending.delete(undoOnce)) return;
    if (pending.size === 0) for (const signal of SIGNALS) process.off(signal, leave);
    undo();
  };
  pending.add(undoOnce);
  return undoOnce;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function leave(signal: NodeJS.Signals): void {
  for (const undo of [...pending]) undo();
  // End with the same signal, so that the parent process sees it.
  process.kill(process.pid, signal);
}
