/** Changes of several parts of a running daemon that are made together or not at all. */

/** A prepared change. Exactly one of the two methods is called. They should not fail, because nothing can be undone then. */
export interface PreparedChange {
  /** Puts the new state into use, and lets go of the old one. */
  commit(): Promise<void> | void;
  /** Lets go of the new state; the old one stays in use. */
  cancel(): Promise<void> | void;
}

/** Makes a part ready for a change while the old state stays in use. Rejects when that is impossible. */
export type PrepareChange = () => Promise<PreparedChange>;

/**
 * Prepares all changes, in order, then commits all of them. When one cannot be prepared, those before it are cancelled, the
 * last one first, and the promise rejects with the reason.
 *
 * @param failed called with errors of `commit` and `cancel`; the other changes continue
 */
export async function changeAllOrNothing(
  changes: readonly PrepareChange[],
  failed: (error: unknown) => void,
): Promise<void> {
  const prepared: PreparedChange[] = [];
  try {
    for (const prepare of changes) prepared.push(await prepare());
  } catch (error) {
    for (const each of prepared.toReversed()) await attempt(() => each.cancel(), failed);
    throw error;
  }
  for (const each of prepared) await attempt(() => each.commit(), failed);
}

async function attempt(action: () => Promise<void> | void, failed: (error: unknown) => void): Promise<void> {
  try {
    await action();
  } catch (error) {
    failed(error);
  }
}

/** A change that needs no preparation because nothing in it can be refused. */
export function onCommit(commit: () => Promise<void> | void): PrepareChange {
  return () => Promise.resolve({ commit, cancel: () => {} });
}
