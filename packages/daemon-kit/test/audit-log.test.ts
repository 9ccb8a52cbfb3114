import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  AuditLog,
  type AuditLogOptions,
  type AuditRecord,
  type BlockRecord,
  ClientNames,
  matchClient,
  PairChanges,
  type PairRecord,
  parseAuditLine,
  searchAuditLog,
} from "../src/audit-log/index.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.parse("2031-05-17T10:00:00Z");
const NETWORK = "2001:db8:c::/64";

let directory: string;
let now: number;
let troubles: (string | undefined)[];
let begun: number;

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), "audit-")), "log");
  now = START;
  troubles = [];
  begun = 0;
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function open(more: Partial<AuditLogOptions> = {}): AuditLog {
  return new AuditLog({
    directory,
    program: "test 1",
    clients: "off",
    retentionDays: 3,
    keyDays: 1,
    maxBytes: 1_000_000,
    now: () => now,
    repeatState: () => begun++,
    troubleChanged: (reason) => troubles.push(reason),
    ...more,
  });
}

const at = (ms: number = now) => new Date(ms).toISOString();
const block = (first: number, client?: string): BlockRecord => ({
  event: "block",
  at: at(),
  exit: 0,
  protocol: "tcp",
  address: "192.0.2.64",
  ports: [first, first + 63],
  ...(client !== undefined && { client }),
});
const end = (first: number): AuditRecord => {
  const { client: _, ...rest } = block(first);
  return { ...rest, event: "block-end" };
};
const pair = (place: number, peer: string, teredo?: string): PairRecord => ({
  event: "pair",
  at: at(),
  pair: `pair-${peer}`,
  place,
  peer,
  selector: place,
  ports: [20_000, 24_095],
  ...(teredo !== undefined && { teredo }),
});
const logs = () => readdirSync(directory).filter((name) => name.startsWith("audit-"));
const textOf = (day: string) => readFileSync(join(directory, `audit-${day}.jsonl`), "utf8");

function whose(port: number, from: number, to: number = from) {
  return searchAuditLog(directory, {
    window: { from, to },
    isPair: () => true,
    isBlock: ({ ports }) => ports[0] <= port && port <= ports[1],
  });
}

