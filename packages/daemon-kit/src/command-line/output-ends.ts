import { ExitCode } from "./exit-code.ts";

/**
 * Ends the program when its standard output ends: with {@link ExitCode.ok} when the reader has stopped (`head`, `less`), and
 * with a sentence and {@link ExitCode.software} when writing fails, for example to a full disk.
 */
export function whenOutputEnds(program: string): void {
  process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") process.exit(ExitCode.ok);
    process.stderr.write(`${program}: the output cannot be written (${message})\n`);
    process.exit(ExitCode.software);
  });
}
