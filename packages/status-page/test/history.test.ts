import { expect, it } from "vitest";
import { type History, NO_HISTORY } from "../src/index.ts";
import { append } from "../src/page/append.ts";
import { minutesOf } from "../src/page/chart/minutes.ts";

/** Rows at these times, whose values are their times. */
const rowsAt = (...at: number[]): History => ({ at, up: at, down: at, sessions: at, opened: at, dropped: at });

it("new rows follow the old ones", () => {
  expect(append(rowsAt(1, 2), rowsAt(3, 4))).toEqual(rowsAt(1, 2, 3, 4));
  expect(append(NO_HISTORY, rowsAt(3, 4))).toEqual(rowsAt(3, 4));
});

it("rows that are there already are not taken twice", () => {
  expect(append(rowsAt(1, 2), rowsAt(1, 2, 3))).toEqual(rowsAt(1, 2, 3));
  expect(append(rowsAt(1, 2), rowsAt(1, 2))).toEqual(rowsAt(1, 2));
});

it("a page that stays open for days keeps no more than it shows", () => {
  let history = NO_HISTORY;
  for (let at = 1; at <= 2000; at++) history = append(history, rowsAt(at));
  expect(history.at).toHaveLength(600);
  expect(history.down.at(-1)).toBe(2000);
});

it("a table has a line for each minute, the latest first", () => {
  const minute = 60_000;
  expect(minutesOf(rowsAt(minute, minute + 2000, 2 * minute + 1))).toEqual([
    { at: 2 * minute, from: 2, to: 3 },
    { at: minute, from: 0, to: 2 },
  ]);
});
