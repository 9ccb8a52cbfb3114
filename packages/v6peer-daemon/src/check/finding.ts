import { CHECK_CODES, type CheckCode, type Severity } from "./codes.ts";

/** One thing that was looked at. */
export interface Finding<Code extends string = string> {
  /** Stable, for programs. */
  readonly code: Code;
  /**
   * `info`: nothing is wrong, but worth knowing. `warn`: it works, but probably not as meant. `error`: v6peerd cannot do
   * its work.
   */
  readonly severity: Severity;
  /** What was found, in a sentence. */
  readonly message: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** A finding that is as it should be. */
export function ok(code: CheckCode, message: string): Finding<CheckCode> {
  return { code, severity: "ok", message };
}

/** A finding that is worth knowing. */
export function info(code: CheckCode, message: string, advice?: string): Finding<CheckCode> {
  return { code, severity: "info", message, ...(advice !== undefined && { advice }) };
}

/** A finding that is worth a thought. */
export function warn(code: CheckCode, message: string, advice: string = CHECK_CODES[code].fix): Finding<CheckCode> {
  return { code, severity: "warn", message, advice };
}

/** A finding that keeps v6peerd from working. */
export function error(code: CheckCode, message: string, advice: string = CHECK_CODES[code].fix): Finding<CheckCode> {
  return { code, severity: "error", message, advice };
}

/** Looks at something; what cannot be looked at is a finding, too. */
export function attempt(
  code: CheckCode,
  what: string,
  check: () => readonly Finding<CheckCode>[],
): readonly Finding<CheckCode>[] {
  try {
    return check();
  } catch (failure) {
    return [warn(code, `${what} could not be looked at.`, reasonOf(failure))];
  }
}

/** What an error says. */
export function reasonOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
