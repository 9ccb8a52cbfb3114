import { ConfigFileError } from "../config/index.ts";
import { DaemonError, type DaemonErrorCode } from "../control/index.ts";
import { explainError, isSystemError } from "../system/index.ts";
import { HostError, UnavailableError, UsageError } from "./errors.ts";
import { ExitCode } from "./exit-code.ts";

/** How a program ends. */
export interface Failure {
  /** One of {@link ExitCode}. */
  readonly code: number;
  /** What to show; a stack trace only when the error is a bug of ours. */
  readonly message: string;
}

/** Codes that mean: there is no daemon to ask. */
const NOT_REACHABLE: ReadonlySet<DaemonErrorCode> = new Set(["unreachable", "forbidden", "lost", "protocol"]);

/** The exit code and the text for an error that ended a program. */
export function explainFailure(error: unknown): Failure {
  if (error instanceof UsageError) return { code: ExitCode.usage, message: error.message };
  if (error instanceof UnavailableError) return { code: ExitCode.unavailable, message: error.message };
  if (error instanceof HostError) return { code: ExitCode.system, message: error.message };
  if (error instanceof ConfigFileError) return { code: ExitCode.config, message: error.message };
  if (error instanceof DaemonError) return { code: codeOf(error.code), message: error.message };
  if (isSystemError(error)) return { code: ExitCode.system, message: explainError(error) };
  return { code: ExitCode.software, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

function codeOf(code: DaemonErrorCode): number {
  if (NOT_REACHABLE.has(code)) return ExitCode.unavailable;
  return code === "bad-request" ? ExitCode.usage : ExitCode.failed;
}
