/** What doctor has put on this host for some seconds, and takes away however it ends. */

const pending = new Set<() => void>();

/**
 * Remembers what takes a change back; the function that is returned does it, once. Who is interrupted (SIGINT, SIGTERM,
 * SIGHUP) takes everything back before it goes.
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
  // As if we had not listened: who waits for us sees which signal it was.
  process.kill(process.pid, signal);
}
