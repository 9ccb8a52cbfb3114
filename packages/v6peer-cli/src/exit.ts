import { DaemonError } from "@nat64/v6peer-daemon/client";
import { ConfigFileError } from "@nat64/v6peer-daemon/config";

/** Exit codes: 1 is "looked, and something is wrong"; the others are those of sysexits.h. */
export const ExitCode = { ok: 0, finding: 1, usage: 64, unavailable: 69, software: 70, config: 78 } as const;

/** A user's mistake; `message` says what is wrong and what to do. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}

/** Something that is asked for over the network cannot be had; `message` says what, and why. */
export class UnavailableError extends Error {
  override readonly name: string = "UnavailableError";
}

/** The exit code for an error, and the sentence to show: never a stack trace for what is no bug of ours. */
export function explainFailure(error: unknown): { readonly code: number; readonly message: string } {
  if (error instanceof UsageError) return { code: ExitCode.usage, message: error.message };
  if (error instanceof UnavailableError) return { code: ExitCode.unavailable, message: error.message };
  if (error instanceof ConfigFileError) return { code: ExitCode.config, message: error.message };
  if (error instanceof DaemonError) {
    const isAbsent = ["unreachable", "forbidden", "lost", "protocol"].includes(error.code);
    const code = isAbsent ? ExitCode.unavailable : error.code === "bad-request" ? ExitCode.usage : ExitCode.finding;
    return { code, message: error.message };
  }
  return { code: ExitCode.software, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
