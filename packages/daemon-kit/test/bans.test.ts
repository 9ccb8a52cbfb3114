/** Bans: durations, clocks, the file, and the requests of operators. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MAX_BANS } from "../src/bans/ban.ts";
import { BanBook } from "../src/bans/ban-book.ts";
import { type BanClock, elapsedSince, MAX_OFF_MS } from "../src/bans/clock.ts";
import {
  type BanChange,
  BanKeeper,
  type BanKeeperParts,
  type BanReport,
  formatBlock,
  parseDuration,
  readBlock,
  runBan,
  runBans,
  runUnban,
  sizeOf,
} from "../src/bans/index.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bans-"));
  path = join(directory, "state", "bans.json");
});
afterEach(() => rmSync(directory, { recursive: true }));

/** A host whose clocks the test sets. */
class Host implements BanClock {
  boot = "one";
  up = HOUR;
  at: number = Date.parse("2031-05-17T12:00:00Z");
  uptime = (): number => this.up;
  wall = (): number => this.at;
  /** Time passes. */
  pass(ms: number): void {
    this.up += ms;
    this.at += ms;
  }
  /** It is off for some time. */
  reboot(off: number): void {
    this.boot = `${this.boot}+`;
    this.up = 60_000;
    this.at += off + 60_000;
  }
}

const BAN = { kind: "client", target: "2001:db8::/48", by: "root" };

