import { expect, it } from "vitest";
import { HistoryRing, MAX_ROWS, ROW_INTERVAL_MS, type Totals } from "../../src/status-page/history.ts";

const totals = (at: number, more: Partial<Totals> = {}): Totals => ({
  at,
  up: 0,
  down: 0,
  sessions: 0,
  opened: 0,
  busy: 0,
  drops: new Map(),
  ...more,
});

it("a row has what came since the look before, by the second, in bits", () => {
  const history = new HistoryRing();
  history.add(totals(1000, { up: 1_000_000, down: 5000, sessions: 3, opened: 10, drops: new Map([["x", 4]]) }));
  expect(history.since(0).at).toEqual([]);
  history.add(
    totals(3000, {
      up: 1_001_000,
      down: 5500,
      sessions: 7,
      opened: 14,
      drops: new Map([
        ["x", 5],
        ["y", 1],
      ]),
    }),
  );
  expect(history.since(0)).toEqual({ at: [3000], up: [4000], down: [2000], sessions: [7], opened: [2], dropped: [1] });
});

it("counters that go back make no rate below zero", () => {
  const history = new HistoryRing();
  history.add(totals(1000, { up: 500, opened: 5 }));
  history.add(totals(2000, { up: 400, opened: 0 }));
  expect(history.since(0)).toMatchObject({ up: [0], opened: [0] });
});

it("a clock that stands still, or goes back, makes no row", () => {
  const history = new HistoryRing();
  for (const at of [1000, 3000, 3000, 2000]) history.add(totals(at));
  expect(history.since(0).at).toEqual([3000]);
});

it("keeps the last rows and no more, and gives those after a time", () => {
  const history = new HistoryRing();
  for (let row = 0; row <= MAX_ROWS + 100; row++) history.add(totals(row * ROW_INTERVAL_MS, { sessions: row }));
  const all = history.since(0);
  expect(all.at).toHaveLength(MAX_ROWS);
  expect([all.sessions[0], all.sessions.at(-1)]).toEqual([101, MAX_ROWS + 100]);
  expect(history.since((MAX_ROWS + 98) * ROW_INTERVAL_MS).sessions).toEqual([MAX_ROWS + 99, MAX_ROWS + 100]);
  expect(history.since(Number.MAX_SAFE_INTEGER).at).toEqual([]);
});

it("what was dropped five minutes ago is not recent any more", () => {
  const history = new HistoryRing();
  const add = (seconds: number, count: number) =>
    history.add(totals(seconds * 1000, { drops: new Map([["x", count]]) }));
  add(0, 7);
  for (let seconds = 2; seconds <= 300; seconds += 2) add(seconds, 10);
  expect(history.recentDrops().get("x")).toBe(3);
  add(302, 10);
  expect(history.recentDrops().get("x")).toBe(0);
});

it("knows how busy the thread is", () => {
  const history = new HistoryRing();
  history.add(totals(1000, { busy: 100 }));
  history.add(totals(3000, { busy: 1100 }));
  expect(history.busy).toBe(0.5);
});
