/** Changes of several parts of a running daemon that are made together or not at all. */
import { explainError } from "../system/index.ts";

/**
 * A prepared change. Exactly one of the two methods is called. They should not fail, because nothing can be undone then:
 * what can fail belongs in the preparation.
 */
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
 * last one first, and the promise rejects with the reason, followed by a line for each one that could not be cancelled.
 *
 * @returns a line for each change that could not be committed; the others were
 */
export async function changeAllOrNothing(changes: readonly PrepareChange[]): Promise<readonly string[]> {
  const prepared: PreparedChange[] = [];
  try {
    for (const prepare of changes) prepared.push(await prepare());
  } catch (error) {
    const failures = await attemptAll(prepared.toReversed().map((each) => () => each.cancel()));
    if (failures.length === 0) throw error;
    throw new Error([explainError(error), ...failures].join("\n"), { cause: error });
  }
  return attemptAll(prepared.map((each) => () => each.commit()));
}

async function attemptAll(actions: readonly (() => Promise<void> | void)[]): Promise<readonly string[]> {
  const failures: string[] = [];
  for (const action of actions) {
    try {
      await action();
    } catch (error) {
      failures.push(explainError(error));
    }
  }
  return failures;
}

/** A change that needs no preparation because nothing in it can be refused. */
export function onCommit(commit: () => Promise<void> | void): PrepareChange {
  return () => Promise.resolve({ commit, cancel: () => {} });
}
