/** Connections that say nothing must not keep others out. */
import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../src/machine/index.ts";
import { take, testOptions, World } from "./support/machine.ts";
import { helloOf, identityOf, V4 } from "./support/peers.ts";

const open = (world: World, from: string, count: number) => Array.from({ length: count }, () => world.connect(from));
const isOpen = ({ isClosed }: { readonly isClosed: boolean }): boolean => !isClosed;

describe("silent connections", () => {
  it("from one address give way to the next one, the oldest first, and never a peer", () => {
    const world = new World();
    const peer = new V4(world, "four", "198.51.100.7:40000");
    const silent = open(world, "198.51.100.7", 40);
    const { connectionsPerAddress: most } = DEFAULT_LIMITS;
    expect(silent.map(isOpen)).toEqual(silent.map((_, i) => i >= silent.length - (most - 1)));
    expect(peer.line.isClosed).toBe(false);
    const another = new V4(world, "another", "198.51.100.7:40001");
    take(another.line, "welcome");
    expect(world.machine.counters.connectionsClosed).toMatchObject({ "crowded-out": 10, "no-room": 0 });
  });

  it.each([
    ["an IPv4 /24", (i: number) => `198.51.100.${i}`, "203.0.113.5:40000"],
    ["an IPv6 /48", (i: number) => `2001:db8:7:${i.toString(16)}::1`, "203.0.113.5:40000"],
  ])("from %s have a share", (_, addressOf, elsewhere) => {
    const world = new World();
    const other = world.connect("203.0.113.5");
    const silent = Array.from({ length: 200 }, (_, i) => world.connect(addressOf(i + 1)));
    const { strangersPerNetwork } = DEFAULT_LIMITS;
    expect(silent.filter(isOpen)).toEqual(silent.slice(-strangersPerNetwork));
    expect(other.isClosed).toBe(false);
    take(new V4(world, "four", elsewhere).line, "welcome");
  });

  it("from everywhere have a share of all, and the oldest gives way", () => {
    const world = new World(testOptions({ connections: 20, strangers: 10 }));
    const peer = new V4(world, "four", "198.51.100.7:40000");
    const silent = Array.from({ length: 100 }, (_, i) => world.connect(`203.0.${i}.5`));
    expect(silent.filter(isOpen)).toEqual(silent.slice(-10));
    expect(peer.line.isClosed).toBe(false);
    for (let i = 0; i < 19; i++) take(new V4(world, `peer ${i}`, `192.0.2.${i + 100}:40000`).line, "welcome");
    expect(world.machine.status().connections).toBe(20);
    expect(silent.filter(isOpen)).toEqual([]);
    expect(world.connect("203.0.113.77").isClosed).toBe(true);
  });

  it("without TLS end after five seconds, with TLS and without hello after ten", () => {
    const world = new World();
    const line = world.connect("198.51.100.7");
    world.do((machine, now) => machine.connectionOpened(99, "198.51.100.8", now));
    world.wait(4_999);
    expect(world.machine.status().connections).toBe(2);
    world.wait(1);
    expect(world.machine.counters.connectionsClosed["no-handshake"]).toBe(1);
    expect(world.machine.status().connections).toBe(1);
    world.wait(5_000);
    expect(line.isClosed).toBe(true);
    expect(world.machine.counters.connectionsClosed["no-hello"]).toBe(1);
  });

  it("leave nothing behind", () => {
    const world = new World();
    const lines = open(world, "198.51.100.7", 5);
    world.cut(lines[0]);
    world.send(lines[1], helloOf("v4peer", identityOf("four"), lines[1].exporter));
    world.wait(10_000);
    expect(lines.map(isOpen)).toEqual([false, true, false, false, false]);
    expect(world.machine.status().connections).toBe(1);
  });
});