describe("the files", () => {
  it("are JSON lines of a day of UTC, for owner and group, from start to stop", async () => {
    const log = open();
    log.record(block(1024));
    await log.close();
    expect(logs()).toEqual(["audit-2031-05-17.jsonl"]);
    expect(statSync(join(directory, logs()[0])).mode & 0o777).toBe(0o640);
    const events = textOf("2031-05-17")
      .trimEnd()
      .split("\n")
      .map((line) => parseAuditLine(line)?.event);
    expect(events).toEqual(["start", "block", "stop"]);
  });

  it("begin anew with the day, and what is held is to be said again", async () => {
    const log = open();
    await log.flush();
    now += DAY;
    await log.flush();
    expect(begun).toBe(1);
    await log.close();
    expect(logs()).toEqual(["audit-2031-05-17.jsonl", "audit-2031-05-18.jsonl"]);
    expect(textOf("2031-05-18")).toMatch(/^{"event":"day"/);
  });

  it("are removed after their days, keys sooner, and nothing else is touched", async () => {
    mkdirSync(directory, { recursive: true });
    for (const day of ["2031-05-13", "2031-05-14", "2031-05-16"]) {
      writeFileSync(join(directory, `audit-${day}.jsonl`), "");
      writeFileSync(join(directory, `key-${day}`), "");
    }
    for (const name of ["notes.txt", "audit-2001-01-01.jsonl.old", "audit-2001.jsonl"])
      writeFileSync(join(directory, name), "");
    await open().close();
    expect(readdirSync(directory).sort()).toEqual([
      "audit-2001-01-01.jsonl.old",
      "audit-2001.jsonl",
      "audit-2031-05-14.jsonl",
      "audit-2031-05-16.jsonl",
      "audit-2031-05-17.jsonl",
      "key-2031-05-16",
      "notes.txt",
    ]);
  });

  it("together stay within their bytes: blocks of one day fill a quarter, and the oldest days go", async () => {
    mkdirSync(directory, { recursive: true });
    for (const day of ["2031-05-15", "2031-05-16"])
      writeFileSync(join(directory, `audit-${day}.jsonl`), "x".repeat(40_000));
    const log = open({ maxBytes: 100_000 });
    for (let round = 0; round < 20; round++) {
      for (let i = 0; i < 20; i++) log.record(block(1024 + 64 * i));
      log.record(pair(1, "a", `2001:0:cb00:7103::${round + 1}`));
      await log.flush();
    }
    expect(log.status).toMatchObject({ lost: expect.any(Number) });
    expect(log.status.lost).toBeGreaterThan(100);
    await log.close();
    expect(logs()).toEqual(["audit-2031-05-16.jsonl", "audit-2031-05-17.jsonl"]);
    const today = textOf("2031-05-17");
    expect(today.length).toBeLessThan(50_000);
    // Pairs are few, and are there to the end.
    expect(today).toContain("2001:0:cb00:7103::20");
    expect(today).toContain('"reason":"max-bytes"');
    expect((await whose(1024, now)).missing).toBeGreaterThan(100);
  });

  it("a directory that cannot be used is told once, counted, and used again when it can be", async () => {
    const parent = join(directory, "..");
    writeFileSync(join(parent, "log"), "in the way");
    const log = open();
    log.record(block(1024));
    await log.flush();
    await log.flush();
    expect(troubles).toEqual([expect.stringMatching(/EEXIST|ENOTDIR/)]);
    rmSync(join(parent, "log"));
    log.record(block(2048));
    await log.close();
    expect(troubles[1]).toBeUndefined();
    expect(textOf("2031-05-17")).toMatch(/"event":"lost".*"count":2/);
    expect(textOf("2031-05-17")).toContain("2048");
    // The first start was lost, and whatever was held: it is said again.
    expect(textOf("2031-05-17")).toContain('"event":"start"');
    expect(begun).toBe(1);
  });

  it("lines that wait for the disk are bounded", async () => {
    const log = open();
    await log.flush();
    for (let i = 0; i < 70_000; i++) log.record(block(1024));
    expect(log.status.lost).toBe(70_000 - 65_536);
    await log.close();
  });

  it("a line that a crash has cut off costs that line alone", async () => {
    await open().close();
    appendFileSync(join(directory, "audit-2031-05-17.jsonl"), '{"event":"block","at":"2031');
    now += MINUTE;
    const log = open();
    log.record(block(1024));
    await log.close();
    const found = await whose(1024, now);
    expect(found).toMatchObject({ missing: 1, blocks: [{ held: { ports: [1024, 1087] } }] });
  });
});

describe("the search", () => {
  it("knows whose a block was before, during and after", async () => {
    const log = open();
    await log.flush();
    const times: number[] = [];
    for (const client of ["one", "two"]) {
      now += HOUR;
      log.record(block(1024, client));
      now += HOUR;
      times.push(now - HOUR / 2);
      log.record(end(1024));
      await log.flush();
    }
    expect((await whose(1024, START + MINUTE)).blocks).toEqual([]);
    for (const [i, client] of ["one", "two"].entries()) {
      const { blocks, isCovered } = await whose(1050, times[i]);
      expect({ isCovered, blocks }).toMatchObject({
        isCovered: true,
        blocks: [{ held: { client }, isThroughout: true }],
      });
    }
    // A window over both.
    const both = (await whose(1024, times[0], times[1])).blocks;
    expect(both.map(({ held, isThroughout }) => [held.client, isThroughout])).toEqual([
      ["one", false],
      ["two", false],
    ]);
    expect((await whose(5000, times[0])).blocks).toEqual([]);
    await log.close();
  });

  it("does not cover times before the start and after the stop", async () => {
    const log = open();
    log.record(block(1024));
    await log.flush();
    now += HOUR;
    await log.close();
    expect((await whose(1024, START - HOUR)).isCovered).toBe(false);
    expect((await whose(1024, START + MINUTE)).isCovered).toBe(true);
    expect(await whose(1024, now + MINUTE)).toMatchObject({ isCovered: false, blocks: [] });
  });

  it("takes nothing for granted for long after the last line of one that was killed", async () => {
    const log = open();
    log.record(block(1024));
    await log.flush();
    // No stop: the next one starts hours later.
    now += 5 * HOUR;
    await open().close();
    expect((await whose(1024, START + MINUTE)).blocks).toHaveLength(1);
    const later = await whose(1024, START + HOUR);
    expect(later).toMatchObject({ isCovered: false, blocks: [] });
    await log.close();
  });

  it("a log that says now and then that it is there covers quiet hours", async () => {
    const log = open();
    log.record(block(1024));
    await log.flush();
    for (let i = 0; i < 30; i++) {
      now += 10 * MINUTE;
      await log.flush();
    }
    expect(await whose(1024, now - 2 * HOUR)).toMatchObject({ isCovered: true, blocks: [{ isThroughout: true }] });
    await log.close();
  });

  it("finds what was held over midnight, each day from its own file", async () => {
    const log = open({ repeatState: () => log.record(block(1024)) });
    log.record(block(1024));
    await log.flush();
    now = Date.parse("2031-05-17T23:59:50Z");
    await log.flush();
    now = Date.parse("2031-05-18T00:00:20Z");
    await log.flush();
    await log.flush();
    now += HOUR;
    await log.close();
    const midnight = Date.parse("2031-05-18T00:00:00Z");
    const found = await whose(1024, midnight - MINUTE, midnight + MINUTE);
    expect(found).toMatchObject({ isCovered: true, blocks: [{ isThroughout: true }] });
    rmSync(join(directory, "audit-2031-05-17.jsonl"));
    expect((await whose(1024, midnight + HOUR / 2)).blocks).toHaveLength(1);
  });

  it("a place that is given to another pair is no longer the first one's, nor is it after a reset of blocks", async () => {
    const log = open();
    log.record(pair(1, "a"));
    log.record(block(1024));
    now += HOUR;
    log.record(pair(1, "b"));
    log.record({ event: "reset", at: at() });
    now += HOUR;
    await log.close();
    const late = await whose(1024, now - MINUTE);
    expect(late.pairs.map(({ held }) => held.peer)).toEqual(["b"]);
    expect(late.blocks).toEqual([]);
  });

  it("tells of ports that were taken out of somebody else's block", async () => {
    const log = open();
    log.record(block(1024, "owner"));
    log.record({ ...block(1024, "guest"), event: "borrowed" });
    await log.close();
    expect((await whose(1030, START)).borrowed).toMatchObject([{ client: "guest" }]);
  });

  it("of no log at all finds nothing, and says that it covers nothing", async () => {
    expect(await whose(1024, START)).toEqual({ isCovered: false, missing: 0, pairs: [], blocks: [], borrowed: [] });
  });

  it.each([
    "",
    "{}",
    "null",
    '"x"',
    "[",
    '{"event":"block","at":"never","exit":0,"protocol":"tcp","ports":[1,2]}',
    '{"event":"pair"}',
  ])("%j is a damaged line", (line) => {
    expect(parseAuditLine(line)).toBeUndefined();
  });
});

describe("the names of clients", () => {
  beforeEach(() => mkdirSync(directory, { recursive: true }));

  it("are none, or the network, or a hash of it", () => {
    expect(new ClientNames(directory, "off").name(NETWORK, now)).toBeUndefined();
    expect(new ClientNames(directory, "plain").name(NETWORK, now)).toBe(NETWORK);
    expect(readdirSync(directory)).toEqual([]);
    const hashed = new ClientNames(directory, "hashed").name(NETWORK, now) as string;
    expect(hashed).toMatch(/^hmac-sha256:[\w-]{22}$/);
    expect(statSync(join(directory, "key-2031-05-17")).mode & 0o777).toBe(0o600);
  });

  it("are the same all day, also after a restart, and others on the next day", () => {
    const names = new ClientNames(directory, "hashed");
    const today = names.name(NETWORK, now);
    expect(new ClientNames(directory, "hashed").name(NETWORK, now + HOUR)).toBe(today);
    expect(names.name("2001:db8:d::/64", now)).not.toBe(today);
    const tomorrow = names.name(NETWORK, now + DAY);
    expect(tomorrow).not.toBe(today);
    expect(matchClient(directory, today, NETWORK, now)).toBe("same");
    expect(matchClient(directory, tomorrow, NETWORK, now)).toBe("other");
    expect(matchClient(directory, tomorrow, NETWORK, now + DAY)).toBe("same");
  });

  it("can be compared with nothing once the key is gone, and a damaged key is not believed", () => {
    const name = new ClientNames(directory, "hashed").name(NETWORK, now);
    rmSync(join(directory, "key-2031-05-17"));
    expect(matchClient(directory, name, NETWORK, now)).toBe("key-gone");
    writeFileSync(join(directory, "key-2031-05-17"), "short");
    expect(matchClient(directory, name, NETWORK, now)).toBe("key-gone");
    expect(() => new ClientNames(directory, "hashed").name(NETWORK, now)).toThrow(/damaged/);
    expect(matchClient(directory, undefined, NETWORK, now)).toBe("not-recorded");
    expect(matchClient(directory, NETWORK, NETWORK, now)).toBe("same");
  });
});

describe("the changes of pairs", () => {
  it("says what came, changed and went, and all of it again when asked to", () => {
    const book = new PairChanges();
    const { event: _, at: __, ...a } = pair(1, "a");
    const b = { ...a, pair: "pair-b", peer: "b" };
    const said = (pairs: readonly (typeof a)[]) =>
      book.compare(pairs, at()).map(({ event, ...rest }) => [event, (rest as PairRecord).pair]);
    expect(said([a])).toEqual([["pair", "pair-a"]]);
    expect(said([a])).toEqual([]);
    expect(said([{ ...a, teredo: "2001:0:cb00:7103::1" }])).toEqual([["pair", "pair-a"]]);
    expect(said([b])).toEqual([
      ["pair-end", "pair-a"],
      ["pair", "pair-b"],
    ]);
    book.forget();
    expect(said([b])).toEqual([["pair", "pair-b"]]);
    expect(said([])).toEqual([["pair-end", "pair-b"]]);
  });
});
