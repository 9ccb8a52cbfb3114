/** How much an exit has proved, and when it yields. */
import { describe, expect, test } from "vitest";
import { Trust } from "../../src/v6peer/pairs/trust.ts";

const MINUTE = 60_000;

/** An exit whose clients get an answer every second for a time. @returns when it ends */
function answer(trust: Trust, from: number, milliseconds: number): number {
  for (let now = from; now < from + milliseconds; now += 1_000) trust.look(now, false, now);
  return from + milliseconds;
}

describe("the share of an exit", () => {
  test("starts small, and doubles with each minute of answers", () => {
    const trust = new Trust();
    expect(trust.share).toBe(1 / 64);
    trust.rise(0);
    let now = answer(trust, 0, MINUTE);
    expect(trust.share).toBe(1 / 64);
    now = answer(trust, now, MINUTE);
    expect(trust.share).toBe(1 / 32);
    answer(trust, now, 10 * MINUTE);
    expect(trust.share).toBe(1);
  });

  test("does not grow without answers, nor while the engine says that data is lost", () => {
    const trust = new Trust();
    trust.rise(0);
    for (let now = 0; now < 10 * MINUTE; now += 250) trust.look(7, false, now);
    expect(trust.share).toBe(1 / 64);
    for (let now = 10 * MINUTE; now < 20 * MINUTE; now += 250) trust.look(now, true, now);
    expect(trust.share).toBe(1 / 64);
  });

  test("starts anew when the path fails while another one works, but not when all fail", () => {
    const trust = new Trust();
    trust.rise(0);
    const now = answer(trust, 0, 10 * MINUTE);
    trust.fall(now);
    expect(trust.share).toBe(1);
    trust.rise(now + 1_000);
    trust.blame();
    expect(trust.share).toBe(1);
    trust.fall(now + 2_000);
    trust.blame();
    expect(trust.share).toBe(1 / 64);
  });
});

describe("an exit yields", () => {
  test("when its first path never comes up, until one does", () => {
    const trust = new Trust();
    expect(trust.yieldsFor(0)).toBeUndefined();
    trust.fall(5_000);
    expect(trust.yieldsFor(5_000)).toBe("path-never-up");
    trust.rise(9_000);
    expect(trust.yieldsFor(9_000)).toBeUndefined();
    trust.fall(19_000);
    trust.blame();
    expect(trust.yieldsFor(19_000)).toBeUndefined();
  });

  test("when its path fails three times soon after it came up, and only while it is down", () => {
    const trust = new Trust();
    let now = 0;
    for (const expected of [undefined, undefined, "path-unstable"]) {
      trust.rise(now);
      now += 5 * MINUTE;
      trust.fall(now);
      trust.blame();
      trust.blame();
      expect(trust.yieldsFor(now)).toBe(expected);
    }
    // Ten minutes make up for one of them.
    trust.rise(now);
    expect(trust.yieldsFor(now)).toBeUndefined();
    now += 10 * MINUTE;
    trust.fall(now);
    trust.blame();
    expect(trust.yieldsFor(now)).toBeUndefined();
  });

  test("when its path is down for a minute while another one works", () => {
    const trust = new Trust();
    trust.rise(0);
    trust.fall(20 * MINUTE);
    expect(trust.yieldsFor(30 * MINUTE)).toBeUndefined();
    trust.blame();
    expect(trust.yieldsFor(21 * MINUTE - 1)).toBeUndefined();
    expect(trust.yieldsFor(21 * MINUTE)).toBe("path-unstable");
  });

  test("at once when it loses data and has proved nothing; later if it has", () => {
    const trust = new Trust();
    trust.rise(0);
    trust.look(0, true, 1_000);
    expect(trust.yieldsFor(1_000)).toBe("no-data");
    trust.look(0, false, 2_000);
    expect(trust.yieldsFor(2_000)).toBeUndefined();
    const now = answer(trust, 3_000, 3 * MINUTE);
    trust.look(now, true, now);
    expect(trust.yieldsFor(now)).toBeUndefined();
    expect(trust.yieldsFor(now + MINUTE)).toBe("no-data");
  });
});
