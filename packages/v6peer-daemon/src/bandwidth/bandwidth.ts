/**
 * Bandwidth as the main thread sees it: which rates hold, and what was used of the month. The data path's thread does the
 * rest.
 */
import { isDeepStrictEqual } from "node:util";
import type { Logger } from "pino";
import type { ConfigFile } from "../config/file.ts";
import type { BandwidthStatus, SetBandwidth } from "../control/bandwidth.ts";
import type { DataPath } from "../thread/data-path.ts";
import type { BandwidthCounters, BandwidthOrder, BudgetState } from "../thread/messages/bandwidth.ts";
import { Month, reserveOf } from "./month.ts";
import { type Rates, ratesOf } from "./rates.ts";
import { type BandwidthState, readState, type SetRates, writeState } from "./state-file.ts";

/** Where the state is when the configuration says nothing. */
const DEFAULT_STATE = "/var/lib/v6peer";

/** Milliseconds between two looks at what was used, and between two times that it is written down. */
const POLL_INTERVAL_MS = 5_000;
const SAVE_INTERVAL_MS = 60_000;

/** What {@link Bandwidth} asks the data path. */
export type ShapedPath = Pick<DataPath, "setBandwidth" | "bandwidth">;

const SENTENCES: Readonly<Record<BudgetState, string>> = {
  open: "the month's bandwidth is there again",
  "nothing-new": "the month's bandwidth is nearly used up: nothing new begins, sessions that there are go on",
  used: "the month's bandwidth is used up: nothing passes until the next month",
};

export class Bandwidth {
  readonly #log: Logger;
  readonly #clock: () => number;
  #file: ConfigFile;
  #set: SetRates | undefined;
  #isKept = true;
  #month: Month | undefined;
  #passed = 0;
  #state: BudgetState = "open";
  #problem: string | undefined;
  #writtenAt = 0;
  #dataPath: ShapedPath | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** Reads what is remembered. @param clock milliseconds since 1970 */
  constructor(file: ConfigFile, log: Logger, clock: () => number = Date.now) {
    this.#file = file;
    this.#log = log;
    this.#clock = clock;
    const { month, set } = this.#read();
    this.#set = set;
    this.#dropOutdated();
    if (file.bandwidth?.monthly !== undefined) this.#month = new Month(this.#startDay, month, clock());
  }

  /** The rates that hold. */
  get rates(): Rates {
    return this.#set?.rates ?? ratesOf(this.#file.bandwidth);
  }

  /** Limits what passes from now on. */
  async start(dataPath: ShapedPath): Promise<void> {
    this.#dataPath = dataPath;
    await this.#apply();
    this.#timer = setInterval(() => void this.#look().catch(() => {}), POLL_INTERVAL_MS).unref();
  }

