import { PerformanceObserver } from "node:perf_hooks";
import { expect, it } from "vitest";
import { compilePool, compilePrefix, compileRefusals, isGlobalUnicastIPv4, isGlobalUnicastIPv6 } from "../src/index.ts";
import { int32s } from "./support.ts";

/**
 * If each round left only sixteen bytes of garbage, the young generation (at most 16 MB) would be collected well over
 * five times.
 */
const ROUNDS = 5_000_000;
const FEW = 5;

it("leaves no garbage behind on the packet path", async () => {
  const prefix = compilePrefix("64:ff9b::/96");
  const split = compilePrefix("2001:db8:100::/40", { suffix: "refuse" });
  const pool = compilePool("2001:db8:64::/80");
  const refusals = compileRefusals();
  const packet = new Uint8Array(40);
  const random = int32s(1);
  let sum = 0;
  const ask = (rounds: number): void => {
    for (let i = 0; i < rounds; i++) {
      const word = random();
      split.embedBytes(word, packet, 24);
      sum ^= split.extractBytes(packet, 24) ^ split.checkBytes(packet, 24);
      sum ^= prefix.check(0x0064ff9b, 0, 0, word) ^ prefix.extract(0, 0, word) ^ prefix.embedW3(word);
      sum ^= pool.selector(word) ^ Number(pool.matches(word, 0, 0));
      sum ^= Number(isGlobalUnicastIPv4(word)) ^ Number(isGlobalUnicastIPv6(0x20010000, word, 0, 0));
      sum ^= Number(refusals.refusesIPv4(word)) ^ Number(refusals.refusesClientSource(word, 0, 0, 0));
    }
  };
  ask(500_000); // until V8 has compiled it

  let collections = 0;
  const observer = new PerformanceObserver((list) => {
    collections += list.getEntries().length;
  });
  observer.observe({ entryTypes: ["gc"] });
  ask(ROUNDS);
  await new Promise((resolve) => setTimeout(resolve, 10)); // the observer is notified later
  observer.disconnect();
  expect(collections, `with ${sum}`).toBeLessThan(FEW);
}, 30_000);
