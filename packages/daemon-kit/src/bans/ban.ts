/** A ban: whom a program refuses, since when, until when, and why. */

/** A ban as it is kept. The program defines the kinds, such as `client`, and the canonical text of their targets. */
export interface Ban {
  readonly kind: string;
  /** Canonical text: there is at most one ban of a target. */
  readonly target: string;
  /** When it was made, ISO 8601. */
  readonly at: string;
  /** Who made it, as they call themselves. */
  readonly by: string;
  readonly why?: string | undefined;
}

/** A ban in a list. */
export interface ListedBan extends Ban {
  /** When it ends, ISO 8601 on today's clock; absent for one without an end. */
  readonly until?: string;
  /** Seconds until then. */
  readonly secondsLeft?: number;
}

/** Most bans of a program. */
export const MAX_BANS = 4096;

/** Longest text of a target, a reason and a name. */
export const MAX_TARGET_LENGTH = 128;
export const MAX_WHY_LENGTH = 200;
export const MAX_NAME_LENGTH = 64;

/** Longest ban with an end, in seconds: ten years. */
export const MAX_BAN_SECONDS: number = 10 * 365 * 86_400;
