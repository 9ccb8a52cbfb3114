import { CHECK_CODES, type CheckCode, type Severity } from "./codes.ts";

/** The result of one check. */
export interface Finding<Code extends string = string> {
  /** Stable, for programs. */
  readonly code: Code;
  /**
   * `info`: nothing is wrong, but it is worth knowing. `warn`: it works, but probably not as intended. `error`: v6peerd
   * cannot work.
   */
  readonly severity: Severity;
  /** The result, in a sentence. */
  readonly message: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** A finding without a problem. */
export function ok(code: CheckCode, message: string): Finding<CheckCode> {
  return { code, severity: "ok", message };
}

/** A finding that is worth knowing, without a problem. */
export function info(code: CheckCode, message: string, advice?: string): Finding<CheckCode> {
  return { code, severity: "info", message, ...(advice !== undefined && { advice }) };
}

/** A finding about something that probably does not work as intended. */
export function warn(code: CheckCode, message: string, advice: string = CHECK_CODES[code].fix): Finding<CheckCode> {
  return { code, severity: "warn", message, advice };
}

/** A finding about something that stops v6peerd from working. */
export function error(code: CheckCode, message: string, advice: string = CHECK_CODES[code].fix): Finding<CheckCode> {
  return { code, severity: "error", message, advice };
}

/** Runs a check. If it throws, the result is a warning with the reason. */
export function attempt(
  code: CheckCode,
  what: string,
  check: () => readonly Finding<CheckCode>[],
): readonly Finding<CheckCode>[] {
  try {
    return check();
  } catch (failure) {
    return [warn(code, `The ${what} could not be read.`, reasonOf(failure))];
  }
}

/** The message of an error. */
export function reasonOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
