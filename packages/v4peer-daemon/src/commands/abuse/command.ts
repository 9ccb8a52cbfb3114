/** `v4peer abuse`. */
import { resolve } from "node:path";
import { ExitCode, jsonOption, parsePath, UsageError, wholeNumber } from "@nat64/daemon-kit/command-line";
import {
  ComplaintTimeError,
  complaintWindow,
  LETTER_LANGUAGES,
  LETTERS,
  parseComplaintTime,
  writeLetterFile,
} from "@nat64/daemon-kit/complaints";
import { type Command, Option } from "commander";
import { addDaemonOptions, type DaemonOptions } from "../../command-line/daemon-options.ts";
import { loadConfig } from "../../config/load.ts";
import { pathsOf } from "../../config/paths.ts";
import type { Complaint, ComplaintTime } from "./complaint.ts";
import { judge } from "./judge.ts";
import { letterFor, type Report, writeReport } from "./report.ts";
import { askLog, findSuspects } from "./suspects.ts";

/** Seconds by which the complainant's clock and ours may differ. */
const DEFAULT_SKEW_SECONDS = 60;
const MAX_SKEW_SECONDS = 86_400;

interface AbuseOptions extends DaemonOptions, Pick<Complaint, "port" | "protocol" | "language"> {
  readonly at: string;
  readonly skew: number;
  readonly letter?: string;
  readonly auditLog?: string;
  readonly json?: true;
}

/** Adds the command. */
export function addAbuse(program: Command, done: (exitCode: number) => void): void {
  const languages = LETTER_LANGUAGES.map((code) => `${code} (${LETTERS[code].language})`).join(", ");
  addDaemonOptions(program.command("abuse"))
    .description("Answer a complaint: which IPv6 peer had a port at a time, how certain that is, and a reply letter.")
    .requiredOption(
      "--at <time>",
      'The time, with its time zone: "2031-05-17 23:04:05 +0200", as logs have it, or Unix seconds.',
    )
    .requiredOption("--port <number>", "The source port, as the complainant saw it.", wholeNumber(0, 65_535))
    .addOption(new Option("--protocol <name>", "The transport protocol.").choices(["tcp", "udp"]))
    .option(
      "--skew <seconds>",
      "Maximum difference between the complainant's clock and this one.",
      wholeNumber(0, MAX_SKEW_SECONDS, "seconds"),
      DEFAULT_SKEW_SECONDS,
    )
    .addOption(
      new Option("-l, --language <code>", `Language of the letter: ${languages}.`)
        .choices(LETTER_LANGUAGES)
        .default("en"),
    )
    .option("--letter <file>", 'Write the letter to a new file; "-" prints the letter and nothing else.', parsePath)
    .option("--audit-log <directory>", "Search this audit log.", parsePath)
    .addOption(jsonOption())
    .action(async (options: AbuseOptions) => done(await abuse(options)));
}

async function abuse(options: AbuseOptions): Promise<number> {
  const { config: path, port, protocol, language, json } = options;
  const config = path === undefined ? undefined : loadConfig(resolve(path));
  const paths = pathsOf(config);
  const time = timeOf(options);
  const logged = await askLog(options.auditLog ?? paths.auditLog, time.window);
  const suspects = await findSuspects(options.socket ?? paths.socket, port, logged);
  const report: Report = {
    complaint: { port, time, language, ...(protocol !== undefined && { protocol }) },
    suspects,
    certainty: judge(suspects, logged.answer),
    notes: [...time.assumed, ...logged.notes],
  };
  const letter = letterFor(report, config?.complaints.terms);
  const isPrinted = options.letter === "-";
  if (options.letter !== undefined && !isPrinted) {
    const problem = writeLetterFile(options.letter, letter);
    if (problem !== undefined) throw new UsageError(problem);
  }
  writeReport(report, letter, { json: json === true, letter: options.letter });
  return suspects.length > 0 ? ExitCode.ok : ExitCode.failed;
}

function timeOf({ at, skew }: AbuseOptions): ComplaintTime {
  try {
    const time = parseComplaintTime(at, Date.now());
    return { window: complaintWindow(time, skew), at: new Date(time.ms).toISOString(), assumed: time.assumed };
  } catch (error) {
    if (error instanceof ComplaintTimeError) throw new UsageError(`--at: ${error.message}`);
    throw error;
  }
}
