import { type Ban, type ListedBan, MAX_BANS } from "./ban.ts";
import { readBans, writeBans } from "./ban-file.ts";
import { type BanClock, elapsedSince, stampOf } from "./clock.ts";

/** There are as many bans as there can be; `message` is a sentence. */
export class TooManyBansError extends Error {
  override readonly name: string = "TooManyBansError";
}

interface Entry {
  readonly ban: Ban;
  /** On the clock's uptime; absent for one without an end. */
  readonly endsAt: number | undefined;
}

/** All bans of a program, and their file. The clocks are arguments; nothing happens by itself. */
export class BanBook {
  readonly #path: string;
  readonly #clock: BanClock;
  /** By target. */
  readonly #entries = new Map<string, Entry>();

  /** Reads the file, if there is one. Throws what {@link readBans} throws. */
  constructor(path: string, clock: BanClock) {
    this.#path = path;
    this.#clock = clock;
    const file = readBans(path);
    if (file === undefined) return;
    const now = clock.uptime();
    const elapsed = elapsedSince(file.stamp, clock);
    for (const { left, ...ban } of file.bans) {
      this.#entries.set(ban.target, { ban, endsAt: left === undefined ? undefined : now + left - elapsed });
    }
  }

  /** All bans, in the order in which they were made. */
  get bans(): readonly Ban[] {
    return [...this.#entries.values()].map(({ ban }) => ban);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Whether any ban has an end. */
  get hasEnds(): boolean {
    return [...this.#entries.values()].some(({ endsAt }) => endsAt !== undefined);
  }

  /** Returns what undoes all changes from now on. */
  mark(): () => void {
    const before = [...this.#entries];
    return () => {
      this.#entries.clear();
      for (const [key, entry] of before) this.#entries.set(key, entry);
    };
  }

  /** All bans with their ends. */
  list(): readonly ListedBan[] {
    return [...this.#entries.values()].map((entry) => this.#describe(entry));
  }

  /**
   * Adds a ban, or replaces the one with this target. Throws a {@link TooManyBansError}.
   *
   * @param seconds how long it lasts; left out, it has no end
   */
  add(ban: Omit<Ban, "at">, seconds?: number): { readonly ban: ListedBan; readonly replaced: boolean } {
    const replaced = this.#entries.has(ban.target);
    if (!replaced && this.#entries.size >= MAX_BANS) {
      throw new TooManyBansError(`there are ${MAX_BANS} bans, and cannot be more: lift some, or ban larger networks`);
    }
    const endsAt = seconds === undefined ? undefined : this.#clock.uptime() + seconds * 1000;
    const entry: Entry = { ban: { ...ban, at: new Date(this.#clock.wall()).toISOString() }, endsAt };
    this.#entries.delete(ban.target);
    this.#entries.set(ban.target, entry);
    return { ban: this.#describe(entry), replaced };
  }

  /** Removes a ban; `undefined` if there is none of this target. */
  remove(target: string): ListedBan | undefined {
    const entry = this.#entries.get(target);
    if (entry === undefined) return undefined;
    this.#entries.delete(target);
    return this.#describe(entry);
  }

  /** Removes the bans whose time is over, and returns them. */
  expire(): readonly Ban[] {
    const now = this.#clock.uptime();
    const over = [...this.#entries].filter(([, { endsAt }]) => endsAt !== undefined && endsAt <= now);
    for (const [key] of over) this.#entries.delete(key);
    return over.map(([, { ban }]) => ban);
  }

  /** Milliseconds until the first ban ends; Infinity if none does. */
  get nextEnd(): number {
    const now = this.#clock.uptime();
    let next = Number.POSITIVE_INFINITY;
    for (const { endsAt } of this.#entries.values()) if (endsAt !== undefined) next = Math.min(next, endsAt - now);
    return Math.max(0, next);
  }

  /** Writes the file. Throws if it cannot be written. */
  save(): void {
    const now = this.#clock.uptime();
    writeBans(this.#path, {
      stamp: stampOf(this.#clock),
      bans: [...this.#entries.values()].map(({ ban, endsAt }) => ({
        ...ban,
        ...(endsAt !== undefined && { left: Math.max(0, endsAt - now) }),
      })),
    });
  }

  #describe({ ban, endsAt }: Entry): ListedBan {
    if (endsAt === undefined) return ban;
    const left = Math.max(0, endsAt - this.#clock.uptime());
    return {
      ...ban,
      until: new Date(this.#clock.wall() + left).toISOString(),
      secondsLeft: Math.ceil(left / 1000),
    };
  }
}
