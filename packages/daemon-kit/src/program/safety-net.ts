import type { Logger } from "pino";
import { ExitCode } from "../command-line/index.ts";

/** Ends the process with {@link ExitCode.software} on an error that nobody caught, after `undoSetup` and a line in the log. */
export function catchUnexpectedErrors(undoSetup: () => void, log: Logger): void {
  const end = (error: unknown, event: string): never => {
    const { message: reason, stack } = error instanceof Error ? error : new Error(String(error));
    log.fatal({ reason, stack }, event);
    undoSetup();
    process.exit(ExitCode.software);
  };
  process.on("uncaughtException", (error) => end(error, "unexpected error; undoing the set-up"));
  process.on("unhandledRejection", (error) => end(error, "unexpected error in the background; undoing the set-up"));
}
