/** `v4peer abuse`: whose a port was. */
import { type AuditAnswer, type PairRecord, searchAuditLog, type TimeWindow } from "@nat64/daemon-kit/audit-log";
import {
  type ComplaintProtocol,
  type ComplaintSubject,
  ComplaintTimeError,
  complaintWindow,
  composeLetter,
  LETTER_LANGUAGES,
  type LetterLanguage,
  mailOf,
  parseComplaintTime,
  writeLetterFile,
} from "@nat64/daemon-kit/complaints";
import { DaemonError } from "@nat64/daemon-kit/control";
import { ExitCode } from "@nat64/daemon-kit/program";
import { askStatus } from "../control/client.ts";
import { UsageError } from "./arguments.ts";

/** Seconds that the complainant's clock and ours may be apart. */
const DEFAULT_SKEW = 60;

/** What the command line says, as text. */
export interface AbuseArguments {
  readonly at?: string | undefined;
  readonly port?: string | undefined;
  readonly protocol?: string | undefined;
  readonly skew?: string | undefined;
  readonly language?: string | undefined;
  readonly letter?: string | undefined;
}

/** Where to look. */
export interface AbusePlaces {
  readonly socket: string;
  /** The audit log; missing when none is kept. */
  readonly auditLog: string | undefined;
  readonly terms: string | undefined;
}

/** A pair that had the port. */
interface Suspect {
  readonly prefix: string;
  readonly peer: string;
  readonly pair: string;
  readonly selector: string;
  readonly ports: readonly [number, number];
  readonly teredo?: string;
  readonly mapped?: string;
  readonly behindNat: boolean;
  readonly isThroughout: boolean;
  readonly source: "log" | "now";
}

/** Answers a complaint. @returns 0, or 1 when no pair had the port, or nobody can tell */
export async function abuse(args: AbuseArguments, places: AbusePlaces, json: boolean): Promise<number> {
  const port = portOf(args.port);
  const protocol = protocolOf(args.protocol);
  const language = languageOf(args.language);
  const { window, time, assumed } = timeOf(args.at, args.skew);
  const logged = await askLog(places.auditLog, window);
  const suspects = await findSuspects(places.socket, port, logged);
  const certainty = judge(suspects, logged);
  const [first] = suspects;
  const subject: ComplaintSubject = {
    kind: "ipv4-peer",
    ...(certainty.level !== "unclear" && first !== undefined ? { pair: first } : { unknown: WHY[certainty.level] }),
  };
  const address = first?.mapped;
  const facts = { ...(address !== undefined && { address }), port, ...(protocol && { protocol }), time };
  const terms = places.terms !== undefined && { terms: places.terms };
  const letter = composeLetter(facts, subject, { language, ...terms });
  const mail = mailOf(letter);
  const shown = { from: new Date(window.from).toISOString(), to: new Date(window.to).toISOString() };
  const notes = [...assumed, ...logged.notes];
  const problem = args.letter === undefined || args.letter === "-" ? undefined : writeLetterFile(args.letter, letter);
  if (problem !== undefined) throw new UsageError(problem);
  if (args.letter === "-") process.stdout.write(mail);
  else if (json) {
    const report = { ...facts, window: shown, certainty, pairs: suspects, notes, letter: { language, ...letter } };
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  } else {
    process.stdout.write(`${describe(port, shown, certainty, suspects, notes).join("\n")}\n`);
    process.stdout.write(args.letter === undefined ? `\n${mail}` : `\nThe letter is in ${args.letter}.\n`);
  }
  return suspects.length > 0 ? ExitCode.ok : ExitCode.failed;
}

interface Logged {
  readonly answer: AuditAnswer | undefined;
  readonly notes: readonly string[];
}

async function askLog(directory: string | undefined, window: TimeWindow): Promise<Logged> {
  if (directory === undefined) return { answer: undefined, notes: ["no audit log is kept (audit-log.enabled)"] };
  try {
    const answer = await searchAuditLog(directory, { window, isPair: () => true });
    const gaps = answer.missing > 0 ? [`${answer.missing} lines of the audit log are missing or damaged`] : [];
    const cover = answer.isCovered ? [] : ["the audit log does not cover the time given"];
    return { answer, notes: [...cover, ...gaps] };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === "EACCES" ? `${directory} may not be read: try as root` : message;
    return { answer: undefined, notes: [`the audit log could not be asked: ${why}`] };
  }
}

