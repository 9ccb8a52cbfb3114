/** One thing that was looked at. */
export interface Finding {
  /** Stable, for programs. */
  readonly code: string;
  /** `warn`: it works, but probably not as meant. `error`: v6peerd cannot do its work. */
  readonly severity: "ok" | "warn" | "error";
  /** What was found, in a sentence. */
  readonly message: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** A finding that is as it should be. */
export function ok(code: string, message: string): Finding {
  return { code, severity: "ok", message };
}

/** A finding that is worth a thought. */
export function warn(code: string, message: string, advice: string): Finding {
  return { code, severity: "warn", message, advice };
}

/** A finding that keeps v6peerd from working. */
export function error(code: string, message: string, advice: string): Finding {
  return { code, severity: "error", message, advice };
}