  /** Writes down what was used. Never rejects. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#dataPath === undefined || this.#month === undefined) return;
    await this.#look().catch(() => {});
    this.#write();
  }

  /** Goes on with another configuration. Rates that were set while the daemon ran stay unless the file has other ones now. */
  async reload(file: ConfigFile): Promise<void> {
    const before = this.#file.bandwidth;
    const monthly = file.bandwidth?.monthly;
    // Still with the old file: it names the directory in which the month belongs.
    if (monthly === undefined) await this.#forgetMonth();
    this.#file = file;
    this.#dropOutdated();
    if (monthly !== undefined && this.#month === undefined) await this.#beginMonth();
    else if (this.#month !== undefined && before?.["month-starts"] !== this.#startDay) {
      this.#month = Month.from(this.#month, this.#startDay, this.#passed, this.#clock());
    }
    await this.#apply();
  }

  /** Sets other rates while the daemon runs. */
  async set({ up, down, reset, untilRestart }: SetBandwidth): Promise<BandwidthStatus> {
    const instead = ratesOf(this.#file.bandwidth);
    const before = reset === true ? instead : this.rates;
    const rates: Rates = { ...before, ...(up !== undefined && { up }), ...(down !== undefined && { down }) } as Rates;
    const isReset = reset === true && up === undefined && down === undefined;
    this.#set = isReset
      ? undefined
      : { rates: withoutNulls(rates), instead, at: new Date(this.#clock()).toISOString() };
    this.#isKept = untilRestart !== true;
    await this.#apply();
    this.#write();
    this.#log.info({ rates: this.rates, until: this.#isKept ? "changed again" : "restart" }, "bandwidth set");
    return this.status();
  }

  /** How it is now. */
  async status(): Promise<BandwidthStatus> {
    if (this.#dataPath !== undefined) await this.#look();
    const { up, down } = this.rates;
    const limit = this.#file.bandwidth?.monthly;
    const month = this.#month;
    return {
      ...(up !== undefined && { up }),
      ...(down !== undefined && { down }),
      source: this.#set === undefined ? "configuration" : "command",
      ...(this.#set !== undefined && { setAt: this.#set.at, isKept: this.#isKept && this.#problem === undefined }),
      ...(limit !== undefined &&
        month !== undefined && {
          monthly: {
            limit,
            ...month.use(this.#passed),
            ends: month.ends,
            nothingNewFrom: limit - reserveOf(limit),
            state: this.#state,
            ...(this.#problem !== undefined && { problem: this.#problem }),
          },
        }),
      peerExitsUseLinkTwice: this.#file["peer-exits"] !== undefined,
    };
  }

  get #startDay(): number {
    return this.#file.bandwidth?.["month-starts"] ?? 1;
  }

  get #path(): string {
    return `${this.#file.bandwidth?.state ?? DEFAULT_STATE}/bandwidth.json`;
  }

  /** The latest word counts: who changes the rates of the file means those. */
  #dropOutdated(): void {
    if (this.#set === undefined || isDeepStrictEqual(this.#set.instead, ratesOf(this.#file.bandwidth))) return;
    this.#log.info({ setAt: this.#set.at }, "bandwidth that was set by command is void: the configuration has changed");
    this.#set = undefined;
  }

  /** A budget that comes while packets flow: what has passed before it is none of it. */
  async #beginMonth(): Promise<void> {
    await this.#apply();
    await this.#look();
    this.#month = new Month(this.#startDay, this.#read().month, this.#clock(), this.#passed);
  }

  async #forgetMonth(): Promise<void> {
    if (this.#month === undefined) return;
    await this.#look().catch(() => {});
    this.#write();
    this.#month = undefined;
  }

  async #apply(): Promise<void> {
    await this.#dataPath?.setBandwidth(this.#order());
  }

  #order(): BandwidthOrder | undefined {
    const { up, down } = this.rates;
    const monthly = this.#file.bandwidth?.monthly;
    if (up === undefined && down === undefined && monthly === undefined) return undefined;
    // Marks are in the traffic class: where that is not copied, they would slow nobody down.
    const marks = this.#file.translator["traffic-class-to-ipv4"] === "copy";
    return {
      up: { ...fill(up), marks },
      down: { ...fill(down), marks: true },
      ...(monthly !== undefined &&
        this.#month !== undefined && { until: this.#month.counterAt(monthly), reserve: reserveOf(monthly) }),
    };
  }

  /** Counts what has passed. */
  async #look(): Promise<void> {
    const counters = await this.#dataPath?.bandwidth();
    if (counters === undefined) return;
    this.#passed = passedIn(counters);
    if (this.#month === undefined) return;
    if (this.#month.turn(this.#passed, this.#clock())) {
      this.#log.info("a new month of bandwidth begins");
      await this.#apply();
      this.#write();
    } else if (counters.budget !== this.#state) {
      this.#state = counters.budget;
      this.#log.warn({ used: this.#month.use(this.#passed).used }, SENTENCES[this.#state]);
      this.#write();
    } else if (this.#clock() - this.#writtenAt >= SAVE_INTERVAL_MS) this.#write();
  }

  #read(): BandwidthState {
    try {
      return readState(this.#path);
    } catch (error) {
      this.#log.error({ reason: (error as Error).message }, "what was used of the month's bandwidth is not known");
      return {};
    }
  }

  #write(): void {
    this.#writtenAt = this.#clock();
    try {
      writeState(this.#path, {
        month: this.#month?.use(this.#passed),
        set: this.#isKept ? this.#set : undefined,
      });
      this.#problem = undefined;
    } catch (error) {
      const { message } = error as Error;
      if (this.#problem === undefined) {
        this.#log.error({ file: this.#path, reason: message }, "could not write down what was used of the bandwidth");
      }
      this.#problem = message;
    }
  }
}

function passedIn({ up, down }: BandwidthCounters): number {
  return up.bytes + down.bytes;
}

function fill(rate: Rates["up"]): { readonly rate?: number; readonly burst?: number } {
  return rate === undefined ? {} : { rate: rate.rate, ...(rate.burst !== undefined && { burst: rate.burst }) };
}

function withoutNulls(rates: Rates): Rates {
  return Object.fromEntries(Object.entries(rates).filter(([, rate]) => rate !== null && rate !== undefined));
}
