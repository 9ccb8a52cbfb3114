import { describe, expect, it } from "vitest";
import { NAT_PRESETS, type NatOptions, type NatPreset, Simulation } from "../src/index.ts";
import { inbox, v4 } from "./worlds.ts";

const OUTER = v4("198.51.100.1");
const INSIDE = v4("10.0.0.2");
const X = v4("192.0.2.1");
const Y = v4("192.0.2.2");

/** A host behind a NAT, and two servers with two ports each. */
function home(options: Partial<NatOptions>, seed = 1) {
  const simulation = new Simulation({ seed });
  const nat = simulation.addNat("nat", { address: OUTER, behaviour: "port-restricted", ...options });
  const addInside = (name: string, address: number) =>
    inbox(simulation, simulation.addHost(name, { network: nat.inside, ipv4: [address] }), 4_000);
  const inside = addInside("inside", INSIDE);
  const [x, y] = [X, Y].map((address, index) => {
    const host = simulation.addHost("xy"[index], { ipv4: [address] });
    return [inbox(simulation, host, 1_000), inbox(simulation, host, 2_000)];
  });
  const servers = [x[0], x[1], y[0], y[1]];
  const send = (box: ReturnType<typeof inbox>, address: number, port: number): void => {
    box.socket.send(Uint8Array.of(1), address, port);
    simulation.run(simulation.now);
  };
  /** The outer port that a server sees when the host sends to it. */
  const portAt = (index: number, box = inside): number => {
    const { address, port } = servers[index].socket;
    send(box, address, port);
    const seen = servers[index].arrivals.pop()!;
    expect(seen.from).toBe(nat.address);
    return seen.port;
  };
  /** Whether a server reaches an outer port. */
  const reaches = (index: number, port: number, box = inside): boolean => {
    const before = box.arrivals.length;
    send(servers[index], nat.address, port);
    return box.arrivals.length > before;
  };
  const dropped = () => simulation.statistics().dropped;
  return { simulation, nat, addInside, inside, servers, portAt, reaches, dropped };
}

/** The servers: X:1000, X:2000, Y:1000, Y:2000. */
describe("mapping (RFC 4787 §4.1): which remote endpoints see the same outer port", () => {
  it.each([
    ["endpoint-independent", [0, 0, 0, 0]],
    ["address-dependent", [0, 0, 1, 1]],
    ["address-and-port-dependent", [0, 1, 2, 3]],
  ] as const)("%s", (mapping, expected) => {
    const { portAt } = home({ behaviour: { mapping, filtering: "endpoint-independent" } });
    const ports = [0, 1, 2, 3].map((index) => portAt(index));
    const distinct = [...new Set(ports)];
    expect(ports.map((port) => distinct.indexOf(port))).toEqual(expected);
    expect([0, 1, 2, 3].map((index) => portAt(index))).toEqual(ports);
  });
});

describe("filtering (RFC 4787 §5): who may send to a mapping after the host has sent to X:1000", () => {
  it.each([
    ["endpoint-independent", [true, true, true, true]],
    ["address-dependent", [true, true, false, false]],
    ["address-and-port-dependent", [true, false, false, false]],
  ] as const)("%s", (filtering, expected) => {
    const { portAt, reaches, dropped } = home({ behaviour: { mapping: "endpoint-independent", filtering } });
    const port = portAt(0);
    expect([0, 1, 2, 3].map((index) => reaches(index, port))).toEqual(expected);
    const refused = expected.filter((isIn) => !isIn).length;
    expect(dropped()).toEqual(refused > 0 ? { "nat-filtered": refused } : {});
  });

  it.each([
    ["full-cone", true, [true, true, true]],
    ["address-restricted", true, [true, true, false]],
    ["port-restricted", true, [true, false, false]],
    ["symmetric", false, [true, false, false]],
  ] as const satisfies readonly [NatPreset, boolean, boolean[]][])(
    "%s in the words of RFC 3489",
    (kind, isSame, open) => {
      const { portAt, reaches } = home({ behaviour: kind });
      const port = portAt(0);
      expect([0, 1, 2].map((index) => reaches(index, port))).toEqual(open);
      expect(portAt(2) === port).toBe(isSame);
    },
  );
});

