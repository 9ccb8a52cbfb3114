import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NAT_PRESETS, type NatPreset, Simulation } from "../src/index.ts";
import { inbox, ipv6Packet, v4, v6 } from "./worlds.ts";

describe("a network", () => {
  it("delivers nothing inside the call that sends", () => {
    const simulation = new Simulation({ seed: 1 });
    const a = simulation.addHost("a", { ipv4: [v4("192.0.2.1")] });
    const { socket, arrivals } = inbox(simulation, a, 7);
    // Twice, since the second packet is a used one.
    for (const number of [1, 2]) {
      socket.send(Uint8Array.of(number), a.ipv4[0], 7);
      expect(arrivals.splice(0)).toEqual([]);
      simulation.runUntilIdle();
      expect(arrivals.splice(0)).toEqual([{ time: 0, bytes: [number], from: a.ipv4[0], port: 7 }]);
    }
  });

  it("keeps its own copy of sent data", () => {
    const simulation = new Simulation({ seed: 1 });
    const a = simulation.addHost("a", { ipv4: [v4("192.0.2.1")], link: { latencyMs: 5 } });
    const { socket, arrivals } = inbox(simulation, a, 7);
    for (const length of [1, 300, 3, 65_507, 0]) {
      const datagram = new Uint8Array(length).fill(length & 255);
      socket.send(datagram, a.ipv4[0], 7);
      datagram.fill(99);
    }
    simulation.runUntilIdle();
    expect(arrivals.map(({ bytes }) => bytes.length)).toEqual([1, 300, 3, 65_507, 0]);
    expect(arrivals.every(({ bytes }) => bytes.every((byte) => byte === (bytes.length & 255)))).toBe(true);
    expect(() => socket.send(new Uint8Array(65_508), a.ipv4[0], 7)).toThrow(RangeError);
  });

  it("tells a host's addresses and ports apart", () => {
    const simulation = new Simulation({ seed: 1 });
    const [one, two] = [v4("192.0.2.1"), v4("192.0.2.2")];
    const host = simulation.addHost("server", { ipv4: [one, two] });
    const boxes = [
      inbox(simulation, host, 3544),
      inbox(simulation, host, 3544, two),
      inbox(simulation, host, 3545, two),
    ];
    boxes[0].socket.send(Uint8Array.of(1), two, 3544);
    boxes[1].socket.send(Uint8Array.of(2), two, 3545);
    boxes[2].socket.send(Uint8Array.of(3), one, 3544);
    boxes[2].socket.send(Uint8Array.of(4), one, 3545);
    simulation.runUntilIdle();
    expect(boxes.map(({ arrivals }) => arrivals.map(({ bytes, from }) => [bytes[0], from]))).toEqual([
      [[3, two]],
      [[1, one]],
      [[2, two]],
    ]);
    expect(simulation.statistics().dropped).toEqual({ "no-socket": 1 });
    expect(() => host.bindUdp(3544, () => {})).toThrow("in use");
    boxes[0].socket.close();
    expect(boxes[0].socket.send(Uint8Array.of(1), two, 3544)).toBe(false);
    host.bindUdp(3544, () => {}).close();
  });

  it("gives random ephemeral ports, no two the same", () => {
    const simulation = new Simulation({ seed: 1 });
    const host = simulation.addHost("host", { ipv4: [v4("192.0.2.1")] });
    const ports = Array.from({ length: 2_000 }, () => host.bindUdp(0, () => {}).port);
    expect(new Set(ports).size).toBe(2_000);
    expect(Math.min(...ports)).toBeGreaterThanOrEqual(49_152);
  });

  it("carries datagrams of spoofed sources", () => {
    const simulation = new Simulation({ seed: 1 });
    const a = simulation.addHost("a", { ipv4: [v4("192.0.2.1")] });
    const b = simulation.addHost("b", { ipv4: [v4("192.0.2.2")] });
    const { arrivals } = inbox(simulation, b, 9);
    a.sendUdp(Uint8Array.of(1), v4("198.51.100.7"), 53, b.ipv4[0], 9);
    simulation.runUntilIdle();
    expect(arrivals).toMatchObject([{ from: v4("198.51.100.7"), port: 53 }]);
  });

  it("routes IPv6 packets by the longest prefix, a host's own routes first", () => {
    const simulation = new Simulation({ seed: 1 });
    const seen: string[] = [];
    const add = (name: string, address: string, length: number) => {
      const host = simulation.addHost(name, { ipv6: [{ address: v6(address), length }] });
      host.onIPv6((packet) => seen.push(`${name} ${packet.at(-1)}`));
      return host;
    };
    const client = add("client", "2001:db8:c::1", 128);
    add("peer", "2001:db8:64:0:0::", 80);
    add("exit", "2001:db8:64:0:0:1::", 96);
    add("relay", "2001::", 32);
    const other = simulation.addHost("other relay", { ipv6: [{ address: v6("2001:db8:7::1") }] });
    other.onIPv6((packet) => seen.push(`other relay ${packet.at(-1)}`));
    client.sendIPv6(ipv6Packet("2001:db8:c::1", "2001:db8:64:0:0:0:c000:201", 1));
    client.sendIPv6(ipv6Packet("2001:db8:c::1", "2001:db8:64:0:0:1:c000:201", 2));
    client.sendIPv6(ipv6Packet("2001:db8:c::1", "2001:0:4136:e378::1", 3));
    client.sendIPv6(ipv6Packet("2001:db8:c::1", "2001:db8:99::1", 4));
    client.route({ address: v6("2001::"), length: 32 }, other);
    client.sendIPv6(ipv6Packet("2001:db8:c::1", "2001:0:4136:e378::1", 5));
    simulation.internet.removeRoute({ address: v6("2001:db8:64:0:0:1::"), length: 96 });
    client.sendIPv6(ipv6Packet("2001:db8:c::1", "2001:db8:64:0:0:1:c000:201", 6));
    client.sendIPv6(Uint8Array.of(0x60, 1, 2));
    client.sendIPv6(new Uint8Array(40).fill(0x45));
    simulation.runUntilIdle();
    expect(seen).toEqual(["peer 1", "exit 2", "relay 3", "other relay 5", "peer 6"]);
    expect(simulation.statistics().dropped).toEqual({ "no-route": 1, "not-ipv6": 2 });
  });

  it("adds a path between two nodes to their links, and to no others", () => {
    const simulation = new Simulation({ seed: 1 });
    const [a, b, c] = ["a", "b", "c"].map((name, index) =>
      simulation.addHost(name, { ipv4: [v4(`192.0.2.${index + 1}`)], link: { latencyMs: 10 } }),
    );
    const path = simulation.internet.path(a, b, { latencyMs: 100, in: { loss: 1 } });
    const boxes = [a, b, c].map((host) => inbox(simulation, host, 9));
    boxes[0].socket.send(Uint8Array.of(1), b.ipv4[0], 9);
    boxes[0].socket.send(Uint8Array.of(2), c.ipv4[0], 9);
    boxes[1].socket.send(Uint8Array.of(3), a.ipv4[0], 9);
    simulation.runUntilIdle();
    expect(boxes.map(({ arrivals }) => arrivals.map(({ time }) => time))).toEqual([[], [120], [20]]);
    expect(simulation.linkStatistics().find(({ name }) => name === "a~b/in")!.dropped).toEqual({ loss: 1 });
    path.setConnected(false);
    boxes[0].socket.send(Uint8Array.of(1), b.ipv4[0], 9);
    simulation.runUntilIdle();
    expect(boxes[1].arrivals.length).toBe(1);
  });

  it("can be partitioned and healed; nodes in no part reach all others", () => {
    const simulation = new Simulation({ seed: 1 });
    const hosts = [1, 2, 3].map((number) => simulation.addHost(`${number}`, { ipv4: [v4(`192.0.2.${number}`)] }));
    const boxes = hosts.map((host) => inbox(simulation, host, 9));
    const everyoneSends = (): number[][] => {
      for (const { socket } of boxes) for (const { ipv4 } of hosts) socket.send(Uint8Array.of(1), ipv4[0], 9);
      simulation.runUntilIdle();
      return boxes.map(({ arrivals }) => arrivals.splice(0).map(({ from }) => from & 255));
    };
    const heal = simulation.internet.partition([hosts[0]], [hosts[1]]);
    expect(everyoneSends()).toEqual([
      [1, 3],
      [2, 3],
      [1, 2, 3],
    ]);
    expect(simulation.statistics().dropped).toEqual({ partitioned: 2 });
    heal();
    expect(everyoneSends()).toEqual([
      [1, 2, 3],
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  it("refuses an address, a prefix or a name that is taken", () => {
    const simulation = new Simulation({ seed: 1 });
    simulation.addHost("a", { ipv4: [v4("192.0.2.1")], ipv6: [{ address: v6("2001:db8::"), length: 32 }] });
    expect(() => simulation.addHost("a", {})).toThrow("There is a node a already");
    expect(() => simulation.addHost("b", { ipv4: [v4("192.0.2.1")] })).toThrow("192.0.2.1");
    const prefix = { address: v6("2001:db8:1::"), length: 32 };
    expect(() => simulation.addHost("c", { ipv6: [prefix] })).toThrow("2001:db8:1:0:0:0:0:0/32");
  });
});

describe("every packet", () => {
  it("is delivered, dropped for a reason or still under way", () => {
    const probability = fc.double({ min: 0, max: 0.4, noNaN: true });
    const world = fc.record({
      seed: fc.integer(),
      loss: probability,
      duplicate: probability,
      reorder: probability,
      kind: fc.constantFrom(...(Object.keys(NAT_PRESETS) as NatPreset[])),
      bandwidth: fc.constantFrom(3_000, 1e9),
    });
    fc.assert(
      fc.property(world, ({ seed, kind, ...link }) => {
        const simulation = new Simulation({ seed });
        const options = { latencyMs: 50, jitterMs: 50, queueBytes: 1_000, ...link };
        const nat = simulation.addNat("nat", {
          address: v4("198.51.100.1"),
          behaviour: kind,
          link: options,
          udpTimeoutMs: 300,
          rebootEveryMs: 1_000,
          rebootMs: 50,
        });
        const server = simulation.addHost("server", { ipv4: [v4("192.0.2.1")], link: options });
        const echo = server.bindUdp(9, (datagram, from, port) => {
          simulation.at(simulation.now + server.random.float() * 500, () => echo.send(datagram, from, port));
        });
        const hosts = [0, 1, 2].map((number) => {
          const host = simulation.addHost(`h${number}`, {
            network: nat.inside,
            ipv4: [v4(`10.0.0.${number}`)],
            link: options,
          });
          const { socket } = inbox(simulation, host, 9);
          host.every(20 + number, () => socket.send(Uint8Array.of(number), server.ipv4[0], 9));
          return host;
        });
        simulation.run(2_000);
        for (const host of hosts) host.crash();
        simulation.runUntilIdle();
        const { sent, delivered, dropped, inFlight } = simulation.statistics();
        const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
        expect(sent).toBe(delivered + lost);
        expect(inFlight).toBe(0);
        expect(delivered).toBeGreaterThan(0);
        const links = simulation.linkStatistics();
        const dueToLinks = ["loss", "queue-full", "link-down"] as const;
        for (const reason of dueToLinks) {
          const count = links.reduce((sum, entry) => sum + (entry.dropped[reason] ?? 0), 0);
          expect(count).toBe(dropped[reason] ?? 0);
        }
      }),
      { numRuns: 40, seed: 2 },
    );
  });
});
