import {
  appendJournal,
  beginJournal,
  endJournal,
  isAlive,
  isThisBoot,
  type JournalEntry,
  readJournal,
} from "./journal.ts";
import type { Step, Undo } from "./step.ts";

/** Told about each thing that is done, undone, or could not be undone. */
export interface SetupObserver {
  applied(what: string): void;
  undone(kind: string): void;
  undoFailed(kind: string, reason: string): void;
}

/** Whose set-up it is. */
export interface SetupOptions {
  /** What the daemon is called. */
  readonly program: string;
  /** How each kind of step is undone, from what it found alone: that is all that a later process has. */
  readonly undo: Readonly<Record<string, Undo>>;
  readonly observer: SetupObserver;
}

/** Set-up that failed half-way; what had been done is undone. */
export class SetupError extends Error {
  override readonly name: string = "SetupError";
}

/** Changes to this host, made step by step and undone in reverse order. */
export class HostSetup {
  readonly #journal: string;
  readonly #options: SetupOptions;
  #begun: JournalEntry[] = [];
  #hasJournal = false;
  #madeDirectory = false;

  /** `journal` is the path of the file that remembers what was found. */
  constructor(journal: string, options: SetupOptions) {
    this.#journal = journal;
    this.#options = options;
  }

  /**
   * Undoes what a process left that did not come to undo it (kill -9, a power cut without a reboot does not count).
   * Returns the number of steps undone. Throws a {@link SetupError} when that process still runs.
   */
  recover(): number {
    const left = readJournal(this.#journal);
    if (left === undefined) return 0;
    if (isAlive(left.owner)) {
      const { program } = this.#options;
      throw new SetupError(
        `another ${program} (process ${left.owner.pid}) is running with ${this.#journal}; stop it first`,
      );
    }
    const entries = isThisBoot(left.owner) ? left.entries : [];
    this.#undoAll(entries);
    endJournal(this.#journal);
    return entries.length;
  }

  /** Makes all changes. When one fails those before are undone and a {@link SetupError} tells which and why. */
  apply(steps: readonly Step[]): void {
    if (!this.#hasJournal) {
      this.#madeDirectory = beginJournal(this.#journal);
      this.#hasJournal = true;
    }
    for (const step of steps) {
      try {
        const entry: JournalEntry = { kind: step.kind, found: step.inspect() };
        appendJournal(this.#journal, entry);
        this.#begun.push(entry);
        step.apply();
        this.#options.observer.applied(step.what);
      } catch (error) {
        this.undo();
        throw new SetupError(`cannot ${step.what}: ${reasonOf(error)}`, { cause: error });
      }
    }
  }

  /** Undoes everything, last step first. Never throws; doing it twice does nothing. */
  undo(): void {
    // Without one of our own the journal may be that of another daemon, which needs it.
    if (!this.#hasJournal) return;
    this.#hasJournal = false;
    this.#undoAll(this.#begun);
    this.#begun = [];
    endJournal(this.#journal, this.#madeDirectory);
  }

  #undoAll(entries: readonly JournalEntry[]): void {
    const { undo, observer } = this.#options;
    for (const { kind, found } of entries.toReversed()) {
      try {
        undo[kind]?.(found);
        observer.undone(kind);
      } catch (error) {
        observer.undoFailed(kind, reasonOf(error));
      }
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
