/** Who is killed and comes back, in virtual time: how long everybody else waits. */
import type { CrashKind } from "@nat64/simnet";
import { describe, expect, test } from "vitest";
import { DEFAULTS } from "../src/sim/scenario/options.ts";
import { buildWorld, type World } from "../src/sim/scenario/world.ts";

/** Four IPv6 peers that want four exits each, of four IPv4 peers that take four pairs each: no place is free. */
function fullWorld(): World {
  const world = buildWorld({ ...DEFAULTS, seed: 11, v6: 4, v4: 4, exits: 4, loss: 0 });
  world.simulation.run(60_000);
  expect(upOf(world)).toEqual([4, 4, 4, 4]);
  return world;
}

const upOf = ({ v6peers }: World): number[] =>
  v6peers.map((peer) => peer.pairs().filter(({ state }) => state === "up").length);

function wait({ simulation }: World, milliseconds: number): void {
  simulation.run(simulation.now + milliseconds);
}

describe.each<CrashKind>(["reset", "silence"])(
  "an IPv6 peer that is killed (%s) and started anew after a second",
  (kind) => {
    test("has all its exits back within ten seconds, though no IPv4 peer has a place to spare", () => {
      const world = fullWorld();
      const before = world.v6peers[0].pairs().map(({ pair }) => pair);
      world.v6peers[0].host.crash(kind);
      wait(world, 1_000);
      world.v6peers[0].host.restart();
      wait(world, 10_000);
      expect(upOf(world)).toEqual([4, 4, 4, 4]);
      expect(world.v6peers[0].pairs().filter(({ pair }) => before.includes(pair))).toEqual([]);
      expect(world.v4peers.map((peer) => peer.pairs().length)).toEqual([4, 4, 4, 4]);
    });
  },
);

test("an IPv6 peer that is started anew together with the coordinator waits no longer", () => {
  const world = fullWorld();
  const hosts = [world.v6peers[0].host, world.coordinator.host];
  for (const host of hosts) host.crash("reset");
  wait(world, 1_000);
  for (const host of hosts) host.restart();
  wait(world, 15_000);
  expect(upOf(world)).toEqual([4, 4, 4, 4]);
  expect(world.coordinator.machine?.status()).toMatchObject({ pairs: 16, heldPairs: 0 });
});

describe("an IPv4 peer that is killed", () => {
  test("and whose connections are reset: its sessions end within five seconds, and no others", () => {
    const world = fullWorld();
    for (const peer of world.v6peers) peer.ask();
    wait(world, 1_000);
    expect(world.v6peers.map((peer) => peer.sessions)).toEqual([4, 4, 4, 4]);
    world.v4peers[0].host.crash("reset");
    wait(world, 5_000);
    expect(upOf(world)).toEqual([3, 3, 3, 3]);
    expect(world.v6peers.map((peer) => peer.sessions)).toEqual([3, 3, 3, 3]);
  });

  test("silently: its sessions wait in vain for a new address", () => {
    const world = fullWorld();
    for (const peer of world.v6peers) peer.ask();
    wait(world, 1_000);
    world.v4peers[0].host.crash("silence");
    wait(world, 18_000);
    expect(upOf(world)).toEqual([3, 3, 3, 3]);
    expect(world.v6peers.map((peer) => peer.sessions)).toEqual([4, 4, 4, 4]);
    wait(world, 15_000);
    expect(world.v6peers.map((peer) => peer.sessions)).toEqual([3, 3, 3, 3]);
  });

  test("permanently, and was the only exit: within a minute there is another, if one is free", () => {
    const world = buildWorld({ ...DEFAULTS, seed: 12, v6: 1, v4: 2, exits: 1, loss: 0 });
    world.simulation.run(60_000);
    expect(upOf(world)).toEqual([1]);
    const [{ peer }] = world.v6peers[0].pairs();
    world.v4peers.find(({ identity }) => identity.peerId === peer)?.host.crash("reset");
    wait(world, 15_000);
    expect(upOf(world)).toEqual([0]);
    wait(world, 45_000);
    expect(upOf(world)).toEqual([1]);
    expect(world.v6peers[0].pairs().map((each) => each.peer)).not.toContain(peer);
  });

  test("and comes back within a minute: all its IPv6 peers have it as an exit again within ten seconds", () => {
    const world = fullWorld();
    world.v4peers[0].host.crash("reset");
    wait(world, 30_000);
    world.v4peers[0].host.restart();
    wait(world, 10_000);
    expect(upOf(world)).toEqual([4, 4, 4, 4]);
    expect(world.v4peers.map((peer) => peer.pairs().length)).toEqual([4, 4, 4, 4]);
  });
});
