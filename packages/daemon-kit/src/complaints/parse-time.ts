/** Times as complaints have them: ISO 8601 and the forms of common logs, always with their place in the world. */

/** A time that was read. */
export interface ComplaintTime {
  /** Milliseconds since 1970, UTC. */
  readonly ms: number;
  /** How long what was named lasts, in milliseconds: a second, or a minute where no seconds were given. */
  readonly span: number;
  /** What had to be assumed, in sentences. */
  readonly assumed: readonly string[];
}

/** Text that is not a time, or not a complete one; `message` lists the valid forms. */
export class ComplaintTimeError extends Error {
  override readonly name: string = "ComplaintTimeError";
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const CLOCK = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?`;
const ZONE = String.raw`\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?`;
/** RFC 5322 and date(1) put the day of the week first; nothing is learnt from it. */
const WEEKDAY = String.raw`(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?`;
const MONTH = `(${MONTHS.join("|")})[a-z]*`;

/** 2026-11-23T21:00:00+01:00, 2026/11/23 21:00 UTC (ISO 8601, RFC 3339). */
const ISO = new RegExp(String.raw`^(\d{4})[-/](\d{2})[-/](\d{2})(?:[T\s]+|\s*,\s*)${CLOCK}${ZONE}$`, "i");
/** 23/Nov/2026:21:00:00 +0100 (the Common Log Format), Mon, 23 Nov 2026 21:00:00 +0100 (RFC 5322 §3.3). */
const DAY_FIRST = new RegExp(String.raw`^${WEEKDAY}(\d{1,2})[\s/-]${MONTH}[\s/-](\d{4})[:\sT]\s*${CLOCK}${ZONE}$`, "i");
/** Nov 23 21:00:00 (RFC 3164 §4.1.2), Mon Nov 23 21:00:00 UTC 2026 (date(1)), Nov 23 2026 21:00:00. */
const MONTH_FIRST = new RegExp(
  String.raw`^${WEEKDAY}${MONTH}\s+(\d{1,2}),?(?:\s+(\d{4}))?\s+${CLOCK}${ZONE}(?:\s+(\d{4}))?$`,
  "i",
);

/** How far ahead of ours the complainant's clock may be. */
const MAX_AHEAD_MS = 86_400_000;

/** Maximum length of a time. */
const LONGEST = 64;

const FORMS =
  'expected a time with its zone, such as "2031-05-17T21:04:05Z", "2031-05-17 23:04:05 +0200", ' +
  '"17/May/2031:23:04:05 +0200" or seconds since 1970';

/**
 * Reads a time. One without a zone is taken as UTC, one without a year as the last one there was, and `assumed` says so.
 * Throws a {@link ComplaintTimeError}, also for names of zones such as CET, which are not the same everywhere.
 *
 * @param now milliseconds since 1970
 */
export function parseComplaintTime(text: string, now: number): ComplaintTime {
  const bare = text.trim().replace(/^\[(.*)\]$/, "$1");
  const found = bare.length > LONGEST ? undefined : (readUnix(bare) ?? readCalendar(bare, now));
  if (found === undefined) throw new ComplaintTimeError(`${quote(bare)} is not a valid time: ${explain(bare)}`);
  if (Number.isNaN(found.ms))
    throw new ComplaintTimeError(`${quote(bare)} is not a valid time: this day or hour does not exist`);
  if (found.ms > now + MAX_AHEAD_MS) {
    throw new ComplaintTimeError(`${quote(bare)} is in the future: are day, month and year in their places?`);
  }
  if (found.ms <= now) return found;
  return { ...found, assumed: [...found.assumed, "this is ahead of this host's clock"] };
}

/**
 * The span of time in which it may have been, in milliseconds since 1970.
 *
 * @param skew seconds that two clocks may be apart
 */
export function complaintWindow(
  { ms, span }: ComplaintTime,
  skew: number,
): { readonly from: number; readonly to: number } {
  return { from: ms - skew * 1000, to: ms + span + skew * 1000 };
}

function readUnix(text: string): ComplaintTime | undefined {
  const match = /^@?(\d{9,10})(?:\.\d{1,9})?$|^@?(\d{12,13})$/.exec(text);
  if (match === null) return undefined;
  return { ms: match[1] === undefined ? Number(match[2]) : Number(match[1]) * 1000, span: 1000, assumed: [] };
}

function readCalendar(text: string, now: number): ComplaintTime | undefined {
  const iso = ISO.exec(text);
  if (iso !== null) {
    const [, year, month, day, hour, minute, second, zone] = iso;
    return at({ year, month: Number(month), day, hour, minute, second, zone });
  }
  const dayFirst = DAY_FIRST.exec(text);
  if (dayFirst !== null) {
    const [, day, month, year, hour, minute, second, zone] = dayFirst;
    return at({ year, month: numberOf(month), day, hour, minute, second, zone });
  }
  const monthFirst = MONTH_FIRST.exec(text);
  if (monthFirst === null) return undefined;
  const [, month, day, yearBefore, hour, minute, second, zone, yearAfter] = monthFirst;
  const parts = { month: numberOf(month), day, hour, minute, second, zone };
  const year = yearBefore ?? yearAfter;
  if (year !== undefined) return at({ ...parts, year });
  const thisYear = new Date(now).getUTCFullYear();
  const recent = at({ ...parts, year: String(thisYear) });
  const found = recent.ms > now + MAX_AHEAD_MS ? at({ ...parts, year: String(thisYear - 1) }) : recent;
  const assumed = `no year was given: ${new Date(found.ms || 0).getUTCFullYear()} was taken`;
  return { ...found, assumed: [...found.assumed, assumed] };
}

function numberOf(month: string): number {
  return MONTHS.indexOf(month.slice(0, 3).toLowerCase()) + 1;
}

interface Parts {
  readonly year: string;
  readonly month: number;
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string | undefined;
  readonly zone: string | undefined;
}

/** `ms` is NaN for a day or an hour that does not exist. */
function at({ year, month, day, hour, minute, second, zone }: Parts): ComplaintTime {
  // A leap second has no number of its own in Unix time.
  const seconds = Math.min(Number(second ?? 0), 59);
  const ms = Date.UTC(Number(year), month - 1, Number(day), Number(hour), Number(minute), seconds);
  const date = new Date(ms);
  const exists =
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === Number(day) &&
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second ?? 0) <= 60;
  const assumed = [
    ...(zone === undefined ? ["no time zone was given: UTC was taken; ask for it, or try others"] : []),
    ...(second === undefined ? ["no seconds were given: the full minute was taken"] : []),
  ];
  const span = second === undefined ? 60_000 : 1000;
  return { ms: exists ? ms - offsetOf(zone) : Number.NaN, span, assumed };
}

/** Milliseconds east of UTC; NaN for a zone that does not exist. */
function offsetOf(zone: string | undefined): number {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone ?? "");
  if (match === null) return 0;
  const [, sign, hours, minutes = "0"] = match;
  if (Number(hours) > 14 || Number(minutes) > 59) return Number.NaN;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

function explain(text: string): string {
  const name = /\s([A-Z]{2,5})$/.exec(text)?.[1];
  const isZone = name !== undefined && name !== "AM" && name !== "PM" && /\d:\d\d/.test(text);
  return isZone ? `write the zone ${name} as hours from UTC, such as +0100` : FORMS;
}

function quote(text: string): string {
  return JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}
