import { ExitCode, UsageError } from "@nat64/daemon-kit/command-line";
import {
  type ComplaintProtocol,
  ComplaintTimeError,
  complaintWindow,
  composeLetter,
  type LetterLanguage,
  mailOf,
  parseComplaintTime,
  writeLetterFile,
} from "@nat64/daemon-kit/complaints";
import { AddressError, compilePool, compilePrefix, formatIPv6, parseIPv6 } from "@nat64/rfc6052";
import { findKnown, type KnownOptions } from "../../daemon/known.ts";
import { type Output, writeJson } from "../../output/output.ts";
import type { Complaint } from "./complaint.ts";
import { investigate } from "./investigate.ts";
import { readComplaintAddress } from "./read-address.ts";
import { renderReport } from "./render.ts";
import type { AnsweredReport } from "./report.ts";

/** Options of `v6peer abuse`. */
export interface AbuseOptions extends Omit<KnownOptions, "own"> {
  readonly own?: true;
  readonly json?: true;
  readonly at?: string;
  readonly port?: number;
  readonly protocol?: ComplaintProtocol;
  /** Seconds that the complainant's clock may be wrong. */
  readonly skew: number;
  /** An address of the suspected client. */
  readonly client?: string;
  readonly language: LetterLanguage;
  /** File for the letter; `-` prints only the letter. */
  readonly letter?: string;
}

/** `v6peer abuse`: 0 if the address belongs to this peer, 1 if it does not. */
export async function abuse(text: string, options: AbuseOptions, output: Output): Promise<number> {
  for (const prefix of options.prefix ?? []) checkPrefix(prefix);
  const { complaint, assumed } = readComplaint(text, options);
  const { own, ...places } = options;
  const known = await findKnown({ ...places, ...(own && { own: complaint.address }) });
  const found = await investigate(complaint, known);
  const report = { ...found, warnings: [...assumed, ...found.warnings] };
  const { language } = options;
  const letter = composeLetter(report, report.subject, {
    language,
    ...(known.terms !== undefined && { terms: known.terms }),
    ...(known.contact !== undefined && { contact: known.contact }),
  });
  const answered: AnsweredReport = { ...report, letter: { language, ...letter } };
  const mail = mailOf(letter).trimEnd();
  if (options.letter !== undefined && options.letter !== "-") {
    const problem = writeLetterFile(options.letter, letter);
    if (problem !== undefined) throw new UsageError(problem);
  }
  if (options.letter === "-") output.line(mail);
  else if (options.json) writeJson(output, answered);
  else {
    for (const line of renderReport(report, output)) output.line(line);
    if (options.letter === undefined) output.line(`\n${mail}`);
    else output.line(`\nThe letter is in ${options.letter}.`);
  }
  return report.subject.kind === "foreign" ? ExitCode.failed : ExitCode.ok;
}

function readComplaint(
  text: string,
  options: AbuseOptions,
): { readonly complaint: Complaint; readonly assumed: readonly string[] } {
  const found = readComplaintAddress(text);
  const port = options.port ?? found.port;
  const client = options.client === undefined ? undefined : networkOf(options.client);
  const complaint: Complaint = {
    ...found,
    ...(port !== undefined && { port }),
    ...(options.protocol !== undefined && { protocol: options.protocol }),
    ...(client !== undefined && { client }),
  };
  if (options.at === undefined) return { complaint, assumed: [] };
  try {
    const time = parseComplaintTime(options.at, Date.now());
    const window = complaintWindow(time, options.skew);
    return { complaint: { ...complaint, window, time: new Date(time.ms).toISOString() }, assumed: time.assumed };
  } catch (error) {
    if (error instanceof ComplaintTimeError) throw new UsageError(`--at: ${error.message}`);
    throw error;
  }
}

/** The /64 of a client, as the audit log names it. */
function networkOf(text: string): string {
  try {
    const [w0, w1] = parseIPv6(text.replace(/\/\d+$/, ""));
    return `${formatIPv6([w0, w1, 0, 0])}/64`;
  } catch (error) {
    if (error instanceof AddressError) throw new UsageError(`--client: ${error.message}`);
    throw error;
  }
}

function checkPrefix(text: string): void {
  try {
    if (text.endsWith("/80")) compilePool(text);
    else compilePrefix(text);
  } catch (error) {
    if (error instanceof AddressError) throw new UsageError(`--prefix: ${error.message}`);
    throw error;
  }
}
