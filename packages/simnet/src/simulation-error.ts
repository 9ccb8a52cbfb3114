/** Stable code of an error. */
export type SimulationErrorCode =
  /** A name, address, prefix or port is taken. */
  | "in-use"
  /** An option or argument is invalid. */
  | "bad-option"
  /** An invariant did not hold. */
  | "invariant"
  /** A handler threw. */
  | "handler"
  /** Too many events without progress of the clock. */
  | "no-progress"
  /** It did not become idle within the given time. */
  | "not-idle";

/** A mistake in a scenario, or a failed run, with everything needed to reproduce and debug it. */
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
