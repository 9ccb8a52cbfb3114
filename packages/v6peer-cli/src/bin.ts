/** The command `v6peer`: runs the program and turns what it throws into exit codes. */
import { whenOutputEnds } from "@nat64/daemon-kit/command-line";
import { type Command, CommanderError } from "commander";
import { ExitCode, explainFailure } from "./exit.ts";
import { standardOutput } from "./output/output.ts";
import { createProgram } from "./program.ts";

whenOutputEnds("v6peer");

const program = createProgram(standardOutput(), (exitCode) => {
  process.exitCode = exitCode;
});
overrideExits(program);
try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has said what is wrong; --help and --version come here, too, with 0.
    process.exitCode = error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  } else {
    const { code, message } = explainFailure(error);
    process.stderr.write(`v6peer: ${message}\n`);
    process.exitCode = code;
  }
}

/** Commands of commands inherit this only from what was there when they were made. */
function overrideExits(command: Command): void {
  command.exitOverride();
  for (const each of command.commands) overrideExits(each);
}