/** The pairs that the log has, or, where it has no say, those of the one that runs. */
async function findSuspects(socket: string, port: number, { answer }: Logged): Promise<readonly Suspect[]> {
  const hasPort = (first: number, last: number): boolean => first <= port && port <= last;
  if (answer?.isCovered) {
    return answer.pairs
      .filter(({ held }) => hasPort(...held.ports))
      .map(({ held, isThroughout }): Suspect => ofRecord(held, isThroughout));
  }
  try {
    const { peer, wayOut } = await askStatus(socket);
    const mapped = peer.mapping?.address;
    return peer.pairs
      .filter(({ ports }) => hasPort(ports.first, ports.last))
      .map(
        ({ id, prefix, peer: other, selector, ports, address }): Suspect => ({
          prefix,
          peer: other,
          pair: id,
          selector: hex(selector),
          ports: [ports.first, ports.last],
          ...(address !== undefined && { teredo: address }),
          ...(mapped !== undefined && { mapped }),
          behindNat: mapped !== wayOut?.address,
          isThroughout: false,
          source: "now",
        }),
      );
  } catch (error) {
    if (error instanceof DaemonError) return [];
    throw error;
  }
}

function ofRecord(record: PairRecord, isThroughout: boolean): Suspect {
  const { prefix = "", peer, pair, selector, ports, teredo, mapped, behindNat = true } = record;
  return {
    prefix,
    peer,
    pair,
    selector: hex(selector),
    ports,
    ...(teredo !== undefined && { teredo }),
    ...(mapped !== undefined && { mapped }),
    behindNat,
    isThroughout,
    source: "log",
  };
}

/** Why no pair is named, for the letter. */
const WHY = { certain: "none", likely: "none", unclear: "several", unknown: "no-log" } as const;

interface Certainty {
  readonly level: "certain" | "likely" | "unclear" | "unknown";
  readonly because: string;
}

function judge(suspects: readonly Suspect[], { answer }: Logged): Certainty {
  const [first] = suspects;
  if (first === undefined) {
    return answer?.isCovered && answer.missing === 0
      ? { level: "certain", because: "the port was in no pair's block: it was none of the IPv6 peers" }
      : { level: "unknown", because: "nobody here knows whose the port was then" };
  }
  if (new Set(suspects.map(({ peer }) => peer)).size > 1) {
    return { level: "unclear", because: "within the time given, the block belonged to one IPv6 peer after the other" };
  }
  if (first.source === "now") {
    return { level: "likely", because: "the block belongs to this pair now, and the log does not say since when" };
  }
  if (!first.isThroughout) return { level: "likely", because: "the pair had the block for a part of the time given" };
  if (first.behindNat) {
    return { level: "likely", because: "the pair had the block, if the router before this host kept the port" };
  }
  return {
    level: "certain",
    because: "the pair had the block for all of the time given, and no NAT is before this host",
  };
}

function describe(
  port: number,
  window: { readonly from: string; readonly to: string },
  { level, because }: Certainty,
  suspects: readonly Suspect[],
  notes: readonly string[],
): readonly string[] {
  return [
    `Port         ${port}`,
    `Time         ${window.from} to ${window.to}`,
    ...suspects.flatMap(({ prefix, peer, selector, ports, teredo }) => [
      `IPv6 prefix  ${prefix}`,
      `IPv6 peer    ${peer}, selector ${selector}, ports ${ports[0]}-${ports[1]}`,
      ...(teredo === undefined ? [] : [`Teredo       ${teredo}`]),
    ]),
    `Certainty    ${level}: ${because}`,
    ...notes.map((note) => `Note         ${note}`),
  ];
}

function portOf(text: string | undefined): number {
  if (text === undefined) throw new UsageError("abuse: which port? Say --port N, the source port as it was seen");
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new UsageError(`--port ${text}: expected a whole number from 0 to 65535`);
}

function protocolOf(text: string | undefined): ComplaintProtocol | undefined {
  if (text === undefined || text === "tcp" || text === "udp") return text;
  throw new UsageError(`--protocol ${text}: expected tcp or udp`);
}

function languageOf(text = "en"): LetterLanguage {
  const found = LETTER_LANGUAGES.find((each) => each === text);
  if (found !== undefined) return found;
  throw new UsageError(`--language ${text}: there are letters in ${LETTER_LANGUAGES.join(", ")}`);
}

function timeOf(
  text: string | undefined,
  skewText = String(DEFAULT_SKEW),
): { readonly window: TimeWindow; readonly time: string; readonly assumed: readonly string[] } {
  if (text === undefined) throw new UsageError("abuse: when was it? Say --at TIME, with its time zone");
  if (!/^\d{1,5}$/.test(skewText)) throw new UsageError(`--skew ${skewText}: expected whole seconds`);
  try {
    const time = parseComplaintTime(text, Date.now());
    const window = complaintWindow(time, Number(skewText));
    return { window, time: new Date(time.ms).toISOString(), assumed: time.assumed };
  } catch (error) {
    if (error instanceof ComplaintTimeError) throw new UsageError(`--at: ${error.message}`);
    throw error;
  }
}

function hex(selector: number): string {
  return selector.toString(16).padStart(4, "0");
}