describe("durations", () => {
  it.each([
    ["90", 90],
    ["90s", 90],
    ["2h", 7200],
    ["1d", 86_400],
    ["1d 12h", 129_600],
    ["2h30min", 9000],
    ["1 week 2 days", 777_600],
    ["0.5h", 1800],
    ["1M", 2_630_016],
    ["1m", 60],
    ["1y", 31_557_600],
  ])("%j is as in systemd.time(7)", (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(["", " ", "soon", "1x", "-1d", "d", "1d,2h", "1e3", "1 fortnight", "1..5h"])("%j is none", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe("the time of a ban", () => {
  it("does not care for a wall clock that jumps", () => {
    const host = new Host();
    new BanBook(path, host).add(BAN, 3600);
    const book = new BanBook(path, host);
    book.add(BAN, 3600);
    book.save();
    for (const jump of [-10_000 * DAY, 10_000 * DAY]) {
      const jumped = Object.assign(new Host(), { up: host.up + HOUR / 2, at: host.at + jump });
      expect(new BanBook(path, jumped).list()).toMatchObject([{ secondsLeft: 1800 }]);
    }
  });

  it("counts across a reboot what the wall clock says, from nothing to a day, and the time since the boot", () => {
    const stamp = { boot: "one", uptime: 50 * HOUR, wall: new Host().at };
    const after = (off: number): number => {
      const host = new Host();
      host.reboot(off);
      return elapsedSince(stamp, host);
    };
    expect(after(2 * HOUR)).toBe(2 * HOUR + 60_000);
    expect(after(-100 * DAY)).toBe(60_000);
    expect(after(100 * DAY)).toBe(MAX_OFF_MS);
  });

  it("counts a container that starts again as a boot", () => {
    const host = new Host();
    const stamp = { boot: "one", uptime: 50 * HOUR, wall: host.at };
    host.at += 3 * HOUR;
    expect(elapsedSince(stamp, host)).toBe(3 * HOUR);
  });

  it("ends, also while the program does not run", () => {
    const host = new Host();
    const book = new BanBook(path, host);
    book.add(BAN, 3600);
    book.add({ ...BAN, target: "2001:db8:1::/48" });
    book.save();
    host.pass(HOUR - 1);
    expect(new BanBook(path, host).expire()).toEqual([]);
    host.pass(1);
    const later = new BanBook(path, host);
    expect(later.expire()).toMatchObject([BAN]);
    expect(later.list()).toMatchObject([{ target: "2001:db8:1::/48" }]);
    expect(later.nextEnd).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("the file", () => {
  it("is not made for nothing, and belongs to its owner alone", () => {
    const keeper = keeperOf();
    keeper.start();
    keeper.stop();
    expect(existsSync(path)).toBe(false);
  });

  it("that is damaged stops the start with a sentence", () => {
    mkdirSync(join(directory, "state"));
    for (const text of ["{", "{}", '{"version":2,"bans":[]}']) {
      writeFileSync(path, text);
      expect(() => keeperOf()).toThrow(`${path} is damaged. Restore a copy, or remove it to start without bans`);
    }
  });
});

/** A program that bans addresses, and names. */
function keeperOf(changes: Partial<BanKeeperParts> = {}): BanKeeper {
  return new BanKeeper({
    path,
    read: (text) => {
      const block = readBlock(text);
      if (block === undefined) return { kind: "name", target: text, covers: "a name" };
      return { kind: "client", target: formatBlock(block), covers: sizeOf(block), block };
    },
    apply: () => {},
    own: () => [{ address: "2001:db8:5::1", what: "this host's own address" }],
    changed: () => {},
    troubleChanged: () => {},
    clock: new Host(),
    ...changes,
  });
}

describe("requests", () => {
  it("are in effect and in the file before they are answered", async () => {
    const applied: number[] = [];
    const keeper = keeperOf({ apply: (bans) => void applied.push(bans.length) });
    expect(await keeper.ban({ target: "2001:DB8::/48", by: "eve", why: "spam", seconds: 60 })).toEqual({
      ban: {
        kind: "client",
        target: "2001:db8::/48",
        at: "2031-05-17T12:00:00.000Z",
        by: "eve",
        why: "spam",
        until: "2031-05-17T12:01:00.000Z",
        secondsLeft: 60,
      },
      replaced: false,
      covers: "65,536 networks of /64",
    });
    expect(keeperOf().bans).toMatchObject([{ target: "2001:db8::/48", why: "spam" }]);
    expect(await keeper.ban({ target: "2001:db8::/48", by: "root" })).toMatchObject({ replaced: true });
    expect(applied).toEqual([1, 1]);
    expect(JSON.parse(readFileSync(path, "utf8")).bans).toHaveLength(1);
  });

  it("lift exactly one ban, and say which others overlap with it", async () => {
    const keeper = keeperOf();
    for (const target of ["2001:db8::/32", "2001:db8::/48", "2001:db8:0:1::/64", "2001:db9::/48"]) {
      await keeper.ban({ target, by: "root", force: true });
    }
    const request = { target: "2001:db8::/48", by: "root" };
    expect(await keeper.unban(request)).toMatchObject({
      ban: { target: "2001:db8::/48" },
      others: ["2001:db8::/32", "2001:db8:0:1::/64"],
    });
    await expect(keeper.unban(request)).rejects.toThrow(
      "2001:db8::/48 is not banned itself; these bans overlap with it: 2001:db8::/32, 2001:db8:0:1::/64",
    );
    await expect(keeper.unban({ target: "nobody", by: "root" })).rejects.toThrow("nobody is not banned itself");
  });

  it("that cover everything or the host itself need force", async () => {
    const keeper = keeperOf();
    const ban = (target: string, more: object = {}): Promise<BanReport> => keeper.ban({ target, by: "root", ...more });
    for (const all of ["::/0", "2000::/3", "0.0.0.0/0"]) {
      await expect(ban(all)).rejects.toThrow(/covers every IPv[46] address; use --force/);
    }
    await expect(ban("2001:db8:5::/64")).rejects.toThrow("covers 2001:db8:5::1, this host's own address");
    await expect(ban("192.0.2.0/24", { from: "192.0.2.7" })).rejects.toThrow("192.0.2.7, from where you are logged in");
    expect(keeper.bans).toEqual([]);
    expect(await ban("::/0", { force: true })).toMatchObject({ ban: { target: "::/0" } });
  });

  it("that are wrong are refused with a sentence", async () => {
    const keeper = keeperOf();
    await expect(keeper.ban({ target: "2001:db8::1/48", by: "root" })).rejects.toMatchObject({
      code: "refused",
      message: '"2001:db8::1/48" has bits set after the first 48',
    });
    await expect(keeper.ban({ target: "1.2.3", by: "root" })).rejects.toMatchObject({ code: "refused" });
  });

  it(`are at most ${MAX_BANS}, which a replacement does not exceed`, async () => {
    const bans = Array.from({ length: MAX_BANS }, (_, i) => ({
      kind: "client",
      target: `2001:db8::${(i + 1).toString(16)}`,
      at: "2031-05-17T12:00:00Z",
      by: "root",
    }));
    mkdirSync(join(directory, "state"));
    writeFileSync(path, JSON.stringify({ version: 1, stamp: { boot: "one", uptime: 0, wall: 0 }, bans }));
    const keeper = keeperOf();
    await expect(keeper.ban({ target: "2001:db9::1", by: "root" })).rejects.toThrow(`there are ${MAX_BANS} bans`);
    expect(await keeper.ban({ target: "2001:db8::1", by: "root" })).toMatchObject({ replaced: true });
    const sizes: number[] = [];
    expect(await keeper.list(async (part) => void sizes.push(part.length))).toEqual({ listed: MAX_BANS });
    expect(sizes).toHaveLength(16);
  });

  it("that cannot be put into effect change nothing", async () => {
    let fails = false;
    const keeper = keeperOf({
      apply: () => {
        if (fails) throw new Error("no data path");
      },
    });
    await keeper.ban({ target: "2001:db8::/48", by: "root", why: "first" });
    fails = true;
    await expect(keeper.ban({ target: "2001:db8::/48", by: "root" })).rejects.toThrow("no data path");
    await expect(keeper.unban({ target: "2001:db8::/48", by: "root" })).rejects.toThrow("no data path");
    expect(keeper.bans).toMatchObject([{ why: "first" }]);
  });

  it("that cannot be saved are in effect, and say so", async () => {
    writeFileSync(join(directory, "state"), "a file where the directory should be");
    const troubles: (string | undefined)[] = [];
    const keeper = keeperOf({
      path: join(directory, "new", "bans.json"),
      troubleChanged: (each) => troubles.push(each),
    });
    mkdirSync(join(directory, "new", "bans.json.new"), { recursive: true });
    const report = await keeper.ban({ target: "2001:db8::/48", by: "root" });
    expect(report.problem).toMatch(/bans\.json\.new: it is a directory/);
    expect([keeper.bans.length, keeper.problem]).toEqual([1, report.problem]);
    rmSync(join(directory, "new", "bans.json.new"), { recursive: true });
    expect(await keeper.unban({ target: "2001:db8::/48", by: "root" })).not.toHaveProperty("problem");
    expect(troubles).toEqual([report.problem, undefined]);
  });
});

describe("while the program runs", () => {
  it("a ban ends in time, and the program is told", async () => {
    vi.useFakeTimers();
    try {
      const host = new Host();
      const changes: BanChange[] = [];
      const applied: number[] = [];
      const keeper = keeperOf({
        clock: host,
        changed: (change) => changes.push(change),
        apply: (bans) => void applied.push(bans.length),
      });
      keeper.start();
      await keeper.ban({ target: "2001:db8::/48", by: "root", seconds: 45 });
      for (let passed = 0; passed < 46; passed++) {
        host.pass(1000);
        await vi.advanceTimersByTimeAsync(1000);
      }
      expect(changes.map(({ event }) => event)).toEqual(["ban", "ban-over"]);
      expect(applied).toEqual([1, 0]);
      expect(keeper.bans).toEqual([]);
      keeper.stop();
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("the commands", () => {
  it("say what they did, for people and as JSON", async () => {
    const keeper = keeperOf();
    const lines: string[] = [];
    const write = (line: string): void => void lines.push(line);
    const client = {
      ban: keeper.ban.bind(keeper),
      unban: keeper.unban.bind(keeper),
      bans: (onPart: (bans: readonly object[]) => void) => keeper.list(async (bans) => onPart(bans)),
    };
    await runBan(client, " 2001:db8::/48 ", { for: 86_400, why: "scans" }, write);
    await runBans(client as never, {}, write);
    await runUnban(client, "2001:db8::/48", {}, write);
    await runBans(client as never, {}, write);
    expect(lines).toEqual([
      "Banned 2001:db8::/48 until 2031-05-18 12:00 UTC: 65,536 networks of /64.",
      expect.stringMatching(
        /^2001:db8::\/48 {2}client {2}since 2031-05-17 12:00 UTC by \S+ {2}until 2031-05-18 12:00 UTC \(1d 0h left\) {2}scans$/,
      ),
      "The ban of 2001:db8::/48 is lifted.",
      "No bans.",
    ]);
    await expect(runBan(client, " ", {}, write)).rejects.toThrow("the target is empty");
  });
});
