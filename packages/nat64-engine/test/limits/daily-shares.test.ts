import { describe, expect, it } from "vitest";
import { DailyShares } from "../../src/limits/daily-shares.ts";
import { Link } from "../shaping/harness.ts";

const NET = 0x20010db8;
const GB = 1e9;

function create(client = GB, site = 2 * GB): DailyShares {
  let seed = 7;
  const shares = new DailyShares(() => {
    seed = Math.imul(seed, 0x9e3779b1) + 12_345;
    return seed;
  });
  shares.set({ client, site });
  return shares;
}

describe("the share of a day", () => {
  it("of a client is low at 95 %, and used at all of it; others have theirs", () => {
    const shares = create();
    shares.count(NET, 1, 0.94 * GB);
    expect([shares.isLow(NET, 1), shares.isUsed(NET, 1)]).toEqual([false, false]);
    shares.count(NET, 1, 0.02 * GB);
    expect([shares.isLow(NET, 1), shares.isUsed(NET, 1)]).toEqual([true, false]);
    shares.count(NET, 1, 0.04 * GB);
    expect([shares.isLow(NET, 1), shares.isUsed(NET, 1)]).toEqual([true, true]);
    expect([shares.isLow(NET, 2), shares.isUsed(NET, 0x10001)]).toEqual([false, false]);
  });

  it("of a /48 is that of two clients, from however many /64s", () => {
    const shares = create();
    for (let client = 0; client < 1000; client++) shares.count(NET, client, 2e6);
    expect(shares.isUsed(NET, 5000)).toBe(true);
    expect(shares.isUsed(NET, 0x10000)).toBe(false);
  });

  it("is another one on the next day, and follows the limits", () => {
    const shares = create();
    shares.count(NET, 1, GB);
    shares.set({ client: 3 * GB, site: 6 * GB });
    expect(shares.isUsed(NET, 1)).toBe(false);
    shares.set({ client: GB, site: 2 * GB });
    expect(shares.isUsed(NET, 1)).toBe(true);
    shares.set(undefined);
    expect([shares.isOn, shares.isUsed(NET, 1)]).toEqual([false, false]);
    shares.set({ client: GB, site: 2 * GB });
    shares.clear();
    expect(shares.isUsed(NET, 1)).toBe(false);
  });

  it("is remembered over a restart, without addresses", () => {
    const shares = create();
    shares.count(NET, 1, GB);
    const again = create();
    again.restore(structuredClone(shares.save()));
    expect([again.isUsed(NET, 1), again.isUsed(NET, 2)]).toEqual([true, false]);
    expect(() => again.restore({ key: [1, 2], cells: new Float32Array(3) })).toThrow(RangeError);
  });

  it("is neither lost nor forgotten in a flood from 300,000 prefixes", () => {
    const shares = create();
    shares.count(NET, 1, GB);
    shares.count(NET, 0x10000, 0.5 * GB);
    for (let i = 0; i < 300_000; i++) shares.count(NET + 1 + i, i, 1500);
    expect(shares.isUsed(NET, 1)).toBe(true);
    expect(shares.isLow(NET, 0x10000)).toBe(false);
    expect(shares.isLow(NET, 0x20000)).toBe(false);
  });

  it("is not taken by 200 others that have used theirs", () => {
    const shares = create();
    for (let i = 0; i < 200; i++) shares.count(NET + 1 + i, i, 2 * GB);
    let refused = 0;
    for (let i = 0; i < 10_000; i++) if (shares.isUsed(NET - 1 - i, i)) refused++;
    expect(refused).toBeLessThan(10);
  });
});

describe("a shaper with shares", () => {
  const packet = (client: number) => ({ client, flow: 1, payload: 952 });

  it.each([
    ["without a rate", {}],
    ["with packets that wait", { rate: 8e6 }],
  ])("counts what leaves, %s, and drops what has no share", (_, settings) => {
    const shares = create(100_000, 200_000);
    const link = new Link(settings, 4096, true, { shares });
    for (let i = 0; i < 200; i++) {
      link.send(packet(1));
      link.run(2);
    }
    link.send(packet(2));
    link.run(10);
    expect(link.bytesOf(1)).toBe(100_000);
    expect(link.bytesOf(2)).toBe(1000);
    expect(link.shaper.counters()).toMatchObject({ withoutShare: 100, droppedBytes: 100_000 });
  });

  it("passes such packets uncounted where somebody else refuses them", () => {
    const shares = create(100_000, 200_000);
    const link = new Link({}, 4096, true, { shares, passesRefused: true });
    for (let i = 0; i < 200; i++) link.send(packet(1));
    expect(link.left.length).toBe(200);
    expect(link.shaper.counters()).toMatchObject({ withoutShare: 0, bytes: 100_000 });
  });
});
