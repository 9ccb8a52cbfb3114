import { existsSync } from "node:fs";
import { ExitCode, UsageError } from "@nat64/daemon-kit/command-line";
import { type DaemonConfig, parseConfig } from "@nat64/v6peer-daemon/config";
import { type Output, writeJson } from "../../output/output.ts";
import type { Answers } from "./answers.ts";
import { type AnswerFlags, answersFromFlags } from "./flags.ts";
import { readHostFacts } from "./host-facts.ts";
import { Cancelled } from "./prompt.ts";
import { ask, confirmFile, endDialogue } from "./questions.ts";
import { renderConfig } from "./render.ts";
import { refuseOverwriting, writeConfigFile } from "./write-file.ts";

/** Options of `v6peer init`. */
export interface InitOptions extends AnswerFlags {
  readonly config: string;
  readonly yes?: true;
  readonly force?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

/** `v6peer init`: 0 if the file was written or printed, 1 if the user cancelled. */
export async function init(options: InitOptions, output: Output): Promise<number> {
  const { config: path, force = false, dryRun = false, json = false } = options;
  const exists = existsSync(path);
  if (exists && !force && !dryRun) throw refuseOverwriting(path);
  const asks = options.yes === undefined && !json;
  if (asks && !(process.stdin.isTTY && output.isTerminal)) {
    throw new UsageError(
      "there is no terminal to ask questions on. Use --yes to take the options, and the proposals for everything else",
    );
  }
  const facts = readHostFacts();
  if (!asks) {
    const text = render(answersFromFlags(options, facts));
    if (!dryRun) writeConfigFile(path, text.toml, force);
    if (json) {
      writeJson(output, {
        path,
        written: !dryRun,
        prefix: text.config.file.prefix,
        nat64Prefix: text.config.nat64Prefix,
        config: text.toml,
      });
    } else {
      output.line(dryRun ? text.toml.trimEnd() : written(path, text.config));
    }
    return ExitCode.ok;
  }
  giveSize(process.stdout);
  try {
    const text = render(await ask(options, facts));
    if (dryRun) {
      output.line(text.toml.trimEnd());
      return ExitCode.ok;
    }
    if (!(await confirmFile(path, text.toml, exists))) throw new Cancelled("not wanted");
    writeConfigFile(path, text.toml, force);
    endDialogue(written(path, text.config));
    return ExitCode.ok;
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    endDialogue("Nothing was written.");
    return ExitCode.failed;
  }
}

/** A serial console may report a size of 0 by 0 characters, which would print the questions one letter per line. */
function giveSize(terminal: NodeJS.WriteStream): void {
  if (terminal.columns > 0) return;
  terminal.columns = 80;
  terminal.rows = 24;
}

/** The file, and the configuration that v6peerd reads from it. */
interface Rendered {
  readonly toml: string;
  readonly config: DaemonConfig;
}

/** Renders the file. Throws a `UsageError` for conflicts between answers. */
function render(answers: Answers): Rendered {
  const toml = renderConfig(answers);
  const config = parseConfig(toml);
  if ("file" in config) return { toml, config };
  throw new UsageError(config.map(({ key, message }) => `${key}: ${message}`).join("\nv6peer: "));
}

function written(path: string, { nat64Prefix }: DaemonConfig): string {
  return `Wrote ${path}. Use ${nat64Prefix} in your DNS64. Next: v6peer doctor --config ${path}`;
}
