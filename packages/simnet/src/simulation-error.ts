/** Stable code of what went wrong. */
export type SimulationErrorCode =
  /** A name, address, prefix or port is taken. */
  | "in-use"
  /** An option or argument makes no sense. */
  | "bad-option"
  /** An invariant did not hold. */
  | "invariant"
  /** A handler threw. */
  | "handler"
  /** Very many events without the clock moving on. */
  | "no-progress"
  /** It did not become idle in the time that was given. */
  | "not-idle";

/** A mistake in a scenario, or a run that failed: with all that is needed to run it again and look into it. */
export class SimulationError extends Error {
  override readonly name = "SimulationError";
  readonly code: SimulationErrorCode;
  /** The last lines of the trace. */
  readonly trace: readonly string[];

  constructor(code: SimulationErrorCode, message: string, trace: readonly string[] = [], cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.trace = trace;
  }
}
