/**
 * Bandwidth in the main thread: the rates in force and the month's use. The data path's thread shapes and counts the
 * traffic.
 */
import { isDeepStrictEqual } from "node:util";
import type { PreparedChange } from "@nat64/daemon-kit/program";
import { explainError } from "@nat64/daemon-kit/system";
import type { Logger } from "pino";
import type { ConfigFile } from "../config/config-file.ts";
import type { BandwidthStatus, SetBandwidth } from "../control/bandwidth.ts";
import type { DataPath } from "../data-path/main-thread/data-path.ts";
import type { BandwidthCounters, BandwidthOrder, BudgetState, SharesOrder } from "../data-path/messages/bandwidth.ts";
import { Day } from "./day.ts";
import { Month, reserveOf } from "./month.ts";
import { type Rates, ratesOf } from "./rates.ts";
import { readShares, writeShares } from "./shares-file.ts";
import { type BandwidthState, readState, type SetRates, writeState } from "./state-file.ts";

/** Default directory of the state. */
const DEFAULT_STATE = "/var/lib/v6peer";

/** How often the use is read, and how often it is saved. */
const POLL_INTERVAL_MS = 5_000;
const SAVE_INTERVAL_MS = 60_000;

/** How often the use of shares is saved: it is larger. */
const SAVE_SHARES_INTERVAL_MS = 600_000;

/** The part of the data path that {@link Bandwidth} uses. */
export type ShapedPath = Pick<DataPath, "setBandwidth" | "bandwidth" | "shares">;

const SENTENCES: Readonly<Record<BudgetState, string>> = {
  open: "the monthly quota is available again",
  "nothing-new": "the monthly quota is nearly used up: new sessions are refused, open ones continue",
  used: "the monthly quota is used up: all traffic is refused until the next month",
};

export class Bandwidth {
  readonly #log: Logger;
  readonly #clock: () => number;
  #file: ConfigFile;
  #set: SetRates | undefined;
  #isKept = true;
  #month: Month | undefined;
  #day: Day | undefined;
  #passed = 0;
  #state: BudgetState = "open";
  #problem: string | undefined;
  #writtenAt = 0;
  #sharesWrittenAt = 0;
  #dataPath: ShapedPath | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** Reads the saved state. @param clock milliseconds since 1970 */
  constructor(file: ConfigFile, log: Logger, clock: () => number = Date.now) {
    this.#file = file;
    this.#log = log;
    this.#clock = clock;
    const { month, day, set } = this.#read();
    this.#set = set;
    this.#dropOutdated();
    if (file.bandwidth?.monthly === undefined) return;
    this.#month = new Month(this.#startDay, month, clock());
    this.#day = new Day(day, this.#month.use(0).used, clock());
  }

  /** The rates in force. */
  get rates(): Rates {
    return this.#set?.rates ?? ratesOf(this.#file.bandwidth);
  }

  /** Applies the limits and starts counting. */
  async start(dataPath: ShapedPath): Promise<void> {
    this.#dataPath = dataPath;
    this.#sharesWrittenAt = this.#clock();
    await this.#apply(this.#readShares());
    this.#timer = setInterval(() => void this.#update().catch(() => {}), POLL_INTERVAL_MS).unref();
  }

