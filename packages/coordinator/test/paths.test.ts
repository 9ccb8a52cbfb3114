import { describe, expect, it } from "vitest";
import { errorsIn, take, typesIn, World } from "./support/machine.ts";
import { makePair, type V4, type V6 } from "./support/peers.ts";

interface Pairing {
  readonly world: World;
  readonly v6: V6;
  readonly v4: V4;
  readonly pair: string;
  address: string;
}

const paired = (): Pairing => {
  const world = new World();
  const all = makePair(world);
  for (const { line } of [all.v6, all.v4]) typesIn(line);
  // Long enough after the first address that the first fresh one comes at once.
  world.wait(5_000);
  return { world, ...all };
};

const report = (peer: V6 | V4, { pair, address }: Pairing, state: string): void =>
  peer.say({ type: "path", pair, address, state });

/** The next address of both ends, which must be the same and differ from the one before. */
const fresh = (pairing: Pairing): string => {
  const { v6, v4, address } = pairing;
  const told = take(v4.line, "pair");
  expect(told).toMatchObject({ reason: "path-down" });
  expect(take(v6.line, "pair")).toEqual(told);
  expect(told.address).not.toBe(address);
  pairing.address = told.address;
  return told.address;
};

/** Keeps connections alive without anything else. */
const wait = ({ world, v6, v4 }: Pairing, milliseconds: number): void => {
  for (let left = milliseconds; left > 0; left -= 20_000) {
    world.wait(Math.min(20_000, left));
    for (const { line } of [v6, v4]) if (!line.isClosed) world.send(line, { type: "ping", id: 0 });
    for (const { line } of [v6, v4])
      line.inbox.splice(0, line.inbox.length, ...line.inbox.filter(({ type }) => type !== "pong"));
  }
};