describe("a NAT", () => {
  it("accepts nothing from outside before a packet went out", () => {
    const { reaches, dropped } = home({ behaviour: "full-cone", ports: "preserving" });
    expect(reaches(0, 4_000)).toBe(false);
    expect(dropped()).toEqual({ "nat-no-mapping": 1 });
  });

  it("keeps a mapping while packets go out, and forgets it when none do", () => {
    const { simulation, nat, portAt, reaches, dropped } = home({ behaviour: "full-cone", udpTimeoutMs: 30_000 });
    const port = portAt(0);
    simulation.run(29_000);
    expect(portAt(1)).toBe(port);
    simulation.run(58_999);
    expect(reaches(0, port)).toBe(true);
    simulation.run(59_000);
    expect(nat.udpMappings).toBe(0);
    expect(reaches(0, port)).toBe(false);
    expect(dropped()).toEqual({ "nat-no-mapping": 1 });
    expect(portAt(0)).not.toBe(port);
  });

  it.each([
    [true, true],
    [false, false],
  ])("with inbound refresh %s: packets from outside keep a mapping alive: %s (RFC 4787 REQ-6)", (refresh, lives) => {
    const { simulation, portAt, reaches } = home({ udpTimeoutMs: 30_000, refreshOnInbound: refresh });
    const port = portAt(0);
    simulation.run(20_000);
    reaches(0, port);
    simulation.run(40_000);
    expect(reaches(0, port)).toBe(lives);
  });

  it("filters each remote separately: a permission expires if nothing is sent any more", () => {
    const { simulation, portAt, reaches } = home({ udpTimeoutMs: 30_000 });
    const port = portAt(0);
    portAt(2);
    simulation.run(20_000);
    portAt(0);
    simulation.run(40_000);
    expect([reaches(0, port), reaches(2, port)]).toEqual([true, false]);
  });

  it("gives several hosts ports of their own and brings answers to the right one", () => {
    const { addInside, inside, portAt, reaches } = home({ ports: "preserving" });
    const second = addInside("second", v4("10.0.0.3"));
    const [one, two] = [portAt(0), portAt(0, second)];
    expect(one).toBe(4_000);
    expect(two).not.toBe(4_000);
    expect([reaches(0, one, inside), reaches(0, two, second)]).toEqual([true, true]);
    expect([inside.arrivals.length, second.arrivals.length]).toEqual([1, 1]);
  });

  it("lets hosts behind it talk among themselves, untranslated, and hairpins nothing", () => {
    const { simulation, addInside, inside, portAt, dropped } = home({ behaviour: "full-cone" });
    const second = addInside("second", v4("10.0.0.3"));
    const port = portAt(0, second);
    inside.socket.send(Uint8Array.of(1), v4("10.0.0.3"), 4_000);
    inside.socket.send(Uint8Array.of(2), OUTER, port);
    simulation.runUntilIdle();
    expect(second.arrivals.map(({ bytes, from }) => [bytes[0], from])).toEqual([[1, INSIDE]]);
    expect(dropped()).toEqual({ "nat-hairpin": 1 });
  });

  it("chooses random ports over its range, and says so when none is left", () => {
    const { portAt, dropped, nat, inside, simulation } = home({ behaviour: "symmetric", portRange: [5_000, 5_002] });
    const ports = [0, 1, 2].map((index) => portAt(index));
    expect(ports.toSorted()).toEqual([5_000, 5_001, 5_002]);
    inside.socket.send(Uint8Array.of(1), Y, 2_000);
    simulation.runUntilIdle();
    expect(dropped()).toEqual({ "nat-no-port": 1 });
    expect(nat.udpMappings).toBe(3);
    simulation.run(120_000);
    expect(ports).toContain(portAt(3));
  });

  it("never holds more mappings than it has ports, whatever is sent", () => {
    const { simulation, nat, inside } = home({ behaviour: "symmetric", portRange: [1_024, 2_023], udpTimeoutMs: 100 });
    for (let number = 0; number < 5_000; number++) {
      simulation.at(number, () => inside.socket.send(Uint8Array.of(1), X, 1 + number));
    }
    simulation.invariant("mappings", 10, () => (nat.udpMappings > 101 ? `${nat.udpMappings}` : undefined));
    simulation.runUntilIdle();
    expect(simulation.statistics().dropped).toEqual({ "no-socket": 5_000 - 2 });
  });

  it("forgets its mappings in a reboot; the next ones are others", () => {
    const { simulation, nat, portAt, reaches, dropped, inside } = home({ behaviour: "full-cone" });
    const port = portAt(0);
    nat.reboot(1_000);
    expect(nat.udpMappings).toBe(0);
    inside.socket.send(Uint8Array.of(1), X, 1_000);
    expect(reaches(0, port)).toBe(false);
    expect(dropped()).toEqual({ "node-down": 2 });
    simulation.run(1_000);
    expect(reaches(0, port)).toBe(false);
    const next = portAt(0);
    expect(next).not.toBe(port);
    expect(reaches(0, next)).toBe(true);
  });

  it("can come back with another address", () => {
    const { nat, portAt, reaches, dropped, servers, simulation } = home({ behaviour: "full-cone" });
    portAt(0);
    nat.reboot(0, v4("198.51.100.99"));
    const port = portAt(0);
    expect(reaches(0, port)).toBe(true);
    servers[0].socket.send(Uint8Array.of(1), OUTER, port);
    simulation.runUntilIdle();
    expect(dropped()).toEqual({ "no-route": 1 });
  });

  it("reboots at random times when told to, and that alone keeps no simulation busy", () => {
    const { simulation, portAt } = home({ behaviour: "full-cone", rebootEveryMs: 10_000, udpTimeoutMs: 1e9 });
    const ports = new Set<number>();
    for (let second = 0; second < 1_000; second++) {
      simulation.run(second * 1_000);
      ports.add(portAt(0));
    }
    expect(ports.size).toBeGreaterThan(70);
    expect(ports.size).toBeLessThan(130);
    simulation.runUntilIdle();
  });

  it("forwards a port for all remotes, permanently", () => {
    const { simulation, nat, inside, portAt, reaches } = home({ behaviour: "symmetric" });
    nat.forwardPort(3_545, INSIDE, 4_000);
    expect(reaches(3, 3_545)).toBe(true);
    expect(portAt(0)).toBe(3_545);
    simulation.run(1e9);
    nat.reboot();
    expect(reaches(2, 3_545)).toBe(true);
    expect(inside.arrivals.length).toBe(2);
    expect(() => nat.forwardPort(3_545, INSIDE, 1)).toThrow("in use");
  });

  it("can be behind another NAT", () => {
    const simulation = new Simulation({ seed: 1 });
    const carrier = simulation.addNat("carrier", { address: OUTER, behaviour: "port-restricted" });
    const router = simulation.addNat("router", {
      address: v4("100.64.0.2"),
      behaviour: "full-cone",
      network: carrier.inside,
    });
    const inside = inbox(simulation, simulation.addHost("inside", { network: router.inside, ipv4: [INSIDE] }), 4_000);
    const server = inbox(simulation, simulation.addHost("server", { ipv4: [X] }), 1_000);
    const other = inbox(simulation, simulation.addHost("other", { ipv4: [Y] }), 1_000);
    inside.socket.send(Uint8Array.of(1), X, 1_000);
    simulation.runUntilIdle();
    const { from, port } = server.arrivals[0];
    expect(from).toBe(OUTER);
    for (const { socket } of [server, other]) socket.send(Uint8Array.of(2), from, port);
    simulation.runUntilIdle();
    expect(inside.arrivals.map((arrival) => arrival.from)).toEqual([X]);
  });

  it("lets no IPv6 through", () => {
    const { simulation, nat } = home({});
    const host = simulation.addHost("v6", { network: nat.inside, ipv6: [{ address: new Uint8Array(16).fill(0x20) }] });
    const packet = new Uint8Array(40).fill(0x3f);
    packet[0] = 0x60;
    host.sendIPv6(packet);
    simulation.runUntilIdle();
    expect(simulation.statistics().dropped).toEqual({ "no-route": 1 });
  });

  it("refuses an invalid port range", () => {
    expect(() => home({ portRange: [9, 8] })).toThrow("no ports between 9 and 8");
    expect(Object.keys(NAT_PRESETS).length).toBe(4);
  });
});