  /** Saves the month's use. Never rejects. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#dataPath === undefined || this.#month === undefined) return;
    await this.#update().catch(() => {});
    this.#write();
    await this.#writeShares();
  }

  /**
   * Applies a new configuration, until it is cancelled. Rates set at run time stay unless the rates in the file have changed.
   * Rejects when the data path does not take it; then the old one is in force.
   */
  async prepareReload(file: ConfigFile): Promise<PreparedChange> {
    const [oldFile, oldSet] = [this.#file, this.#set];
    const goBack = async (): Promise<void> => {
      this.#set = oldSet;
      await this.#use(oldFile);
    };
    try {
      await this.#use(file);
    } catch (error) {
      await goBack().catch(() => {});
      throw new Error(`bandwidth: ${explainError(error)}`, { cause: error });
    }
    return { commit: () => {}, cancel: goBack };
  }

  async #use(file: ConfigFile): Promise<void> {
    const before = this.#file.bandwidth;
    const monthly = file.bandwidth?.monthly;
    // With the old file, because it names the directory of the state.
    if (monthly === undefined) await this.#forgetMonth();
    this.#file = file;
    this.#dropOutdated();
    if (monthly !== undefined && this.#month === undefined) await this.#beginMonth();
    else if (this.#month !== undefined && before?.["month-starts"] !== this.#startDay) {
      this.#month = Month.from(this.#month, this.#startDay, this.#passed, this.#clock());
    }
    await this.#apply();
  }

  /** Sets rates at run time. */
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

  /** The current limits and use. */
  async status(): Promise<BandwidthStatus> {
    if (this.#dataPath !== undefined) await this.#update();
    const { up, down } = this.rates;
    const limit = this.#file.bandwidth?.monthly;
    const month = this.#month;
    const share = this.#shares();
    return {
      ...(up !== undefined && { up }),
      ...(down !== undefined && { down }),
      source: this.#set === undefined ? "configuration" : "command",
      ...(this.#set !== undefined && { setAt: this.#set.at, isKept: this.#isKept && this.#problem === undefined }),
      ...(limit !== undefined &&
        month !== undefined && {
          monthly: {
            limit,
            starts: month.use(this.#passed).starts,
            used: month.use(this.#passed).used,
            ends: month.ends,
            nothingNewFrom: limit - reserveOf(limit),
            state: this.#state,
            ...(share !== undefined && { share: { client: share.client, site: share.site } }),
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

  /** The latest change counts: new rates in the file replace rates that were set at run time. */
  #dropOutdated(): void {
    if (this.#set === undefined || isDeepStrictEqual(this.#set.instead, ratesOf(this.#file.bandwidth))) return;
    this.#log.info(
      { setAt: this.#set.at },
      "the rates in the configuration have changed and replace those set by command",
    );
    this.#set = undefined;
  }

  /** Starts a quota while packets flow: earlier traffic does not count. */
  async #beginMonth(): Promise<void> {
    await this.#apply();
    await this.#update();
    const { month, day } = this.#read();
    this.#month = new Month(this.#startDay, month, this.#clock(), this.#passed);
    this.#day = new Day(day, this.#month.use(this.#passed).used, this.#clock());
  }

  async #forgetMonth(): Promise<void> {
    if (this.#month === undefined) return;
    await this.#update().catch(() => {});
    this.#write();
    await this.#writeShares();
    this.#month = undefined;
    this.#day = undefined;
  }

  async #apply(kept?: SharesOrder["kept"]): Promise<void> {
    await this.#dataPath?.setBandwidth(this.#order(kept));
  }

  /** What a client may use today; `undefined` without such a limit. */
  #shares(kept?: SharesOrder["kept"]): SharesOrder | undefined {
    const { monthly, "client-share": percent = 0 } = this.#file.bandwidth ?? {};
    if (monthly === undefined || percent === 0 || this.#month === undefined || this.#day === undefined)
      return undefined;
    const limits = this.#day.limits(monthly, Date.parse(this.#month.ends), percent);
    return { ...limits, day: this.#day.starts, ...(kept !== undefined && { kept }) };
  }

  #order(kept?: SharesOrder["kept"]): BandwidthOrder | undefined {
    const { up, down } = this.rates;
    const monthly = this.#file.bandwidth?.monthly;
    if (up === undefined && down === undefined && monthly === undefined) return undefined;
    // ECN marks are in the traffic class. If it is not copied, they would not reach the receiver.
    const shares = this.#shares(kept);
    const marks = this.#file.translator["traffic-class-to-ipv4"] === "copy";
    return {
      up: { ...fill(up), marks },
      down: { ...fill(down), marks: true },
      ...(monthly !== undefined &&
        this.#month !== undefined && { until: this.#month.counterAt(monthly), reserve: reserveOf(monthly) }),
      ...(shares !== undefined && { shares }),
    };
  }

  /** Reads the counters, and saves the use if that is due. */
  async #update(): Promise<void> {
    const counters = await this.#dataPath?.bandwidth();
    if (counters === undefined) return;
    this.#passed = passedIn(counters);
    if (this.#month === undefined) return;
    const hasNewMonth = this.#month.turn(this.#passed, this.#clock());
    if (hasNewMonth) this.#log.info({ starts: this.#month.use(0).starts }, "another month of the quota has started");
    const hasNewDay = this.#day?.turn(this.#month.use(this.#passed).used, this.#clock()) === true;
    if (hasNewMonth || hasNewDay) {
      await this.#apply();
      this.#write();
    } else if (counters.budget !== this.#state) {
      this.#state = counters.budget;
      this.#log.warn({ used: this.#month.use(this.#passed).used }, SENTENCES[this.#state]);
      this.#write();
    } else if (this.#clock() - this.#writtenAt >= SAVE_INTERVAL_MS) this.#write();
    if (this.#clock() - this.#sharesWrittenAt >= SAVE_SHARES_INTERVAL_MS) await this.#writeShares();
  }

  get #sharesPath(): string {
    return `${this.#file.bandwidth?.state ?? DEFAULT_STATE}/shares.json`;
  }

  #readShares(): SharesOrder["kept"] {
    const day = this.#shares()?.day;
    if (day === undefined) return undefined;
    try {
      return readShares(this.#sharesPath, day);
    } catch (error) {
      this.#log.error({ reason: (error as Error).message }, "cannot read what clients have used today");
      return undefined;
    }
  }

  /** Saves what clients have used today. Never rejects. */
  async #writeShares(): Promise<void> {
    const day = this.#shares()?.day;
    if (day === undefined || this.#dataPath === undefined) return;
    this.#sharesWrittenAt = this.#clock();
    try {
      writeShares(this.#sharesPath, day, await this.#dataPath.shares());
    } catch (error) {
      this.#log.error({ reason: explainError(error) }, "could not save what clients have used today");
    }
  }

  #read(): BandwidthState {
    try {
      return readState(this.#path);
    } catch (error) {
      this.#log.error({ reason: (error as Error).message }, "cannot read how much of the monthly quota was used");
      return {};
    }
  }

  #write(): void {
    this.#writtenAt = this.#clock();
    try {
      writeState(this.#path, {
        month: this.#month?.use(this.#passed),
        day: this.#day?.use(),
        set: this.#isKept ? this.#set : undefined,
      });
      this.#problem = undefined;
    } catch (error) {
      const { message } = error as Error;
      if (this.#problem === undefined) {
        this.#log.error({ file: this.#path, reason: message }, "could not save how much of the monthly quota was used");
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
