/** The shaper of an IPv4 peer: bandwidth is divided by pair, then by block of ports, then by flow. */
import { describe, expect, it } from "vitest";
import { ExitRules } from "../../src/exits/exit-rules.ts";
import { Pairs } from "../../src/exits/pairs.ts";
import { PairOwner, type ShaperSettings } from "../../src/shaping/index.ts";
import { FIRST_SERVER, Link, type Sent } from "./harness.ts";

const RATE = 10e6;
const BYTES_PER_MS = RATE / 8000;
const PAIRS = 4;

/** Servers of the harness stand for the Teredo addresses of pairs. */
function link(settings: ShaperSettings | undefined, blocks?: number): Link {
  const pairs = new Pairs();
  const rules = new ExitRules({ internet: true, published: [], refused: [] }, { refusesIPv4: () => false } as never);
  for (let pair = 0; pair < PAIRS; pair++) {
    const teredo = [0x20010db8, 0x00640000, 0, (0xc6336400 + FIRST_SERVER + pair) | 0] as const;
    pairs.set(pair, { teredo, prefix: [0x20010db8, pair, 0], local: pair + 1, rules });
  }
  return new Link(settings, blocks, true, { owner: new PairOwner(pairs, "up"), sitesWithRates: PAIRS });
}

const packet = (pair: number, port: number, payload = 1152): Sent => ({
  server: pair,
  client: 1,
  flow: port,
  payload,
});

/** Bytes per millisecond that left for some packets, after a second of getting used to it. */
function rateOf(it: Link, each: (now: number) => void, fits: (left: Link["left"][number]) => boolean): number {
  it.run(1000, each, 1);
  const from = it.now;
  it.run(4000, each, 1);
  return it.sum(fits, from) / 4000;
}

describe("an IPv4 peer's limit", () => {
  it("gives a pair half of it beside another one that floods", () => {
    const it = link({ rate: RATE });
    let port = 0;
    const both = () => {
      for (let i = 0; i < 10; i++) it.send(packet(0, port++ % 60_000));
      it.send(packet(1, 5000));
    };
    const other = rateOf(it, both, ({ server }) => server === 1);
    expect(other / BYTES_PER_MS).toBeGreaterThan(0.49);
  });

  it("gives a block of ports half of it beside another one of the same pair with sixty flows", () => {
    const it = link({ rate: RATE });
    let port = 0;
    const both = () => {
      for (let i = 0; i < 10; i++) it.send(packet(0, 6400 + (port++ % 60)));
      it.send(packet(0, 12_800));
    };
    const other = rateOf(it, both, ({ flow }) => flow === 12_800);
    expect(other / BYTES_PER_MS).toBeGreaterThan(0.49);
  });

  it("gives a flow half of it beside another one of the same block", () => {
    const it = link({ rate: RATE });
    const both = () => {
      for (let i = 0; i < 10; i++) it.send(packet(0, 6400));
      it.send(packet(0, 6401));
    };
    const other = rateOf(it, both, ({ flow }) => flow === 6401);
    expect(other / BYTES_PER_MS).toBeGreaterThan(0.49);
  });

  it("takes memory from the pair that uses most when it is full", () => {
    const it = link({ rate: 1e5 }, 64);
    it.send(packet(1, 1), packet(1, 1));
    for (let i = 0; i < 500; i++) it.send(packet(0, i));
    it.run(20_000);
    expect(it.left.filter(({ server }) => server === 1).length).toBe(2);
  });
});

describe("a pair's own limit", () => {
  it.each([undefined, { rate: RATE }])("holds for it alone, with a limit for all of %j", (settings) => {
    const it = link(settings);
    it.shaper.limit(0, 1e6, it.now);
    const both = () => {
      it.send(packet(0, 1));
      it.send(packet(1, 1));
    };
    it.run(1000, both, 1);
    const from = it.now;
    it.run(4000, both, 1);
    const [limited, other] = [0, 1].map((pair) => it.sum(({ server }) => server === pair, from) / 4000);
    expect(limited / (1e6 / 8000)).toBeGreaterThan(0.97);
    expect(limited / (1e6 / 8000)).toBeLessThan(1.03);
    const wanted = settings === undefined ? 1200 : BYTES_PER_MS - 1e6 / 8000;
    expect(other / wanted).toBeGreaterThan(0.97);
  });

  it("does not delay others while all of its packets wait", () => {
    const it = link(undefined);
    it.shaper.limit(0, 1e5, it.now);
    it.send(...Array.from({ length: 50 }, () => packet(0, 1)));
    it.run(5);
    const from = it.now;
    it.send(packet(1, 1), packet(2, 1));
    it.release();
    expect(it.left.filter(({ at, server }) => at === from && server > 0).length).toBe(2);
    // The next one is due when the rate of its pair allows it, not at once: nobody spins meanwhile.
    expect(it.shaper.nextDeadline(it.now)).toBeGreaterThan(it.now + 10);
  });

  it("divides what it allows by flow", () => {
    const it = link(undefined);
    it.shaper.limit(0, RATE, it.now);
    const both = () => {
      for (let i = 0; i < 10; i++) it.send(packet(0, 6400));
      it.send(packet(0, 6401));
    };
    const other = rateOf(it, both, ({ flow }) => flow === 6401);
    expect(other / BYTES_PER_MS).toBeGreaterThan(0.49);
  });

  it("ends when it is removed, and packets that wait are released", () => {
    const it = link(undefined);
    it.shaper.limit(0, 8000, it.now);
    it.send(...Array.from({ length: 20 }, () => packet(0, 1)));
    expect(it.left.length).toBeLessThan(20);
    it.shaper.limit(0, undefined, it.now);
    it.release();
    expect(it.left.length).toBe(20);
    expect(it.shaper.isOn).toBe(false);
  });
});
