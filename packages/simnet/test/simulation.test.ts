import { describe, expect, it } from "vitest";
import { Simulation, SimulationError } from "../src/index.ts";
import { inbox, ipv6Packet, v4, v6 } from "./worlds.ts";

const A = v4("192.0.2.1");

function failureOf(action: () => void): SimulationError {
  try {
    action();
  } catch (error) {
    if (error instanceof SimulationError) return error;
    throw error;
  }
  throw new Error("It did not fail.");
}

describe("virtual time", () => {
  it("runs events up to and including a time, and no more", () => {
    const simulation = new Simulation({ seed: 1 });
    const log: number[] = [];
    for (const time of [30, 10, 20, 20.5]) simulation.at(time, (now) => log.push(now));
    simulation.run(20);
    expect([log, simulation.now, simulation.pending]).toEqual([[10, 20], 20, 2]);
    simulation.run(100);
    expect([log, simulation.now, simulation.events]).toEqual([[10, 20, 20.5, 30], 100, 4]);
    simulation.run(50);
    expect(simulation.now).toBe(100);
    expect(() => simulation.run(Number.POSITIVE_INFINITY)).toThrow(RangeError);
  });

  it("repeats until cancelled", () => {
    const simulation = new Simulation({ seed: 1 });
    const log: number[] = [];
    const timer = simulation.every(10, (now) => (log.push(now) === 3 ? timer.cancel() : undefined), 5);
    simulation.runUntilIdle();
    expect(log).toEqual([5, 15, 25]);
    expect(() => simulation.every(0, () => undefined)).toThrow(RangeError);
  });

  it("has timers that can be moved, and cancelled with Infinity", () => {
    const simulation = new Simulation({ seed: 1 });
    const log: number[] = [];
    const timer = simulation.addHost("a", {}).timer((now) => log.push(now));
    expect(timer.at).toBe(Number.POSITIVE_INFINITY);
    timer.set(10);
    timer.set(20);
    expect([timer.at, simulation.pending]).toEqual([20, 1]);
    simulation.runUntilIdle();
    timer.set(30);
    timer.set(Number.POSITIVE_INFINITY);
    simulation.runUntilIdle();
    expect(log).toEqual([20]);
  });

  it("is idle when only invariants are left, and says when it does not become so", () => {
    const simulation = new Simulation({ seed: 1 });
    simulation.invariant("truth", 10, () => undefined);
    simulation.at(35, () => undefined);
    simulation.runUntilIdle();
    expect(simulation.now).toBe(35);
    simulation.every(10, () => undefined);
    const failure = failureOf(() => simulation.runUntilIdle(1_000));
    expect([failure.code, simulation.now]).toEqual(["not-idle", 1_035]);
  });
});

describe("a run that fails", () => {
  it("names the invariant, the seed and the time, and shows the end of the trace", () => {
    const simulation = new Simulation({ seed: 77 });
    let size = 0;
    simulation.every(1, () => size++);
    simulation.note("the table begins to grow");
    simulation.invariant("bounded table", 100, () => (size > 250 ? `${size} entries` : undefined));
    const failure = failureOf(() => simulation.run(1_000));
    expect(failure.code).toBe("invariant");
    expect(failure.message).toMatch(/"bounded table" does not hold: 299 entries \(seed 77, at 300 ms, event \d+\)/);
    expect(failure.trace.at(-1)).toBe("0.000 note the table begins to grow");
  });

  it("passes on the error of a handler", () => {
    const simulation = new Simulation({ seed: 3 });
    const cause = new TypeError("oops");
    simulation.at(5, () => {
      throw cause;
    });
    const failure = failureOf(() => simulation.run(10));
    expect([failure.code, failure.cause, failure.message]).toEqual([
      "handler",
      cause,
      "oops (seed 3, at 5 ms, event 1)",
    ]);
  });

  it("notices when time stands still", () => {
    const simulation = new Simulation({ seed: 1 });
    const host = simulation.addHost("a", {});
    const timer = host.timer(() => timer.set(simulation.now));
    timer.set(5);
    expect(failureOf(() => simulation.run(10)).code).toBe("no-progress");
  });

  it("refuses a seed that is not an integer", () => {
    expect(failureOf(() => new Simulation({ seed: 0.5 })).code).toBe("bad-option");
  });
});

describe("the trace", () => {
  it("reports the fate of each packet, and where", () => {
    const simulation = new Simulation({ seed: 1 });
    const nat = simulation.addNat("nat", { address: A, behaviour: "symmetric", portRange: [5_000, 5_000] });
    const inside = simulation.addHost("inside", { network: nat.inside, ipv4: [v4("10.0.0.2")] });
    const server = simulation.addHost("server", { ipv4: [v4("192.0.2.2")], ipv6: [{ address: v6("2001:db8::1") }] });
    inbox(simulation, server, 9);
    inside.link.change({ latencyMs: 1.5 });
    inside.sendUdp(Uint8Array.of(1, 2), v4("10.0.0.2"), 4_000, v4("192.0.2.2"), 9);
    server.sendIPv6(ipv6Packet("2001:db8::1", "2001:db8::1"));
    simulation.runUntilIdle();
    expect(simulation.trace()).toEqual([
      "0.000 send inside: udp 10.0.0.2:4000 → 192.0.2.2:9, 2 bytes",
      "0.000 send server: ipv6 2001:db8:0:0:0:0:0:1 → 2001:db8:0:0:0:0:0:1, 40 bytes",
      "0.000 drop server: ipv6 2001:db8:0:0:0:0:0:1 → 2001:db8:0:0:0:0:0:1, 40 bytes (no-socket)",
      "1.500 map nat: udp 10.0.0.2:4000 → 192.0.2.2:9, 2 bytes (port 5000)",
      "1.500 deliver server: udp 192.0.2.1:5000 → 192.0.2.2:9, 2 bytes",
    ]);
  });

  it("keeps a limited number of records", () => {
    const simulation = new Simulation({ seed: 1, traceLength: 5 });
    for (let number = 0; number < 12; number++) simulation.note(`note ${number}`);
    expect(simulation.trace()).toEqual([7, 8, 9, 10, 11].map((number) => `0.000 note note ${number}`));
    expect(simulation.trace(2)).toEqual(["0.000 note note 10", "0.000 note note 11"]);
    expect(new Simulation({ seed: 1, traceLength: 0 }).trace()).toEqual([]);
  });
});

it("handles a million events, with a queue and a pool that do not grow", () => {
  const simulation = new Simulation({ seed: 9 });
  const server = simulation.addHost("server", { ipv4: [A], link: { latencyMs: 5 } });
  const echo = server.bindUdp(9, (datagram, from, port) => echo.send(datagram, from, port));
  const ping = new Uint8Array(64);
  for (let number = 0; number < 100; number++) {
    const nat = simulation.addNat(`nat ${number}`, {
      address: v4("198.51.0.0") + number,
      behaviour: "port-restricted",
      link: { latencyMs: 20, jitterMs: 5, loss: 0.05 },
    });
    const host = simulation.addHost(`host ${number}`, { network: nat.inside, ipv4: [v4("10.0.0.2")] });
    const socket = host.bindUdp(9, () => undefined);
    host.every(100, () => socket.send(ping, A, 9), host.random.float() * 100);
  }
  simulation.invariant("queue", 1_000, () => (simulation.pending > 400 ? `${simulation.pending} events` : undefined));
  simulation.run(215_000);
  expect(simulation.events).toBeGreaterThan(1_000_000);
  const { sent, dropped } = simulation.statistics();
  expect(Math.abs(dropped.loss! / sent - 0.05)).toBeLessThan(0.001);
});
