import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SavedShares, SHARE_CELLS } from "@nat64/nat64-engine/shaping";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Bandwidth, type ShapedPath } from "../src/bandwidth/bandwidth.ts";
import { Day } from "../src/bandwidth/day.ts";
import { Month, monthEnd, monthStart } from "../src/bandwidth/month.ts";
import { promisedRate } from "../src/bandwidth/rates.ts";
import { readState, writeState } from "../src/bandwidth/state-file.ts";
import { type DaemonConfig, parseConfig } from "../src/config/index.ts";
import type { BandwidthCounters, BandwidthOrder } from "../src/data-path/messages/bandwidth.ts";
import { BudgetGate } from "../src/data-path/worker-thread/bandwidth/budget-gate.ts";

const date = (text: string): number => Date.parse(text);

const BASE = 'prefix = "2001:db8:64::/80"\nlab = true\n';
const EXIT = '[local-exit]\nmode = "masquerade"\n';

function config(bandwidth: string, more = ""): DaemonConfig {
  const parsed = parseConfig(`${BASE}${bandwidth}\n${EXIT}${more}`);
  if (Array.isArray(parsed)) throw new Error(JSON.stringify(parsed));
  return parsed as DaemonConfig;
}

describe("the key bandwidth", () => {
  it("may be one rate for each way, or a table", () => {
    expect(config('bandwidth = "100M"').file.bandwidth).toMatchObject({ up: { rate: 1e8 }, down: { rate: 1e8 } });
    const table =
      'bandwidth = { up = "50M", down = { rate = "1G", burst = "64k" }, monthly = "1.5T", month-starts = 17 }';
    expect(config(table).file.bandwidth).toEqual({
      up: { rate: 5e7 },
      down: { rate: 1e9, burst: 64_000 },
      monthly: 1.5e12,
      "month-starts": 17,
      "client-share": 10,
      state: "/var/lib/v6peer",
    });
    expect(config("").file.bandwidth).toBeUndefined();
  });

  it.each([
    ['bandwidth = "fast"', /3:1: bandwidth: expected bits per second such as "20M", .*, found "fast"/],
    ["bandwidth = true", /3:1: bandwidth: expected a rate such as "100M", or a table .*, found true/],
    ['bandwidth = { up = "1" }', /3:15: bandwidth\.up: expected bits per second .*, found "1"/],
    ["bandwidth = { upp = 8000 }", /bandwidth\.upp: unknown key; .*up/],
    ['bandwidth = { monthly = "5 apples" }', /bandwidth\.monthly: expected bytes such as "900G", .*, found "5 apples"/],
    ["bandwidth = { month-starts = 31 }", /expected a whole number from 1 to 28, found 31/],
  ])("is refused when it makes no sense, once: %s", (text, problem) => {
    const problems = parseConfig(`${BASE}${text}\n${EXIT}`) as readonly unknown[];
    expect(problems).toHaveLength(1);
    const { line, column, key, message } = problems[0] as Record<string, unknown>;
    expect(`${line}:${column}: ${key}: ${message}`).toMatch(problem);
  });

  it("promises others the lower one of both rates", () => {
    expect(promisedRate({ up: { rate: 3 }, down: { rate: 2 } })).toBe(2);
    expect(promisedRate({ up: { rate: 3 } })).toBe(3);
    expect(promisedRate({})).toBeUndefined();
  });
});

