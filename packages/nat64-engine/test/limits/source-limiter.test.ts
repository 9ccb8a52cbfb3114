import { parseIPv4, parseIPv6 } from "@nat64/rfc6052";
import { expect, it } from "vitest";
import { KeyedHash } from "../../src/hash/keyed-hash.ts";
import { SourceLimiter } from "../../src/limits/source-limiter.ts";

const six = (text: string) => Int32Array.from(parseIPv6(text));
const ME = six("2001:db8:1::1");
const create = (perSecond: number, burst: number) => new SourceLimiter(perSecond, burst, new KeyedHash(1, 2));

it("RFC 4443 §2.4 (f): a source gets its share of the burst at once, then its share of the rate", () => {
  const limiter = create(160, 48);
  const at = (now: number): boolean => limiter.allow(6, ME, now);
  expect([at(0), at(0), at(0), at(0)]).toEqual([true, true, true, false]);
  expect([at(99), at(100), at(100)]).toEqual([false, true, false]);
});

it("all sources together get no more than the burst and the rate", () => {
  const limiter = create(160, 48);
  let allowed = 0;
  for (let n = 0; n < 200; n++) if (limiter.allow(6, six(`2001:db8:${n.toString(16)}::1`), 0)) allowed++;
  expect(allowed).toBe(48);
});

it("a source that asks for everything leaves the others theirs, wherever in its /48 it sends from", () => {
  const limiter = create(1000, 100);
  let taken = 0;
  for (let n = 0; n < 5000; n++) if (limiter.allow(6, six(`2001:db8:1:${n.toString(16)}::1`), 0)) taken++;
  expect(taken).toBeLessThanOrEqual(7);
  expect(limiter.allow(6, six("2001:db8:2::1"), 0)).toBe(true);
  expect(limiter.allow(4, Int32Array.of(parseIPv4("198.51.100.7"), 0, 0, 0), 0)).toBe(true);
});

it("gives nothing for a clock that goes back", () => {
  const limiter = create(1000, 1);
  expect(limiter.allow(6, ME, 5000)).toBe(true);
  expect(limiter.allow(6, ME, 0)).toBe(false);
});

it("with a burst of 0 lets nothing through", () => {
  expect(create(10, 0).allow(6, ME, 1)).toBe(false);
});
