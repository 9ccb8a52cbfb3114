import { describe, expect, it } from "vitest";
import { typesIn, World } from "./support/machine.ts";
import { makePair } from "./support/peers.ts";

describe("pairing", () => {
  it("goes from proposal to Teredo address, and the IPv4 peer hears of the address first", () => {
    const world = new World();
    const { v6, v4, address } = makePair(world);
    expect(address).toMatch(/^2001:0:c000:201:[0-9a-f]+:63bf:39cc:9bf8$/);
    expect(typesIn(v6.line)).toEqual(["welcome", "challenge", "registered"]);
    expect(typesIn(v4.line)).toEqual(["welcome", "registered"]);
    expect(world.machine.status()).toMatchObject({ pairs: 1, proposals: 0, addresses: 1 });
  });
});