describe("a month", () => {
  it.each([
    ["2026-11-23T20:00:00Z", 1, "2026-11-01", "2026-12-01"],
    ["2026-11-01T00:00:00Z", 1, "2026-11-01", "2026-12-01"],
    ["2026-11-14T23:59:59Z", 15, "2026-10-15", "2026-11-15"],
    ["2027-01-03T00:00:00Z", 28, "2026-12-28", "2027-01-28"],
  ])("%s with day %i began on %s and ends on %s", (time, day, start, end) => {
    expect(monthStart(date(time), day)).toBe(date(start));
    expect(monthEnd(date(time), day)).toBe(date(end));
  });

  it("goes on with what is remembered while the host does not know the time, and after it is told", () => {
    const kept = { starts: "2026-11-01T00:00:00.000Z", used: 500 };
    const month = new Month(1, kept, Date.UTC(1970, 0, 1, 0, 1));
    expect(month.use(0)).toEqual(kept);
    expect(month.turn(100, Date.UTC(2026, 10, 23))).toBe(false);
    expect(month.use(100)).toEqual({ ...kept, used: 600 });
    expect(month.turn(100, Date.UTC(2026, 11, 1))).toBe(true);
    expect(month.use(100).used).toBe(0);
  });

  it("goes on with what is remembered of it, and begins anew in the next one", () => {
    const now = date("2026-11-23");
    const month = new Month(1, { starts: "2026-11-01T00:00:00.000Z", used: 500 }, now);
    expect(month.use(100)).toEqual({ starts: "2026-11-01T00:00:00.000Z", used: 600 });
    expect(month.counterAt(1000)).toBe(500);
    expect(month.turn(100, date("2026-11-30T23:59:59Z"))).toBe(false);
    expect(month.turn(200, date("2026-12-01"))).toBe(true);
    expect(month.use(250)).toMatchObject({ starts: "2026-12-01T00:00:00.000Z", used: 50 });
  });

  it("is the earlier one again when the clock was ahead, with what was used in it and since", () => {
    const month = new Month(1, { starts: "2026-11-01T00:00:00.000Z", used: 500 }, date("2026-11-23"));
    expect(month.turn(200, date("2031-03-07"))).toBe(true);
    expect(month.use(250)).toMatchObject({ starts: "2031-03-01T00:00:00.000Z", used: 50 });
    expect(month.turn(300, date("2026-11-24"))).toBe(true);
    expect(month.use(300)).toEqual({ starts: "2026-11-01T00:00:00.000Z", used: 800 });
    expect(month.turn(350, date("2026-12-01"))).toBe(true);
    expect(month.use(350).used).toBe(0);
  });

  it("likewise when the daemon restarts in between", () => {
    const ahead = new Month(1, { starts: "2026-11-01T00:00:00.000Z", used: 500 }, date("2031-03-07"));
    const again = new Month(1, ahead.use(70), date("2026-11-24"));
    expect(again.use(5)).toEqual({ starts: "2026-11-01T00:00:00.000Z", used: 575 });
  });

  it("stays when the clock is not set yet", () => {
    const month = new Month(1, undefined, date("2026-11-23"));
    expect(month.turn(200, 0)).toBe(false);
    expect(month.use(200).used).toBe(200);
  });

  it("forgets what is remembered of another one", () => {
    expect(new Month(1, { starts: "2026-10-01T00:00:00.000Z", used: 500 }, date("2026-11-23")).use(0).used).toBe(0);
  });
});

