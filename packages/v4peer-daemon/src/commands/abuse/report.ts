/** The answer to a complaint: text, JSON, letter. */
import { type ComplaintSubject, composeLetter, type Letter, mailOf } from "@nat64/daemon-kit/complaints";
import type { Complaint, Suspect } from "./complaint.ts";
import type { Certainty } from "./judge.ts";

/** All that is known. */
export interface Report {
  readonly complaint: Complaint;
  readonly suspects: readonly Suspect[];
  readonly certainty: Certainty;
  readonly notes: readonly string[];
}

/** How the report is written. */
export interface ReportForm {
  readonly json: boolean;
  /** Path of the file with the letter; "-": only the letter is printed; left out, it follows the text. */
  readonly letter: string | undefined;
}

/** Why the letter names no pair. */
const WHY_UNKNOWN = { certain: "none", likely: "none", unclear: "several", unknown: "no-log" } as const;

/** The reply. @param terms URL of the terms of service */
export function letterFor(report: Report, terms: string | undefined): Letter {
  const { certainty, suspects, complaint } = report;
  const [first] = suspects;
  const subject: ComplaintSubject = {
    kind: "ipv4-peer",
    ...(certainty.level !== "unclear" && first !== undefined
      ? { pair: first }
      : { unknown: WHY_UNKNOWN[certainty.level] }),
  };
  return composeLetter(factsOf(report), subject, {
    language: complaint.language,
    ...(terms !== undefined && { terms }),
  });
}

/** Writes the report to standard output. */
export function writeReport(report: Report, letter: Letter, { json, letter: file }: ReportForm): void {
  if (file === "-") process.stdout.write(mailOf(letter));
  else if (json) process.stdout.write(`${JSON.stringify(toJson(report, letter), null, 2)}\n`);
  else {
    const end = file === undefined ? mailOf(letter) : `The letter is in ${file}.\n`;
    process.stdout.write(`${describe(report).join("\n")}\n\n${end}`);
  }
}

function factsOf({ complaint: { port, protocol, time }, suspects }: Report) {
  const address = suspects[0]?.mapped;
  return { ...(address !== undefined && { address }), port, ...(protocol && { protocol }), time: time.at };
}

function toJson(report: Report, letter: Letter): object {
  const { complaint, certainty, suspects, notes } = report;
  const { language } = complaint;
  const window = windowOf(complaint);
  return { ...factsOf(report), window, certainty, pairs: suspects, notes, letter: { language, ...letter } };
}

function describe({ complaint, certainty, suspects, notes }: Report): readonly string[] {
  const { from, to } = windowOf(complaint);
  return [
    `Port         ${complaint.port}`,
    `Time         ${from} to ${to}`,
    ...suspects.flatMap(({ prefix, peer, selector, ports, teredo }) => [
      `IPv6 prefix  ${prefix}`,
      `IPv6 peer    ${peer}, selector ${selector}, ports ${ports[0]}-${ports[1]}`,
      ...(teredo === undefined ? [] : [`Teredo       ${teredo}`]),
    ]),
    `Certainty    ${certainty.level}: ${certainty.because}`,
    ...notes.map((note) => `Note         ${note}`),
  ];
}

function windowOf({ time: { window } }: Complaint): { readonly from: string; readonly to: string } {
  return { from: new Date(window.from).toISOString(), to: new Date(window.to).toISOString() };
}
