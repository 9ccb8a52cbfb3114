import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findNotices, type NoticeCode, type PageData, type Severity } from "../src/index.ts";
import { CALM, exitIn } from "./page-data.ts";

const MONTH = { used: 10, limit: 100, state: "open", ends: 9_000_000 } as const;

/** What is so, what is said of it, and how bad it is. */
const CASES: readonly (readonly [string, Partial<PageData>, NoticeCode, Severity])[] = [
  ["no path carries packets", { exits: [exitIn("down"), exitIn("trying")] }, "no-exit-up", "bad"],
  ["there is no exit at all", { exits: [] }, "no-exit-up", "bad"],
  ["there is no exit yet", { exits: [], startedAt: CALM.at - 5000 }, "no-exit-up", "info"],
  ["one of two exits is down", { exits: [exitIn("up"), exitIn("down")] }, "exit-down", "warning"],
  ["an exit is down beside a local one", { localExit: "pool", exits: [exitIn("down")] }, "exit-down", "warning"],
  ["a path loses packets", { exits: [exitIn("up", { loss: 0.3 })] }, "path-loss", "warning"],
  ["an exit loses data", { exits: [exitIn("up"), exitIn("up", { lost: ["udp"] })] }, "data-lost", "warning"],
  ["the only exit loses data", { exits: [exitIn("up", { lost: ["tcp", "udp"] })] }, "data-lost", "bad"],
  [
    "the coordinator is away",
    { coordinator: { ...CALM.coordinator!, isConnected: false } },
    "coordinator-away",
    "warning",
  ],
  [
    "the prefix is not proved",
    { coordinator: { ...CALM.coordinator!, registration: "pausing" } },
    "not-registered",
    "warning",
  ],
  ["the table is nearly full", { sessions: { now: 100, settled: 90, most: 100 } }, "table-full", "warning"],
  ["the table is full", { sessions: { now: 100, settled: 100, most: 100 } }, "table-full", "bad"],
  ["most of the month is used", { budget: { month: { ...MONTH, used: 81 } } }, "budget-used", "warning"],
  [
    "new sessions are refused",
    { budget: { month: { ...MONTH, used: 96, state: "nothing-new" } } },
    "budget-used",
    "bad",
  ],
  ["all of the month is used", { budget: { month: { ...MONTH, used: 100, state: "used" } } }, "budget-used", "bad"],
  ["what is used cannot be written", { budget: { month: { ...MONTH, problem: "EROFS" } } }, "budget-used", "warning"],
  [
    "ports run out",
    { drops: [{ where: "translator", code: "ports-exhausted", total: 30, recent: 30 }] },
    "drops",
    "warning",
  ],
  ["the thread has no rest", { busy: 0.97 }, "busy", "warning"],
  [
    "the firewall lost its rules",
    { hostProblems: [{ what: "add the nftables table v6peer_nat64", reason: "nft: no" }] },
    "host-changed",
    "bad",
  ],
  ["a reload was refused", { config: { ...CALM.config, refused: "x.toml:1:1: no" } }, "reload-refused", "warning"],
  ["keys wait for a restart", { config: { ...CALM.config, needsRestart: ["prefix"] } }, "needs-restart", "info"],
  ["bans are in effect", { bans: { count: 2 } }, "bans", "info"],
  ["bans cannot be saved", { bans: { count: 0, problem: "no disk" } }, "bans-unsaved", "warning"],
  ["it drains", { drain: { sessions: 3 } }, "draining", "info"],
];

it("has nothing to say of an IPv6 peer without trouble, however much the internet scans it", () => {
  expect(findNotices(CALM)).toEqual([]);
});

it.each(CASES)("when %s it says so", (_, change, code, severity) => {
  const [notice, ...others] = findNotices({ ...CALM, ...change });
  expect(others).toEqual([]);
  expect(notice).toMatchObject({ code, severity });
  expect(notice.sentence).toMatch(/^[A-Z0-9“].*[.:]$/);
});

it("has the worst first", () => {
  const worse = { ...CALM, busy: 1, exits: [], config: { ...CALM.config, needsRestart: ["prefix"] } };
  expect(findNotices(worse).map(({ severity }) => severity)).toEqual(["bad", "warning", "info"]);
});

it("quotes what others say and does not mix it with its own words", () => {
  const coordinator = { ...CALM.coordinator!, isConnected: false, problem: "<b>boo</b>" };
  const [notice] = findNotices({ ...CALM, coordinator });
  expect(notice.quote).toBe("<b>boo</b>");
  expect(notice.sentence).not.toContain("boo");
});

describe("docs/troubleshooting.md", () => {
  const anchors = readFileSync(new URL("../../../docs/troubleshooting.md", import.meta.url), "utf8");
  const codes = [...new Set(CASES.map(([, , code]) => code))];

  it.each(codes)("has a chapter for %s", (code) => {
    expect(anchors).toContain(`<a id="${code}"></a>`);
  });
});
