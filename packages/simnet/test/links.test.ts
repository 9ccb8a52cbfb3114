import { describe, expect, it } from "vitest";
import { type BothWaysOptions, Simulation } from "../src/index.ts";
import { inbox, v4 } from "./worlds.ts";

const A = v4("192.0.2.1");
const B = v4("192.0.2.2");

/** Two hosts; all of the link that matters is at the first. */
function pair(link: BothWaysOptions, seed = 1) {
  const simulation = new Simulation({ seed });
  const a = simulation.addHost("a", { ipv4: [A], link });
  const b = simulation.addHost("b", { ipv4: [B] });
  const { arrivals } = inbox(simulation, b, 9);
  const { socket } = inbox(simulation, a, 7);
  const send = (count: number, everyMs: number, size = 4): void => {
    for (let number = 0; number < count; number++) {
      const datagram = new Uint8Array(size);
      datagram.set([number >> 8, number & 255]);
      simulation.at(number * everyMs, () => socket.send(datagram, B, 9));
    }
    simulation.runUntilIdle();
  };
  const numbers = (): number[] => arrivals.map(({ bytes }) => bytes[0] * 256 + bytes[1]);
  const out = () => simulation.linkStatistics().find(({ name }) => name === "a/out")!;
  return { simulation, a, send, arrivals, numbers, out };
}

const inOrder = (numbers: number[]): number[] => numbers.toSorted((one, other) => one - other);

describe("a link", () => {
  it("delivers after its latency, exactly", () => {
    const { send, arrivals } = pair({ latencyMs: 30 });
    send(3, 10);
    expect(arrivals.map(({ time }) => time)).toEqual([30, 40, 50]);
  });

  it("adds jitter within its bound and keeps the order", () => {
    const { send, arrivals, numbers } = pair({ latencyMs: 30, jitterMs: 20 });
    send(2_000, 100);
    const delays = arrivals.map(({ time }, number) => time - number * 100);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(30);
    expect(Math.max(...delays)).toBeLessThan(50);
    const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
    expect(Math.abs(mean - 40)).toBeLessThan(0.5);
    const dense = pair({ latencyMs: 30, jitterMs: 20 });
    dense.send(2_000, 1);
    expect(dense.numbers()).toEqual(inOrder(dense.numbers()));
    expect(numbers().length).toBe(2_000);
  });

  it("loses about as many as it should and counts them", () => {
    const { send, numbers, out } = pair({ latencyMs: 1, loss: 0.05 });
    send(20_000, 1);
    const lost = 20_000 - numbers().length;
    expect(Math.abs(lost / 20_000 - 0.05)).toBeLessThan(0.005);
    expect(out()).toMatchObject({ sent: 20_000, delivered: 20_000 - lost, inFlight: 0, dropped: { loss: lost } });
  });

  it("lets later packets overtake those that it holds up", () => {
    const { send, numbers } = pair({ latencyMs: 10, reorder: 0.1, reorderMs: 30 });
    send(5_000, 1);
    expect(numbers()).not.toEqual(inOrder(numbers()));
    expect(inOrder(numbers())).toEqual(Array.from({ length: 5_000 }, (_, number) => number));
  });

  it("duplicates about as many as it should", () => {
    const { send, numbers, out } = pair({ latencyMs: 10, duplicate: 0.1 });
    send(10_000, 1);
    const twins = numbers().length - 10_000;
    expect(Math.abs(twins / 10_000 - 0.1)).toBeLessThan(0.01);
    expect(new Set(numbers()).size).toBe(10_000);
    expect(out()).toMatchObject({ sent: 10_000 + twins, duplicated: twins, inFlight: 0 });
  });

  it("takes the time that its bandwidth needs, IP and UDP headers included", () => {
    const { send, arrivals } = pair({ latencyMs: 5, bandwidth: 1_000 });
    send(3, 0, 72); // 100 bytes on the wire: 100 ms each
    expect(arrivals.map(({ time }) => time)).toEqual([105, 205, 305]);
  });

  it("drops packets that do not fit into its queue", () => {
    const { send, numbers, out } = pair({ bandwidth: 1_000, queueBytes: 500 });
    send(10, 0, 72);
    expect(numbers()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(out().dropped).toEqual({ "queue-full": 4 });
  });

  it("loses packets that enter or leave it while it is down", () => {
    const { simulation, a, send, numbers, out } = pair({ latencyMs: 10 });
    a.link.outage(100, 200);
    send(30, 10);
    // Sent at 90: under way at 100. Sent at 190: the link is still down.
    expect(numbers()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, ...Array.from({ length: 10 }, (_, index) => 20 + index)]);
    expect(out().dropped).toEqual({ "link-down": 11 });
    expect(a.link.isUp).toBe(true);
    expect(simulation.statistics().inFlight).toBe(0);
  });

  it("is down until the last of several outages ends", () => {
    const { simulation, a } = pair({});
    a.link.outage(10, 30);
    a.link.outage(20, 40);
    simulation.run(35);
    expect(a.link.isUp).toBe(false);
    simulation.run(40);
    expect(a.link.isUp).toBe(true);
    a.link.setConnected(false);
    expect(a.link.isUp).toBe(false);
  });

  it("can differ by direction and change later", () => {
    const { simulation, a } = pair({ latencyMs: 10, in: { latencyMs: 50 } });
    const back = inbox(simulation, a, 8);
    const b = simulation.addHost("c", { ipv4: [v4("192.0.2.3")] });
    b.sendUdp(new Uint8Array(1), v4("192.0.2.3"), 1, A, 8);
    simulation.runUntilIdle();
    a.link.change({ latencyMs: 1 });
    b.sendUdp(new Uint8Array(1), v4("192.0.2.3"), 1, A, 8);
    simulation.runUntilIdle();
    expect(back.arrivals.map(({ time }) => time)).toEqual([50, 51]);
  });

  it.each([
    [{ loss: 1.1 }, "loss"],
    [{ latencyMs: -1 }, "latencyMs"],
    [{ bandwidth: 0 }, "bandwidth"],
    [{ jitterMs: Number.NaN }, "jitterMs"],
  ])("refuses %j", (link, key) => {
    expect(() => pair(link)).toThrow(`The ${key} of a link cannot be`);
  });
});
