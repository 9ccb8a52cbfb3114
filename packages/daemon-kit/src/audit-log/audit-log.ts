/** Writes an audit log. Nothing that goes wrong with it stops anything else. */
import { chmodSync, mkdirSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { DAY, dayOf, listLogs, logPath, removeOld } from "./files.ts";
import { ALIVE_INTERVAL_MS, type AuditRecord, type ClientPolicy } from "./record.ts";

/** What a log is made from. */
export interface AuditLogOptions {
  readonly directory: string;
  /** Name and version of who writes. */
  readonly program: string;
  readonly clients: ClientPolicy;
  /** Days that a log is kept, and that the key of hashes is kept. */
  readonly retentionDays: number;
  readonly keyDays: number;
  /** Bytes of all days together. */
  readonly maxBytes: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Called when a day has begun, or after a gap: all that is held now is to be recorded anew. */
  readonly repeatState: () => void;
  /** Called when writing begins to fail, and with nothing when it works again. */
  readonly troubleChanged: (reason: string | undefined) => void;
}

/** How a log is; counts are since the start. */
export interface AuditLogStatus {
  readonly directory: string;
  readonly clients: ClientPolicy;
  readonly written: number;
  /** Lines that could not be kept. */
  readonly lost: number;
  readonly bytesToday: number;
  /** Why it cannot be written now. */
  readonly trouble?: string;
}

/** Milliseconds between two writes, and between two times that the disk is told to keep what it has. */
const FLUSH_INTERVAL_MS = 1000;
const SYNC_INTERVAL_MS = 60_000;

/** Lines that wait for the disk at most: some megabytes. */
const MAX_WAITING_LINES = 65_536;

/** A day may use this share of all bytes for blocks, so that one bad day does not push out the others. */
const SHARE_OF_A_DAY = 1 / 4;

export class AuditLog {
  readonly #options: AuditLogOptions;
  readonly #timer: NodeJS.Timeout;
  #waiting: AuditRecord[] = [];
  #handle: FileHandle | undefined;
  #day = "";
  #bytesToday = 0;
  #written = 0;
  #lost = 0;
  /** Lost since the last line that says so, by reason. */
  #unloggedLosses: Map<string, number> = new Map();
  #trouble: string | undefined;
  #isTorn = false;
  /** Called when a write failed: earlier lines of the log may no longer be complete. */
  #hasGap = false;
  #syncedAt = 0;
  #writtenAt = 0;
  #flushing: Promise<void> = Promise.resolve();

  /** Begins to write; nothing is thrown for a directory that cannot be used: `troubleChanged` is told. */
  constructor(options: AuditLogOptions) {
    this.#options = options;
    const { program, clients } = options;
    this.record({ event: "start", at: this.#at(), program, clients });
    this.#timer = setInterval(() => void this.flush(), FLUSH_INTERVAL_MS);
    this.#timer.unref();
    void this.flush();
  }

  get status(): AuditLogStatus {
    const { directory, clients } = this.#options;
    return {
      directory,
      clients,
      written: this.#written,
      lost: this.#lost,
      bytesToday: this.#bytesToday,
      ...(this.#trouble !== undefined && { trouble: this.#trouble }),
    };
  }

  /** Takes a line; it is written within a second. */
  record(record: AuditRecord): void {
    if (this.#waiting.length < MAX_WAITING_LINES) this.#waiting.push(record);
    else this.lose(1, "too many at once");
  }

  /** Counts lines that could not be recorded. The log also contains their number. */
  lose(count: number, reason: string): void {
    this.#lost += count;
    this.#unloggedLosses.set(reason, (this.#unloggedLosses.get(reason) ?? 0) + count);
  }

  /** Writes what waits. Never rejects. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#flush());
    return this.#flushing;
  }

  /** Writes the last lines. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.record({ event: "stop", at: this.#at() });
    await this.flush();
    await this.#closeFile();
  }

  async #flush(): Promise<void> {
    let records: readonly AuditRecord[] = [];
    try {
      await this.#openToday();
      records = this.#takeWaiting();
      await this.#write(records);
      this.#setTrouble(undefined);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      this.lose(records.length + this.#takeWaiting().length, code ?? "failed");
      this.#hasGap = true;
      this.#setTrouble(code === undefined ? message : `${this.#options.directory}: ${message}`);
      // The directory may have been removed or made again: look anew next time.
      await this.#closeFile();
    }
  }

  #takeWaiting(): readonly AuditRecord[] {
    const records = this.#waiting;
    this.#waiting = [];
    return records;
  }

  async #write(records: readonly AuditRecord[]): Promise<void> {
    const handle = this.#handle;
    if (handle === undefined) return;
    const now = this.#options.now();
    const losses = [...this.#unloggedLosses].map(
      ([reason, count]): AuditRecord => ({ event: "lost", at: this.#at(), count, reason }),
    );
    const isQuiet = records.length === 0 && now - this.#writtenAt >= ALIVE_INTERVAL_MS;
    const alive: readonly AuditRecord[] = isQuiet ? [{ event: "alive", at: this.#at() }] : [];
    const fitting = [...losses, ...records, ...alive].filter((record) => this.#hasRoomFor(record));
    const text = fitting.map((record) => `${JSON.stringify(record)}\n`).join("");
    if (text !== "") {
      const bytes = Buffer.from(this.#isTorn ? `\n${text}` : text);
      this.#isTorn = true;
      await handle.appendFile(bytes);
      this.#isTorn = false;
      this.#writtenAt = now;
      this.#bytesToday += bytes.length;
      this.#written += fitting.length;
      for (const record of losses) if (record.event === "lost") this.#countAsLogged(record.reason, record.count);
    }
    if (now - this.#syncedAt < SYNC_INTERVAL_MS) return;
    this.#syncedAt = now;
    await handle.datasync();
  }

  /** Takes off what the log has said now; more may have been lost meanwhile. */
  #countAsLogged(reason: string, count: number): void {
    const rest = (this.#unloggedLosses.get(reason) ?? 0) - count;
    if (rest > 0) this.#unloggedLosses.set(reason, rest);
    else this.#unloggedLosses.delete(reason);
  }

  /** Blocks may use a part of the space; pairs, which are few, more of it. */
  #hasRoomFor(record: AuditRecord): boolean {
    const isBlock = record.event === "block" || record.event === "block-end" || record.event === "borrowed";
    const share = isBlock ? SHARE_OF_A_DAY : 2 * SHARE_OF_A_DAY;
    if (this.#bytesToday < share * this.#options.maxBytes) return true;
    if (record.event !== "lost") this.lose(1, "max-bytes");
    return false;
  }

  async #openToday(): Promise<void> {
    const { directory, now, program, clients, repeatState } = this.#options;
    const day = dayOf(now());
    if (this.#handle !== undefined && day === this.#day) return;
    const isNewDay = this.#handle !== undefined;
    await this.#closeFile();
    if (mkdirSync(directory, { recursive: true, mode: 0o750 }) !== undefined) chmodSync(directory, 0o750);
    this.#handle = await open(logPath(directory, day), "a", 0o640);
    // Whatever the umask is, which others in this process may have changed for a moment.
    await this.#handle.chmod(0o640);
    this.#bytesToday = (await this.#handle.stat()).size;
    this.#day = day;
    // A crash may have left half a line.
    this.#isTorn = this.#bytesToday > 0;
    this.#removeOldDays();
    if (!isNewDay && !this.#hasGap) return;
    this.#waiting.unshift({ event: this.#hasGap ? "start" : "day", at: this.#at(), program, clients });
    this.#hasGap = false;
    repeatState();
  }

  /** Removes what is too old, and the oldest days where all together are too much. */
  #removeOldDays(): void {
    const { directory, now, retentionDays, keyDays, maxBytes } = this.#options;
    removeOld(directory, dayOf(now() - retentionDays * DAY), dayOf(now() - keyDays * DAY));
    const before = listLogs(directory).filter(({ day }) => day !== this.#day);
    let rest = before.reduce((sum, { bytes }) => sum + bytes, 0);
    // Today may grow to half of all.
    for (const { day, bytes } of before) {
      if (rest <= maxBytes * (1 - 2 * SHARE_OF_A_DAY)) return;
      removeOld(directory, dayOf(Date.parse(day) + DAY), "");
      rest -= bytes;
    }
  }

  async #closeFile(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    // A file system that keeps nothing has reported it when it was written to.
    await handle?.datasync().catch(() => {});
    await handle?.close().catch(() => {});
  }

  #setTrouble(trouble: string | undefined): void {
    if (this.#trouble === trouble) return;
    this.#trouble = trouble;
    this.#options.troubleChanged(trouble);
  }

  #at(): string {
    return new Date(this.#options.now()).toISOString();
  }
}
