/** Anything that JSON can hold: what a step found before it changed something. */
export type Found = string | number | boolean | null | readonly Found[] | { readonly [key: string]: Found };

/**
 * One change to this host. The three parts are separate so that what was found is on disk before anything changes:
 * after a crash at any point the next start can still undo.
 */
export interface Step {
  /** What undoes it: a key of `SetupOptions.undo`. One that is not there needs nothing: it goes away by itself. */
  readonly kind: string;
  /** For logs: what it does, in a few words. */
  readonly what: string;
  /** Looks at what is there and returns all that `undo` will need. Changes nothing. */
  inspect(): Found;
  /** Makes the change. Throws when it cannot; a change half made is undone by `undo`. */
  apply(): void;
}

/**
 * Takes a change back to what was found. Bears that the change was never made, was already undone, or that someone
 * else changed the same thing since (then theirs stays).
 */
export type Undo = (found: Found) => void;
