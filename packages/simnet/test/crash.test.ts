import { describe, expect, it } from "vitest";
import { type Host, Simulation, type Stream } from "../src/index.ts";
import { bytes, inbox, ipv6Packet, v4, v6 } from "./worlds.ts";

const SERVER = v4("192.0.2.1");
const CLIENT = v4("192.0.2.2");

/** A server that says "tick" to its clients each second, over UDP to one and over streams to all. */
function world() {
  const simulation = new Simulation({ seed: 1, streams: { timeoutMs: 10_000 } });
  const log: string[] = [];
  let starts = 0;
  const start = (host: Host): void => {
    starts++;
    const streams: Stream[] = [];
    const socket = host.bindUdp(3544, () => log.push("server datagram"));
    host.onIPv6(() => log.push("server packet"));
    host.listen(443, (stream) => {
      streams.push(stream);
      return { onClose: (reason) => log.push(`server ${reason}`) };
    });
    host.every(1_000, () => {
      socket.send(bytes("tick"), CLIENT, 9);
      for (const stream of streams) stream.write(bytes("tick"));
    });
  };
  const link = { latencyMs: 10 };
  const server = simulation.addHost("server", { ipv4: [SERVER], ipv6: [{ address: v6("2001:db8::1") }], link, start });
  const client = simulation.addHost("client", { ipv4: [CLIENT], ipv6: [{ address: v6("2001:db8::2") }] });
  const { socket, arrivals } = inbox(simulation, client, 9);
  let stream!: Stream;
  const connect = (): void => {
    stream = client.connect(SERVER, 443, {
      onOpen: () => log.push(`open ${simulation.now}`),
      onClose: (reason) => log.push(`${reason} ${simulation.now}`),
    });
  };
  simulation.at(0, connect);
  simulation.run(2_500);
  const ticks = (): number => arrivals.splice(0).length;
  expect(log.splice(0)).toEqual(["open 20"]);
  expect(ticks()).toBe(2);
  return { simulation, server, client, socket, log, ticks, connect, stream: () => stream, starts: () => starts };
}

describe("a host that crashes", () => {
  it("is silent: nothing is sent, received or reported any more", () => {
    const { simulation, server, client, socket, log, ticks } = world();
    server.crash();
    expect([server.isUp, server.sendUdp(bytes("x"), SERVER, 1, CLIENT, 9)]).toEqual([false, false]);
    expect(server.sendIPv6(ipv6Packet("2001:db8::1", "2001:db8::2"))).toBe(false);
    socket.send(bytes("x"), SERVER, 3544);
    client.sendIPv6(ipv6Packet("2001:db8::2", "2001:db8::1"));
    simulation.run(100_000);
    expect(log).toEqual([]);
    expect(ticks()).toBe(0);
    expect(simulation.statistics().dropped).toEqual({ "node-down": 2 });
  });

  it("is noticed by timeout where something is unacknowledged", () => {
    const { simulation, server, stream, log } = world();
    server.crash();
    stream().write(bytes("x"));
    simulation.runUntilIdle();
    expect(log).toEqual(["timeout 12500"]);
  });

  it("answers with a reset once it is up again, and knows nothing of before", () => {
    const { simulation, server, stream, log, ticks, starts, socket, connect } = world();
    server.crash();
    simulation.run(4_000);
    server.restart();
    server.restart();
    expect(ticks()).toBe(0);
    simulation.run(4_500);
    stream().write(bytes("x"));
    simulation.run(4_600);
    expect(log.splice(0)).toEqual(["reset 4520"]);
    connect();
    socket.send(bytes("x"), SERVER, 3544);
    simulation.run(6_500);
    expect(log).toEqual(["server datagram", "open 4620"]);
    expect([ticks(), starts(), server.streams]).toEqual([2, 2, 1]);
  });

  it("resets its streams at once when only the process died", () => {
    const { simulation, server, log } = world();
    server.crash("reset");
    simulation.run(10_000);
    expect(log).toEqual(["reset 2510"]);
  });

  it("loses its old sockets, timers and streams permanently", () => {
    const simulation = new Simulation({ seed: 1 });
    const log: string[] = [];
    const host = simulation.addHost("host", { ipv4: [CLIENT] });
    const { socket, arrivals } = inbox(simulation, host, 9);
    const timer = host.timer(() => log.push("timer"));
    const stream = host.connect(CLIENT, 1, { onClose: () => log.push("stream") });
    timer.set(10);
    host.at(20, () => log.push("at"));
    host.every(5, () => log.push("every"), 30);
    host.crash();
    host.restart();
    timer.set(15);
    expect([socket.send(bytes("x"), CLIENT, 9), stream.write(bytes("x")), stream.isUsable]).toEqual([
      false,
      false,
      false,
    ]);
    stream.close();
    stream.reset();
    simulation.runUntilIdle();
    expect(log).toEqual([]);
    expect(arrivals).toEqual([]);
    expect(() => inbox(simulation, host, 9)).not.toThrow();
  });

  it("may crash inside its own handler", () => {
    const simulation = new Simulation({ seed: 1 });
    const host = simulation.addHost("host", { ipv4: [CLIENT] });
    let count = 0;
    const socket = host.bindUdp(9, () => {
      count++;
      host.crash("reset");
    });
    socket.send(bytes("x"), CLIENT, 9);
    socket.send(bytes("x"), CLIENT, 9);
    simulation.runUntilIdle();
    expect(count).toBe(1);
    expect(simulation.statistics()).toMatchObject({ delivered: 1, dropped: { "node-down": 1 } });
  });
});
