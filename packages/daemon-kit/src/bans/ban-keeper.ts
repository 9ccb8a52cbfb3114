/** Keeps the bans of a running program: carries out requests, ends bans in time, and saves them. */
import { AddressError } from "@nat64/rfc6052";
import { ControlError } from "../control/index.ts";
import { explainError } from "../system/index.ts";
import type { Ban, ListedBan } from "./ban.ts";
import { BanBook, TooManyBansError } from "./ban-book.ts";
import { type BanClock, systemClock } from "./clock.ts";
import type { BanReport, BanRequest, BansReport, UnbanRequest } from "./requests.ts";
import { type BanTarget, type OwnAddress, overlapping, refuseTooMuch } from "./target.ts";

/** The file's stamp is renewed this often: after a crash of the host this much of a ban's time may count twice. */
const SAVE_INTERVAL_MS = 3_600_000;

/** Timers do not run while the host sleeps, so ends are looked for at least this often. */
const LOOK_INTERVAL_MS = 30_000;

/** Bans in one part of a list. */
const LISTED_AT_ONCE = 256;

/** A change of the bans. */
export type BanChange =
  | { readonly event: "ban"; readonly ban: ListedBan }
  | { readonly event: "unban"; readonly ban: Ban; readonly by: string }
  | { readonly event: "ban-over"; readonly ban: Ban };

/** The parts of a program that its bans need. */
export interface BanKeeperParts {
  /** The file. */
  readonly path: string;
  /** Understands a target. Throws an `AddressError` or a `ControlError`. */
  readonly read: (text: string) => BanTarget | Promise<BanTarget>;
  /** Puts the bans into effect. */
  readonly apply: (bans: readonly Ban[]) => void | Promise<void>;
  /** Addresses that a ban must not cover by mistake. */
  readonly own: () => readonly OwnAddress[];
  /** Called after each change, for logs. */
  readonly changed: (change: BanChange) => void;
  /** Called when saving begins to fail, and with nothing when it works again. */
  readonly troubleChanged: (problem: string | undefined) => void;
  readonly clock?: BanClock;
}

/** The bans of a running program and their file. */
export class BanKeeper {
  readonly #parts: BanKeeperParts;
  readonly #book: BanBook;
  #timer: NodeJS.Timeout | undefined;
  #savedAt = 0;
  #problem: string | undefined;
  /** Requests are carried out one after the other. */
  #queue: Promise<unknown> = Promise.resolve();

  /** Reads the file. Throws an `Error` with a sentence if it cannot be used. */
  constructor(parts: BanKeeperParts) {
    this.#parts = parts;
    this.#book = new BanBook(parts.path, parts.clock ?? systemClock());
    this.#book.expire();
  }

  /** The bans that are in effect. */
  get bans(): readonly Ban[] {
    return this.#book.bans;
  }

  /** Why the bans cannot be saved now. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Ends bans from now on. The caller has put the first ones into effect. */
  start(): void {
    if (this.#book.size > 0) this.#save();
    this.#schedule();
  }

  /** Saves how much time is left. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#book.hasEnds) this.#save();
  }

  /** Carries out `ban`. Rejects with a `ControlError`. */
  ban(request: BanRequest): Promise<BanReport> {
    return this.#inTurn(() => this.#ban(request));
  }

  /** Carries out `unban`: lifts exactly the ban of this target. Rejects with a `ControlError`. */
  unban(request: UnbanRequest): Promise<BanReport> {
    return this.#inTurn(() => this.#unban(request));
  }

  /** Carries out `bans`: hands lists to `emit`. */
  async list(emit: (bans: readonly ListedBan[]) => Promise<void>): Promise<BansReport> {
    const bans = this.#book.list();
    for (let from = 0; from < bans.length; from += LISTED_AT_ONCE) await emit(bans.slice(from, from + LISTED_AT_ONCE));
    return { listed: bans.length, ...this.#trouble };
  }

  async #ban({ target: text, seconds, why, by, from, force }: BanRequest): Promise<BanReport> {
    const { kind, target, covers, block } = await this.#read(text);
    const own = [...this.#parts.own(), ...(from === undefined ? [] : [{ address: from, what: YOURS }])];
    const tooMuch = block === undefined || force === true ? undefined : refuseTooMuch(block, own);
    if (tooMuch !== undefined) throw new ControlError("refused", `${tooMuch}; use --force if you mean it`);
    const undo = this.#book.mark();
    let added: ReturnType<BanBook["add"]>;
    try {
      added = this.#book.add({ kind, target, by, ...(why !== undefined && { why }) }, seconds);
    } catch (error) {
      if (error instanceof TooManyBansError) throw new ControlError("refused", error.message);
      throw error;
    }
    await this.#apply(undo);
    this.#parts.changed({ event: "ban", ban: added.ban });
    return { ...added, covers, ...this.#trouble };
  }

  async #unban({ target: text, by }: UnbanRequest): Promise<BanReport> {
    const { target, covers, block } = await this.#read(text);
    const undo = this.#book.mark();
    const ban = this.#book.remove(target);
    const rest = this.#book.bans.map((each) => each.target);
    const others = block === undefined ? [] : overlapping(block, rest);
    if (ban === undefined) {
      const hint = others.length === 0 ? "" : `; these bans overlap with it: ${others.slice(0, 8).join(", ")}`;
      throw new ControlError("refused", `${target} is not banned itself${hint}`);
    }
    await this.#apply(undo);
    this.#parts.changed({ event: "unban", ban, by });
    return { ban, covers, ...(others.length > 0 && { others }), ...this.#trouble };
  }

  /** Puts the book into effect, or undoes its changes. */
  async #apply(undo: () => void): Promise<void> {
    try {
      await this.#parts.apply(this.#book.bans);
    } catch (error) {
      undo();
      throw error;
    }
    this.#save();
    this.#schedule();
  }

  async #read(text: string): Promise<BanTarget> {
    try {
      return await this.#parts.read(text.trim());
    } catch (error) {
      if (error instanceof AddressError) throw new ControlError("refused", error.message.replace(/\.$/, ""));
      throw error;
    }
  }

  get #trouble(): { readonly problem?: string } {
    return this.#problem === undefined ? {} : { problem: this.#problem };
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => {});
    return done;
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (!this.#book.hasEnds && this.#problem === undefined) return;
    this.#timer = setTimeout(
      () => void this.#inTurn(() => this.#look()),
      Math.min(this.#book.nextEnd, LOOK_INTERVAL_MS),
    );
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const over = this.#book.expire();
    if (over.length > 0) {
      // A data path that does not answer is noticed elsewhere, and the next change tells it again.
      await Promise.resolve(this.#parts.apply(this.#book.bans)).catch(() => {});
      for (const ban of over) this.#parts.changed({ event: "ban-over", ban });
    }
    if (over.length > 0 || this.#problem !== undefined || performance.now() - this.#savedAt >= SAVE_INTERVAL_MS) {
      this.#save();
    }
    if (this.#timer !== undefined) this.#schedule();
  }

  #save(): void {
    this.#savedAt = performance.now();
    let problem: string | undefined;
    try {
      this.#book.save();
    } catch (error) {
      problem = explainError(error);
    }
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#parts.troubleChanged(problem);
  }
}

const YOURS = "from where you are logged in";
