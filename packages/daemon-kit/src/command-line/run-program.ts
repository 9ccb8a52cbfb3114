import { type Command, CommanderError } from "commander";
import { ConfigFileError } from "../config/index.ts";
import { UsageError } from "./errors.ts";
import { ExitCode } from "./exit-code.ts";
import { explainFailure } from "./explain-failure.ts";
import { whenOutputEnds } from "./output-ends.ts";

/**
 * Runs a program with the arguments of this process and sets its exit code. Errors become a sentence on standard error and
 * one of {@link ExitCode}. Never rejects.
 *
 * @param create makes the command line, see `createCommand`; its actions give `done` the exit code
 */
export async function runProgram(create: (done: (exitCode: number) => void) => Command): Promise<void> {
  const program = create((exitCode) => {
    process.exitCode = exitCode;
  });
  whenOutputEnds(program.name());
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = report(program.name(), error);
  }
}

function report(program: string, error: unknown): number {
  // Commander has told the user already; --help and --version come here with 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  const { code, message } = explainFailure(error);
  // Problems of a file begin with its name, as those of a compiler do.
  const text = error instanceof ConfigFileError ? message : `${program}: ${message}`;
  process.stderr.write(`${text}\n${error instanceof UsageError ? `Try ${program} --help.\n` : ""}`);
  return code;
}