describe("a day", () => {
  const monthEnds = date("2026-12-01");

  it("gives a client its part of what is left, and a /48 twice as much", () => {
    const day = new Day(undefined, 300, date("2026-11-24T15:00:00Z"));
    // 700 for seven days.
    expect(day.limits(1000, monthEnds, 10)).toEqual({ client: 10, site: 20 });
    expect(day.limits(1000, monthEnds, 100)).toEqual({ client: 100, site: 100 });
    expect(day.turn(650, date("2026-11-24T23:59:59Z"))).toBe(false);
    expect(day.turn(650, date("2026-11-30"))).toBe(true);
    expect(day.limits(1000, monthEnds, 10)).toEqual({ client: 35, site: 70 });
    expect(day.limits(500, monthEnds, 10)).toEqual({ client: 0, site: 0 });
  });

  it("continues after a restart, and when the clock is set back by less than a day", () => {
    const day = new Day({ starts: "2026-11-24T00:00:00.000Z", usedBefore: 300 }, 400, date("2026-11-24T15:00:00Z"));
    expect(day.use()).toEqual({ starts: "2026-11-24T00:00:00.000Z", usedBefore: 300 });
    expect(day.turn(500, date("2026-11-23T23:59:59Z"))).toBe(false);
    expect(new Day(day.use(), 400, date("2026-11-25")).use().usedBefore).toBe(400);
    expect(new Day(day.use(), 400, 0).use()).toEqual(day.use());
  });

  it("comes when the clock was far ahead", () => {
    const day = new Day({ starts: "2031-03-07T00:00:00.000Z", usedBefore: 0 }, 400, date("2026-11-24"));
    expect(day.use().starts).toBe("2026-11-24T00:00:00.000Z");
    const running = new Day(undefined, 0, date("2031-03-07"));
    expect(running.turn(1, date("2026-11-24"))).toBe(true);
  });
});

describe("the gate", () => {
  it("keeps the end of the budget for what runs, and closes when all is used", () => {
    const gate = new BudgetGate();
    expect(gate.pass(1e15)).toBe(false);
    gate.set(1000, 50);
    expect([gate.pass(949), gate.state]).toEqual([false, "open"]);
    expect([gate.pass(950), gate.state]).toEqual([true, "nothing-new"]);
    expect([gate.pass(1000), gate.state]).toEqual([true, "used"]);
    gate.set(5000, 50);
    expect([gate.pass(1000), gate.state]).toEqual([true, "open"]);
  });
});

