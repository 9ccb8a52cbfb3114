import { ExitCode } from "./exit-code.ts";

/**
 * Says how the program ends when its standard output does: with 0 when whoever read it has stopped (`head`, `less`), with
 * a sentence and {@link ExitCode.software} when it cannot be written, to a full disk for example.
 */
export function whenOutputEnds(program: string): void {
  process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") process.exit(ExitCode.ok);
    process.stderr.write(`${program}: the output cannot be written (${message})\n`);
    process.exit(ExitCode.software);
  });
}
