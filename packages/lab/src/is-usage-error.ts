import { UsageError } from "@nat64/daemon-kit/command-line";

/** Whether the command line is invalid. `parseArgs` reports an unknown option with a code of its own. */
export function isUsageError(error: unknown): boolean {
  return error instanceof UsageError || String((error as { code?: unknown }).code).startsWith("ERR_PARSE_ARGS");
}