describe("the budget of a daemon", () => {
  let directory: string;
  let now: number;
  let passed: number;
  let used: SavedShares;
  let orders: (BandwidthOrder | undefined)[];
  /** A rate that the data path does not take. */
  let refused: number | undefined;
  const path: ShapedPath = {
    shares: async () => used,
    setBandwidth: async (order) => {
      if (refused !== undefined && order?.up.rate === refused) throw new Error("the thread says no");
      orders.push(order);
    },
    bandwidth: async () => {
      const until = orders.at(-1)?.until ?? Number.POSITIVE_INFINITY;
      const budget = passed >= until ? "used" : "open";
      return { up: { bytes: passed }, down: { bytes: 0 }, budget } as unknown as BandwidthCounters;
    },
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "bandwidth-"));
    now = date("2026-11-23");
    passed = 0;
    used = { key: [1, -2], cells: new Float32Array(SHARE_CELLS) };
    orders = [];
    refused = undefined;
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const fileOf = (text: string, more = "") =>
    config(`bandwidth = { state = "${directory}/state"${text === "" ? "" : `, ${text}`} }`, more).file;
  const start = async (text: string, more = "") => {
    const bandwidth = new Bandwidth(fileOf(text, more), pino({ level: "silent" }), () => now);
    await bandwidth.start(path);
    return bandwidth;
  };

  it("tells the data path the rates, and whether marks reach anybody", async () => {
    const bandwidth = await start('up = "1M", down = "2M"', "[translator]\ntraffic-class-to-ipv4 = 0\n");
    expect(orders).toEqual([{ up: { rate: 1e6, marks: false }, down: { rate: 2e6, marks: true } }]);
    await bandwidth.stop();
  });

  it("looks at nothing where there is no limit", async () => {
    const bandwidth = await start("");
    expect(orders).toEqual([undefined]);
    expect(await bandwidth.status()).toEqual({ source: "configuration", peerExitsUseLinkTwice: false });
    await bandwidth.stop();
    expect(existsSync(`${directory}/state`)).toBe(false);
  });

  it("counts over a restart", async () => {
    const first = await start('monthly = "1G"');
    passed = 3e8;
    await first.stop();
    passed = 0;
    const second = await start('monthly = "1G"');
    passed = 1e8;
    expect((await second.status()).monthly).toMatchObject({
      used: 4e8,
      limit: 1e9,
      state: "open",
      nothingNewFrom: 9.5e8,
    });
    expect(orders.at(-1)).toMatchObject({ until: 7e8, reserve: 5e7 });
    now = date("2026-12-01");
    expect((await second.status()).monthly).toMatchObject({ used: 0, starts: "2026-12-01T00:00:00.000Z" });
    expect(orders.at(-1)).toMatchObject({ until: 1.1e9 });
    await second.stop();
  });

  it("limits what a client may use in a day, and remembers it over a restart", async () => {
    // Eight days are left.
    const first = await start('monthly = "1G"');
    const day = date("2026-11-23");
    expect(orders.at(-1)?.shares).toEqual({ client: 12_500_000, site: 25_000_000, day });
    expect((await first.status()).monthly?.share).toEqual({ client: 12_500_000, site: 25_000_000 });
    used.cells[77] = 5.5;
    passed = 2e8;
    await first.stop();
    passed = 0;
    const second = await start('monthly = "1G"');
    expect(orders.at(-1)?.shares).toEqual({ client: 12_500_000, site: 25_000_000, day, kept: used });
    now = date("2026-11-24T00:00:01Z");
    await second.status();
    expect(orders.at(-1)?.shares).toEqual({ client: 11_428_571, site: 22_857_142, day: date("2026-11-24") });
    await second.prepareReload(fileOf('monthly = "1G", client-share = 0'));
    expect(orders.at(-1)?.shares).toBeUndefined();
    await second.prepareReload(fileOf('monthly = "1G", client-share = 50'));
    expect(orders.at(-1)?.shares).toMatchObject({ client: 57_142_857, site: 114_285_714 });
    await second.stop();
  });

  it("goes on when what clients used is damaged", async () => {
    const first = await start('monthly = "1G"');
    await first.stop();
    writeFileSync(`${directory}/state/shares.json`, '{"version":1,"day":1795392000000,"key":[1,2],"cells":"AAAA"}');
    const second = await start('monthly = "1G"');
    expect(orders.at(-1)?.shares?.kept).toBeUndefined();
    await second.stop();
  });

  it("does not count what passed before there was a budget, nor twice what is written down", async () => {
    const bandwidth = await start('up = "1M"');
    passed = 5e9;
    await bandwidth.prepareReload(fileOf('up = "1M", monthly = "1G"'));
    expect((await bandwidth.status()).monthly).toMatchObject({ used: 0, state: "open" });
    passed = 5.3e9;
    expect((await bandwidth.status()).monthly).toMatchObject({ used: 3e8 });
    await bandwidth.prepareReload(fileOf('up = "1M"'));
    passed = 6e9;
    await bandwidth.prepareReload(fileOf('up = "1M", monthly = "1G"'));
    expect((await bandwidth.status()).monthly).toMatchObject({ used: 3e8, state: "open" });
    expect(orders.at(-1)).toMatchObject({ until: 6.7e9 });
    await bandwidth.stop();
  });

  it("writes the month down where it was kept when the whole table goes, with the last bytes", async () => {
    const bandwidth = await start('monthly = "1G"');
    passed = 3e8;
    await bandwidth.status();
    passed = 4e8;
    await bandwidth.prepareReload(config("").file);
    expect(readState(`${directory}/state/bandwidth.json`).month).toEqual({
      starts: "2026-11-01T00:00:00.000Z",
      used: 4e8,
    });
    expect(orders.at(-1)).toBeUndefined();
    await bandwidth.prepareReload(fileOf('monthly = "1G"'));
    expect((await bandwidth.status()).monthly).toMatchObject({ used: 4e8 });
    await bandwidth.stop();
  });

  it("is as before when a reload is cancelled, or the data path refuses it", async () => {
    const bandwidth = await start('up = "1M", monthly = "1G"');
    passed = 3e8;
    await bandwidth.set({ up: { rate: 5e6 } });
    const before = orders.at(-1);
    const prepared = await bandwidth.prepareReload(fileOf('up = "2M"'));
    expect(orders.at(-1)).toMatchObject({ up: { rate: 2e6 } });
    await prepared.cancel();
    expect(orders.at(-1)).toEqual(before);
    expect((await bandwidth.status()).monthly).toMatchObject({ used: 3e8 });

    refused = 3e6;
    await expect(bandwidth.prepareReload(fileOf('up = "3M"'))).rejects.toThrow("bandwidth: the thread says no");
    expect(orders.at(-1)).toEqual(before);
    expect(bandwidth.rates).toEqual({ up: { rate: 5e6 } });
    expect((await bandwidth.status()).source).toBe("command");
    await bandwidth.stop();
  });

  it("remembers rates that were set, until the file has other ones", async () => {
    const first = await start('up = "1M", down = "1M"');
    expect(await first.set({ up: { rate: 5e6 }, down: null })).toMatchObject({
      up: { rate: 5e6 },
      source: "command",
      isKept: true,
    });
    expect(orders.at(-1)).toEqual({ up: { rate: 5e6, marks: true }, down: { marks: true } });
    await first.stop();
    const second = await start('up = "1M", down = "1M"');
    expect(second.rates).toEqual({ up: { rate: 5e6 } });
    await second.prepareReload(fileOf('up = "1M", down = "1M", monthly = "1G"'));
    expect(second.rates).toEqual({ up: { rate: 5e6 } });
    await second.prepareReload(fileOf('up = "2M", down = "1M"'));
    expect(second.rates).toEqual({ up: { rate: 2e6 }, down: { rate: 1e6 } });
    await second.stop();
  });

  it("forgets them when told so, with a restart or at once", async () => {
    const first = await start('up = "1M"');
    await first.set({ up: { rate: 5e6 }, untilRestart: true });
    expect(await first.status()).toMatchObject({ source: "command", isKept: false });
    await first.stop();
    const second = await start('up = "1M"');
    expect(second.rates).toEqual({ up: { rate: 1e6 } });
    await second.set({ down: { rate: 9e6 } });
    expect(second.rates).toEqual({ up: { rate: 1e6 }, down: { rate: 9e6 } });
    expect(await second.set({ reset: true })).toMatchObject({ up: { rate: 1e6 }, source: "configuration" });
    await second.stop();
  });

  it("goes on when what is remembered is damaged or cannot be written, and says so", async () => {
    mkdirSync(`${directory}/state`);
    writeFileSync(`${directory}/state/bandwidth.json`, '{"version":1,"month":{"starts":"never","used":-1}}');
    expect(() => readState(`${directory}/state/bandwidth.json`)).toThrow(/is damaged/);
    const bandwidth = await start('monthly = "1G"');
    expect((await bandwidth.status()).monthly).toMatchObject({ used: 0 });
    rmSync(`${directory}/state`, { recursive: true });
    writeFileSync(`${directory}/state`, "a file where the directory should be");
    await bandwidth.set({ up: { rate: 5e6 } });
    const { monthly, isKept } = await bandwidth.status();
    expect(monthly?.problem).toMatch(/EEXIST|ENOTDIR/);
    expect(isKept).toBe(false);
    await bandwidth.stop();
    rmSync(`${directory}/state`);
  });

  it("writes the file as a whole, for its owner only", () => {
    writeState(`${directory}/deep/bandwidth.json`, { month: { starts: "2026-11-01T00:00:00.000Z", used: 7 } });
    expect(readState(`${directory}/deep/bandwidth.json`)).toEqual({
      month: { starts: "2026-11-01T00:00:00.000Z", used: 7 },
    });
    expect(JSON.parse(readFileSync(`${directory}/deep/bandwidth.json`, "utf8"))).toMatchObject({ version: 1 });
  });
});