describe("a path that is down", () => {
  it("gets a fresh address at once, then at growing intervals until it stayed up for a minute", () => {
    const pairing = paired();
    report(pairing.v6, pairing, "down");
    fresh(pairing);
    for (const seconds of [5, 10, 20, 40, 60, 60, 60]) {
      wait(pairing, 4_000);
      report(pairing.v6, pairing, "down");
      wait(pairing, seconds * 1000 - 4_001);
      expect(typesIn(pairing.v4.line)).toEqual([]);
      wait(pairing, 1);
      fresh(pairing);
    }
    report(pairing.v6, pairing, "up");
    wait(pairing, 59_999);
    report(pairing.v6, pairing, "down");
    expect(typesIn(pairing.v4.line)).toEqual([]);
    wait(pairing, 1);
    fresh(pairing);
    report(pairing.v6, pairing, "up");
    wait(pairing, 60_000);
    report(pairing.v6, pairing, "down");
    fresh(pairing);
    report(pairing.v6, pairing, "down");
    wait(pairing, 5_000);
    fresh(pairing);
    expect(pairing.world.machine.status()).toMatchObject({ pairs: 1, addresses: 1 });
  });

  it("gets none before an end reports on the present address", () => {
    const pairing = paired();
    report(pairing.v6, pairing, "down");
    fresh(pairing);
    wait(pairing, 600_000);
    expect(typesIn(pairing.v4.line)).toEqual([]);
  });

  it("and up in turns gets at most one in five seconds", () => {
    const pairing = paired();
    report(pairing.v6, pairing, "down");
    fresh(pairing);
    for (let i = 0; i < 10; i++) {
      report(pairing.v6, pairing, "up");
      report(pairing.v6, pairing, "down");
    }
    expect(typesIn(pairing.v4.line)).toEqual([]);
    wait(pairing, 5_000);
    fresh(pairing);
  });

  it.each([
    ["the IPv6 peer says up and down in turns", (pairing: Pairing) => report(pairing.v6, pairing, "up")],
    ["the IPv4 peer says up each time", (pairing: Pairing) => report(pairing.v4, pairing, "up")],
  ])("gets at growing intervals even if %s", (_, lie) => {
    const pairing = paired();
    report(pairing.v6, pairing, "down");
    fresh(pairing);
    for (const seconds of [5, 10, 20, 40, 60, 60]) {
      lie(pairing);
      report(pairing.v6, pairing, "down");
      wait(pairing, seconds * 1000 - 1);
      expect(typesIn(pairing.v4.line)).toEqual([]);
      wait(pairing, 1);
      fresh(pairing);
    }
  });

  it("gets at most one a minute if the IPv4 peer says down while the IPv6 peer says up", () => {
    const pairing = paired();
    let addresses = 0;
    for (let second = 0; second < 1200; second++) {
      report(pairing.v6, pairing, "up");
      report(pairing.v4, pairing, "down");
      wait(pairing, 1_000);
      const told = pairing.v6.line.inbox.findLast(({ type }) => type === "pair");
      if (told?.type === "pair") pairing.address = told.address;
      addresses += typesIn(pairing.v6.line).filter((type) => type === "pair").length;
    }
    expect(addresses).toBeGreaterThan(10);
    expect(addresses).toBeLessThan(25);
  });

  it("gets one only while both ends are registered", () => {
    const pairing = paired();
    const { world, v6, v4, pair } = pairing;
    world.cut(v4.line);
    report(v6, pairing, "down");
    expect(typesIn(v6.line)).toEqual(["away"]);
    v4.reconnect();
    v4.register({ pairs: [{ pair, peer: v6.id, address: pairing.address }] });
    fresh(pairing);
  });

  it("ends its pair after thirty minutes", () => {
    const pairing = paired();
    const { v6, v4, world } = pairing;
    for (let minute = 0; minute < 29; minute++) {
      report(v6, pairing, "down");
      wait(pairing, 60_000);
      const told = v4.line.inbox.findLast(({ type }) => type === "pair");
      if (told?.type === "pair") pairing.address = told.address;
    }
    expect(world.machine.status().pairs).toBe(1);
    report(v6, pairing, "down");
    wait(pairing, 61_000);
    const told = v4.line.inbox.findLast(({ type }) => type === "pair");
    if (told?.type === "pair") pairing.address = told.address;
    report(v6, pairing, "down");
    wait(pairing, 61_000);
    expect(take(v6.line, "unpair")).toMatchObject({ reason: "path-never-up" });
    expect(take(v4.line, "unpair")).toMatchObject({ reason: "path-never-up" });
    expect(world.machine.status()).toMatchObject({ pairs: 0, addresses: 0 });
  });

  it("is not up because the IPv4 peer reports it", () => {
    const pairing = paired();
    report(pairing.v6, pairing, "down");
    fresh(pairing);
    report(pairing.v6, pairing, "down");
    report(pairing.v4, pairing, "up");
    wait(pairing, 5_000);
    fresh(pairing);
  });
});

describe("a report", () => {
  it("about an old address is ignored", () => {
    const pairing = paired();
    const old = { ...pairing };
    report(pairing.v6, pairing, "down");
    fresh(pairing);
    wait(pairing, 10_000);
    report(pairing.v6, old, "down");
    expect(typesIn(pairing.v6.line)).toEqual([]);
  });

  it("about a pair of other peers is an error", () => {
    const pairing = paired();
    report(pairing.v6, { ...pairing, pair: "A".repeat(22) }, "up");
    expect(errorsIn(pairing.v6.line)).toEqual(["unknown-pair"]);
  });

  it("makes the prefix healthy", () => {
    const pairing = paired();
    const health = () => pairing.world.machine.prefixes(undefined, 1).prefixes[0];
    expect(health()).toMatchObject({ health: "degraded", exits: 0 });
    report(pairing.v6, pairing, "up");
    expect(health()).toMatchObject({ health: "up", exits: 1 });
    expect(pairing.world.machine.status().pairsUp).toBe(1);
    report(pairing.v6, pairing, "suspect");
    expect(health()).toMatchObject({ health: "degraded", exits: 0 });
    pairing.world.cut(pairing.v6.line);
    expect(health()).toMatchObject({ health: "down" });
  });
});
