import { expect, test } from "vitest";
import { compileBlockSet, parseCidr, parseIPv4, parseIPv6 } from "../src/index.ts";

test("a set of blocks has the addresses of its blocks and no others", () => {
  const set = compileBlockSet(["192.0.2.0/24", "10.0.0.0/8", "203.0.113.7/32", "2001:db8::/32"].map(parseCidr));
  for (const inside of ["192.0.2.0", "192.0.2.255", "10.255.0.1", "203.0.113.7"]) {
    expect(set.hasIPv4(parseIPv4(inside)), inside).toBe(true);
  }
  for (const outside of ["192.0.3.0", "11.0.0.0", "203.0.113.8", "0.0.0.0", "255.255.255.255"]) {
    expect(set.hasIPv4(parseIPv4(outside)), outside).toBe(false);
  }
  expect(set.hasIPv6(...parseIPv6("2001:db8::1"))).toBe(true);
  expect(set.hasIPv6(...parseIPv6("2001:db9::1"))).toBe(false);
  expect(compileBlockSet([]).hasIPv4(0)).toBe(false);
  expect(compileBlockSet([parseCidr("0.0.0.0/0")]).hasIPv4(parseIPv4("198.51.100.1"))).toBe(true);
});
