import { Command } from "commander";
import { ExitCode } from "./exit-code.ts";

/** What a program says about itself. */
export interface ProgramDescription {
  readonly name: string;
  /** An imperative sentence. */
  readonly description: string;
  readonly version: string;
  /** Paragraphs that follow the options in the help. */
  readonly text?: readonly string[];
  /** What each exit code of this program means. */
  readonly exitCodes: { readonly [Name in keyof typeof ExitCode]?: string };
}

/**
 * The command line of a program, to which it adds its options and commands: `--help` and `--version`, errors that begin with
 * the program's name and say how to get help. Commands that are added inherit all of it.
 */
export function createCommand({ name, description, version, text = [], exitCodes }: ProgramDescription): Command {
  const codes = Object.entries(exitCodes).map(
    ([key, meaning]) => `  ${String(ExitCode[key as keyof typeof ExitCode]).padEnd(2)}  ${meaning}`,
  );
  return new Command(name)
    .description(description)
    .version(`${name} ${version}`, "-V, --version", "Show the version and exit.")
    .helpOption("-h, --help", "Show this help and exit.")
    .showHelpAfterError(`Try ${name} --help.`)
    .configureOutput({ outputError: (error, write) => write(error.replace(/^error: /, `${name}: `)) })
    .addHelpText("after", ["", ...text, `Exit codes:\n${codes.join("\n")}`].join("\n\n").slice(1))
    .exitOverride();
}
