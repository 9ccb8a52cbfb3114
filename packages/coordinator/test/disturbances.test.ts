/** What one peer can cause others to receive (PROTOCOL.md §16). */
import { describe, expect, it } from "vitest";
import { errorsIn, testOptions, typesIn, World } from "./support/machine.ts";
import { agree, makePair, V4, V6 } from "./support/peers.ts";

const count = (types: readonly string[], type: string): number => types.filter((each) => each === type).length;

const map = (v4: V4, port: number): void => v4.map(`198.51.100.7:${port}`);

describe("an IPv4 peer with a new mapping each time", () => {
  it("moves its pairs four times at once and then once in ten seconds", () => {
    const world = new World();
    const { v6, v4 } = makePair(world);
    world.wait(60_000);
    for (const { line } of [v6, v4]) typesIn(line);
    for (let i = 0; i < 84; i++) {
      map(v4, 41_000 + i);
      world.wait(60);
    }
    expect(count(typesIn(v6.line), "pair")).toBe(4);
    const errors = v4.line.inbox.filter(({ type }) => type === "error");
    expect(errors).toHaveLength(80);
    expect(errors[0]).toMatchObject({ code: "too-fast", regarding: "mapped", temporary: true, retryAfter: 10 });
    world.wait(10_000);
    map(v4, 42_000);
    expect(count(typesIn(v6.line), "pair")).toBe(1);
  });

  it("may report the same mapping as often as it likes, and any mapping without pairs", () => {
    const world = new World();
    const v4 = new V4(world, "four", "198.51.100.7:40000").register();
    for (let i = 0; i < 10; i++) map(v4, 41_000 + i);
    expect(errorsIn(v4.line)).toEqual([]);
    const v6 = new V6(world, "six", "2001:db8:64::/80").register();
    agree(v6, v4);
    for (let i = 0; i < 10; i++) map(v4, 41_009);
    expect(errorsIn(v4.line)).toEqual([]);
  });

  it("is limited together with all others", () => {
    const world = new World(testOptions({ changesPerSecond: 0.1 }));
    const { v6, v4 } = makePair(world);
    typesIn(v6.line);
    map(v4, 41_000);
    map(v4, 41_001);
    expect(count(typesIn(v6.line), "pair")).toBe(1);
  });
});

describe("drain and its cancellation in turns", () => {
  it.each(["of a peer", "of a pair"])("%s is passed on four times at once", (what) => {
    const world = new World();
    const { v6, v4, pair } = makePair(world);
    typesIn(v4.line);
    const about = what === "of a pair" ? { pair } : {};
    for (let i = 0; i < 20; i++) v6.say({ type: "drain", within: 60, cancel: i % 2 === 1, ...about });
    expect(count(typesIn(v4.line), "drain")).toBe(4);
    expect(count(errorsIn(v6.line), "too-fast")).toBe(16);
    // The other end has its own.
    v4.say({ type: "drain", within: 60, pair });
    expect(errorsIn(v4.line)).toEqual([]);
  });
});

describe("a peer that comes and goes", () => {
  it("is proposed to the same peer once in five seconds", () => {
    const world = new World();
    const v6 = new V6(world, "six", "2001:db8:64::/80").register();
    const v4 = new V4(world, "four", "198.51.100.7:40000").register();
    let proposals = 0;
    for (let i = 0; i < 100; i++) {
      v4.say({ type: "goodbye", reason: "shutdown" });
      v4.reconnect();
      v4.register();
      world.wait(200);
      proposals += count(typesIn(v6.line), "propose");
    }
    expect(proposals).toBeGreaterThan(2);
    expect(proposals).toBeLessThanOrEqual(5);
  });
});
