/** Anything that JSON can hold: what a step found before it changed something. */
export type Found = string | number | boolean | null | readonly Found[] | { readonly [key: string]: Found };

/**
 * One change to this host. The three parts are separate so that what was found is on disk before anything changes:
 * after a crash at any point the next start can still undo.
 */
export interface Step {
  /** A key of `SetupOptions.undo`. A key that is not in it needs no undo. */
  readonly kind: string;
  /** For logs: what it does, in a few words. */
  readonly what: string;
  /** Inspects the host and returns everything that `undo` needs. Changes nothing. */
  inspect(): Found;
  /** Makes the change. Throws when it cannot; a change half made is undone by `undo`. */
  apply(): void;
  /**
   * Whether the change still stands: somebody else may undo it under a running daemon. Left out: it is not watched. Throws when it
   * cannot tell.
   */
  isIntact?(): boolean;
  /** Makes the change again after somebody has undone it, or a part of it. Left out: it can only be told. Throws when it cannot. */
  mend?(): void;
}

/**
 * Takes a change back to what was found. Bears that the change was never made, was already undone, or that someone
 * else changed the same thing since (then theirs stays).
 */
export type Undo = (found: Found) => void;
