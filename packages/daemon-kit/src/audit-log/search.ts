/** Who had a port at a time, as the log tells it. */
import { createReadStream, existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { DAY, dayOf, logPath } from "./files.ts";
import { ALIVE_INTERVAL_MS, type AuditRecord, type BlockRecord, type PairRecord, parseAuditLine } from "./record.ts";

/** A span of time in milliseconds since 1970, both ends included. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** Something that was held for some time, part of which lies in the window. */
export interface Holding<Held> {
  readonly held: Held;
  readonly from: number;
  /** `undefined`: to the end of what was read. */
  readonly to: number | undefined;
  /** Whether it was held all through the window. */
  readonly isThroughout: boolean;
}

/** What was asked for. */
export interface AuditQuestion {
  readonly window: TimeWindow;
  /** Which pairs are of interest, and which blocks. */
  readonly isPair?: (pair: PairRecord) => boolean;
  readonly isBlock?: (block: Omit<BlockRecord, "event">) => boolean;
}

/** What the log knows. */
export interface AuditAnswer {
  /** Whether the log was written all through the window. */
  readonly isCovered: boolean;
  /** Lines that are missing or damaged on the days in question: what is not found may have been. */
  readonly missing: number;
  readonly pairs: readonly Holding<PairRecord>[];
  readonly blocks: readonly Holding<BlockRecord>[];
  /** Ports that were taken out of somebody else's block, in one of these blocks. */
  readonly borrowed: readonly (Omit<BlockRecord, "event"> & { readonly event: "borrowed" })[];
}

/** Looks through the days of the window. Rejects when a file is there and cannot be read. */
export async function searchAuditLog(directory: string, question: AuditQuestion): Promise<AuditAnswer> {
  const search = new Search(question);
  for (const day of daysOf(question.window)) {
    const path = logPath(directory, day);
    if (!existsSync(path)) continue;
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line !== "") search.take(parseAuditLine(line));
    }
  }
  return search.answer();
}

/** The days of a window: each file begins with what was held then. */
function daysOf({ from, to }: TimeWindow): readonly string[] {
  const days: string[] = [];
  for (let day = dayOf(from); day <= dayOf(to); day = dayOf(Date.parse(day) + DAY)) days.push(day);
  return days;
}

class Search {
  readonly #window: TimeWindow;
  readonly #question: AuditQuestion;
  readonly #pairs: Open<PairRecord>;
  readonly #blocks: Open<BlockRecord>;
  readonly #borrowed: AuditAnswer["borrowed"][number][] = [];
  #missing = 0;
  /** Spans in which the log was written. */
  #runs: { readonly from: number; to: number }[] = [];
  #isRunning = false;
  #lastAt = Number.NEGATIVE_INFINITY;

  constructor(question: AuditQuestion) {
    this.#question = question;
    this.#window = question.window;
    this.#pairs = new Open(question.window);
    this.#blocks = new Open(question.window);
  }

  take(record: AuditRecord | undefined): void {
    if (record === undefined) {
      this.#missing++;
      return;
    }
    const at = Date.parse(record.at);
    this.#note(record, at);
    switch (record.event) {
      case "pair":
        if (this.#question.isPair?.(record)) this.#pairs.open(String(record.place), record, at);
        // The place has another pair now.
        else this.#pairs.close(String(record.place), at);
        return;
      case "pair-end":
        this.#pairs.close(String(record.place), at);
        return;
      case "block":
        if (this.#question.isBlock?.(record)) this.#blocks.open(keyOf(record), record, at);
        return;
      case "block-end":
        this.#blocks.close(keyOf(record), at);
        return;
      case "borrowed":
        if (this.#question.isBlock?.(record) && at <= this.#window.to) this.#borrowed.push(record);
        return;
      case "lost":
        this.#missing += record.count;
        return;
      case "reset":
        this.#blocks.closeAll(at);
        return;
      case "start":
      case "stop":
        this.#pairs.closeAll(at);
        this.#blocks.closeAll(at);
    }
  }

  answer(): AuditAnswer {
    const { from, to } = this.#window;
    if (this.#isRunning) this.#died(to);
    return {
      isCovered: this.#runs.some((run) => run.from <= from && run.to >= to),
      missing: this.#missing,
      pairs: this.#pairs.found(),
      blocks: this.#blocks.found(),
      borrowed: this.#borrowed,
    };
  }

  /** When the log was written, and when not. */
  #note({ event }: AuditRecord, at: number): void {
    if (event === "start" && this.#isRunning) this.#died(at);
    if (!this.#isRunning && event !== "stop") this.#runs.push({ from: at, to: Number.POSITIVE_INFINITY });
    const run = this.#runs[this.#runs.length - 1];
    if (event === "stop" && run !== undefined) run.to = at;
    this.#isRunning = event !== "stop";
    this.#lastAt = at;
  }

  /** Nothing more was said before `until`: it ended at some time after its last line, and soon. */
  #died(until: number): void {
    this.#isRunning = false;
    const to = Math.min(until, this.#lastAt + ALIVE_INTERVAL_MS);
    const run = this.#runs[this.#runs.length - 1];
    if (run !== undefined) run.to = to;
    if (to >= until) return;
    this.#pairs.closeAll(to);
    this.#blocks.closeAll(to);
  }
}

/** What is held and not yet given back. */
class Open<Held extends { readonly event: string; readonly at: string }> {
  readonly #window: TimeWindow;
  readonly #open: Map<string, { readonly held: Held; readonly from: number }> = new Map();
  readonly #found: Holding<Held>[] = [];

  constructor(window: TimeWindow) {
    this.#window = window;
  }

  open(key: string, held: Held, from: number): void {
    const before = this.#open.get(key);
    // A day begins with what was held before.
    if (before !== undefined && isSame(before.held, held)) return;
    if (before !== undefined) this.close(key, from);
    this.#open.set(key, { held, from });
  }

  close(key: string, to: number): void {
    const holding = this.#open.get(key);
    if (holding === undefined) return;
    this.#open.delete(key);
    this.#add(holding, to);
  }

  closeAll(to: number): void {
    for (const key of [...this.#open.keys()]) this.close(key, to);
  }

  found(): readonly Holding<Held>[] {
    for (const holding of this.#open.values()) this.#add(holding, undefined);
    this.#open.clear();
    return this.#found;
  }

  #add({ held, from }: { readonly held: Held; readonly from: number }, to: number | undefined): void {
    const window = this.#window;
    if (from > window.to || (to !== undefined && to < window.from)) return;
    const isThroughout = from <= window.from && (to === undefined || to >= window.to);
    this.#found.push({ held, from, to, isThroughout });
  }
}

function isSame(one: object, other: object): boolean {
  return JSON.stringify({ ...one, at: "", client: "" }) === JSON.stringify({ ...other, at: "", client: "" });
}

function keyOf({ exit, protocol, address = "", ports }: Omit<BlockRecord, "event" | "client">): string {
  return `${exit} ${protocol} ${address} ${ports[0]}`;
}
