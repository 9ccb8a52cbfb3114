import { expect, it } from "vitest";
import { NAT_PRESETS, type NatPreset, Simulation } from "../src/index.ts";
import { bytes, v4 } from "./worlds.ts";

const KINDS = Object.keys(NAT_PRESETS) as NatPreset[];
const SERVER = v4("192.0.2.1");

/** Something of everything; returns what each host saw and when. */
function run(seed: number, hosts = 8, extra = 0) {
  const simulation = new Simulation({ seed });
  const link = { latencyMs: 20, jitterMs: 10, loss: 0.05, reorder: 0.05, duplicate: 0.02 };
  const server = simulation.addHost("server", {
    ipv4: [SERVER],
    start(host) {
      host.bindUdp(9, (datagram, from, port, socket) => socket.send(datagram, from, port));
      host.listen(443, (stream) => ({ onBytes: (chunk) => stream.write(chunk) }));
    },
  });
  const seen = Array.from({ length: hosts + extra }, (_, number) => {
    const log: string[] = [];
    const nat = simulation.addNat(`nat ${number}`, {
      address: v4(`198.51.100.${number}`),
      behaviour: KINDS[number % KINDS.length],
      link,
      udpTimeoutMs: 2_000,
      rebootEveryMs: 5_000,
    });
    simulation.addHost(`host ${number}`, {
      ipv4: [v4("10.0.0.2")],
      network: nat.inside,
      start(host) {
        const socket = host.bindUdp(0, (datagram) => log.push(`${simulation.now} datagram ${datagram[0]}`));
        const stream = host.connect(SERVER, 443, {
          onBytes: (chunk) => log.push(`${simulation.now} stream ${chunk.length}`),
          onClose: (reason) => log.push(`${simulation.now} ${reason}`),
        });
        host.every(100, () => socket.send(Uint8Array.of(host.random.below(256)), SERVER, 9), host.random.float() * 100);
        host.every(700, () => stream.write(bytes("hello")));
      },
    });
    return log;
  });
  simulation.at(6_000, () => server.crash("reset"));
  simulation.at(7_000, () => server.restart());
  simulation.run(10_000);
  return { hash: simulation.hash, seen, statistics: simulation.statistics(), trace: simulation.trace() };
}

it("gives the same run for the same seed, to the last event", () => {
  const [one, other] = [run(42), run(42)];
  expect(one).toEqual(other);
  expect(one.hash).toMatch(/^[0-9a-f]{24}$/);
  expect(one.statistics.delivered).toBeGreaterThan(1_000);
});

it("gives another run for another seed", () => {
  const hashes = [1, 2, 3, -1, 2 ** 40].map((seed) => run(seed, 2).hash);
  expect(new Set(hashes).size).toBe(hashes.length);
});

it("is not affected by adding a node: the others see the same at the same times", () => {
  expect(run(42, 8, 3).seen.slice(0, 8)).toEqual(run(42).seen);
});

it("distinguishes runs that differ in one byte of one packet, or in one note", () => {
  const hashes = [0, 1, 2].map((which) => {
    const simulation = new Simulation({ seed: 1, traceLength: 0 });
    const host = simulation.addHost("a", { ipv4: [SERVER] });
    host.sendUdp(Uint8Array.of(1, 2, 3, 4, which === 1 ? 6 : 5), SERVER, 1, SERVER, 2);
    if (which === 2) simulation.note("something");
    simulation.runUntilIdle();
    return simulation.hash;
  });
  expect(new Set(hashes).size).toBe(3);
});
