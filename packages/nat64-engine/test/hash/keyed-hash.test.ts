import { expect, it } from "vitest";
import { KeyedHash } from "../../src/hash/keyed-hash.ts";

/**
 * HalfSipHash-1-3 of the bytes 00, 01, 02 … with the key 00 … 07, for 12 and 20 bytes: entries of the table of the Linux
 * kernel's own test of `hsiphash` on 32-bit machines (lib/tests/siphash_kunit.c).
 */
it("hashes three and five words as Linux does", () => {
  const hash = new KeyedHash(0x03020100, 0x07060504);
  expect(hash.of3(0x03020100, 0x07060504, 0x0b0a0908) >>> 0).toBe(0x6b28096c);
  expect(hash.of5(0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c, 0x13121110) >>> 0).toBe(0x911bb605);
});

it("spreads the ports and addresses of one client evenly over the buckets", () => {
  const hash = new KeyedHash(0x1234567, 0x89abcde);
  const buckets = new Int32Array(1024);
  for (let port = 0; port < 65536; port++) buckets[hash.of5(0x20010db8, 0, 0, 1, port) & 1023]++;
  // 64 on average with a standard deviation of 8: chi-squared of 1023 degrees of freedom stays below 1250.
  const chiSquared = buckets.reduce((sum, n) => sum + (n - 64) ** 2 / 64, 0);
  expect(chiSquared).toBeLessThan(1250);
});

it("gives an attacker who collides one key no collisions under another", () => {
  const known = new KeyedHash(1, 2);
  const secret = new KeyedHash(3, 4);
  const colliding = [];
  for (let port = 0; port < 65536; port++) if ((known.of3(7, port, 0) & 255) === 0) colliding.push(port);
  const buckets = new Set(colliding.map((port) => secret.of3(7, port, 0) & 255));
  expect(colliding.length).toBeGreaterThan(200);
  expect(buckets.size).toBeGreaterThan(120);
});
