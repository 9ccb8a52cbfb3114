import { describe, expect, it } from "vitest";
import { errorsIn, testOptions, typesIn, World } from "./support/machine.ts";
import { agree, bubbleTo, makePair, V4, V6 } from "./support/peers.ts";

const RELAY = "203.0.113.9:3545";

describe("a relay's bubble", () => {
  it("is passed on over TLS with unchanged addresses and the relay's endpoint", () => {
    const world = new World();
    const { v4, pair, address } = makePair(world);
    typesIn(v4.line);
    world.datagram(RELAY, bubbleTo(address, "fe80::6d1f:3c02:99a8:7e41"));
    expect(v4.line.inbox).toEqual([
      {
        type: "bubble",
        pair,
        source: "fe80::6d1f:3c02:99a8:7e41",
        address,
        relay: { address: "203.0.113.9", port: 3545 },
      },
    ]);
    expect(world.machine.counters.bubbles["passed-on"]).toBe(1);
  });

  it.each([
    ["for an address that was not given out", "2001:0:c000:201:0:63bf:39cc:9bf8"],
    ["for another server", "2001:0:c633:6401:0:63bf:39cc:9bf8"],
    ["for a client whose mapped address is not global", "2001:0:c000:201:0:63bf:80ff:fffe"],
  ])("%s is dropped", (_, address) => {
    const world = new World();
    const { v4 } = makePair(world);
    typesIn(v4.line);
    world.datagram(RELAY, bubbleTo(address));
    expect(typesIn(v4.line)).toEqual([]);
    expect(world.datagrams.at(-1)).not.toMatchObject({ port: 3545 });
  });

  it.each(["127.0.0.1:3545", "0.0.0.0:3545", "224.0.0.1:3545", "255.255.255.255:3545", "192.0.2.1:3544"])(
    "from %s is dropped",
    (relay) => {
      const world = new World();
      const { v4, address } = makePair(world);
      typesIn(v4.line);
      world.datagram(relay, bubbleTo(address));
      expect(typesIn(v4.line)).toEqual([]);
    },
  );

  it.each(["ff02::1", "::", "::1", "::ffff:192.0.2.1"])("with the source %s is dropped", (source) => {
    const world = new World();
    const { v4, address } = makePair(world);
    typesIn(v4.line);
    world.datagram(RELAY, bubbleTo(address, source));
    expect(typesIn(v4.line)).toEqual([]);
  });

  it("to an old address of a pair is dropped", () => {
    const world = new World();
    const { v4, address } = makePair(world);
    v4.map("198.51.100.7:40001");
    typesIn(v4.line);
    world.datagram(RELAY, bubbleTo(address));
    expect(typesIn(v4.line)).toEqual([]);
    expect(world.machine.counters.bubbles["unknown-address"]).toBe(1);
  });

  it("for a disconnected peer is dropped", () => {
    const world = new World();
    const { v4, address } = makePair(world);
    world.cut(v4.line);
    world.datagram(RELAY, bubbleTo(address));
    expect(world.machine.counters.bubbles["peer-not-connected"]).toBe(1);
  });
});

describe("a flood of bubbles", () => {
  it("for one IPv4 peer, from many relays and to several of its addresses, is limited to ten per second", () => {
    const world = new World();
    const v4 = new V4(world, "four", "198.51.100.7:40000").register();
    const addresses = [1, 2, 3].map(
      (n) => agree(new V6(world, `six ${n}`, `2001:db8:${n}::/80`, `2001:db8:f:${n}::1`).register(), v4).address,
    );
    typesIn(v4.line);
    for (let i = 0; i < 300; i++) world.datagram(`203.0.113.${i % 250}:${3545 + i}`, bubbleTo(addresses[i % 3]));
    expect(typesIn(v4.line)).toHaveLength(10);
    world.wait(1_000);
    for (let i = 0; i < 300; i++) world.datagram(`203.0.113.${i % 250}:${3545 + i}`, bubbleTo(addresses[i % 3]));
    expect(typesIn(v4.line)).toHaveLength(10);
    expect(v4.line.isClosed).toBe(false);
  });

  it("from one relay does not affect other relays", () => {
    const world = new World();
    const { v4, address } = makePair(world);
    typesIn(v4.line);
    for (let i = 0; i < 50; i++) world.datagram(RELAY, bubbleTo(address));
    expect(typesIn(v4.line)).toHaveLength(2);
    expect(world.machine.counters.bubbles["flow-rate"]).toBe(48);
    world.datagram("198.51.100.200:3545", bubbleTo(address));
    expect(typesIn(v4.line)).toHaveLength(1);
  });

  it("from one IPv4 address to many peers is limited to a hundred per second", () => {
    const world = new World(testOptions({ bubblesPerSecondPerSource: 3 }));
    const addresses = [1, 2, 3, 4].map((n) => {
      const six = new V6(world, `six ${n}`, `2001:db8:${n}::/80`, `2001:db8:f:${n}::1`).register({ exits: 1 });
      const four = new V4(world, `four ${n}`, `198.18.${n}.7:40000`).register({ maxPairs: 1 });
      return agree(six, four).address;
    });
    for (const address of addresses) world.datagram(RELAY, bubbleTo(address));
    expect(world.machine.counters.bubbles).toMatchObject({ "passed-on": 3, "source-rate": 1 });
  });

  it("does not stop registrations", () => {
    const world = new World();
    const { v4, address } = makePair(world);
    for (let i = 0; i < 20_000; i++) world.datagram(RELAY, bubbleTo(address));
    v4.map();
    expect(errorsIn(v4.line)).toEqual([]);
  });
});
