/** IPv4 peers that do not keep their word, in virtual time: how long the honest ones wait for a place. */
import { expect, test } from "vitest";
import { AN_HOUR, END, runHostile } from "../src/sim/scenario/hostile.ts";
import { DEFAULTS } from "../src/sim/scenario/options.ts";
import { buildWorld } from "../src/sim/scenario/world.ts";

test("three identities that accept every pair and answer no probe do not keep an honest IPv4 peer waiting", () => {
  const options = { ...DEFAULTS, seed: 21, v6: 1, v4: 4, exits: 3, loss: 0 };
  const { simulation, v6peers, v4peers } = buildWorld(options, {
    conductOf: (index) => (index < 3 ? "silent" : "honest"),
  });
  const [v6] = v6peers;
  const honest = v4peers[3];
  honest.host.crash("reset");
  simulation.run(60_000);
  expect(v6.pairs().map(({ state }) => state)).not.toContain("up");
  expect(v6.pairs()).toHaveLength(3);
  honest.host.restart();
  simulation.run(simulation.now + 15_000);
  expect(v6.pairs().filter(({ state }) => state === "up")).toMatchObject([{ peer: honest.identity.peerId }]);
  // It keeps its place, and the others try in the places that are left.
  simulation.run(simulation.now + 600_000);
  expect(v6.pairs().filter(({ state }) => state === "up")).toMatchObject([{ peer: honest.identity.peerId }]);
  expect(v6.pairs().length).toBeLessThanOrEqual(3);
});

test("with 30 of 40 IPv4 peers hostile, the connections of honest clients work for an hour", () => {
  const { world, clients } = runHostile({ ...AN_HOUR, seed: 2 });
  const [v6] = world.v6peers;
  const { exitFailures } = world.coordinator.machine!.counters;
  // They did get places: what follows would prove nothing otherwise.
  expect(exitFailures["path-never-up"]).toBeGreaterThan(0);
  expect(exitFailures["path-unstable"]).toBeGreaterThan(0);
  expect(exitFailures["no-data"]).toBeGreaterThan(0);
  expect(clients.attempts.length).toBeGreaterThan(10_000);
  expect(clients.share(60_000, END)).toBeGreaterThan(0.95);
  expect(v6.pairs().length).toBeLessThanOrEqual(4);
});
