import type { PathState, RegisterV6 } from "@nat64/peer-protocol";
import { describe, expect, it } from "vitest";
import { errorsIn, seededSuite, take, testOptions, typesIn, World } from "./support/machine.ts";
import { agree, identityOf, makePair, registerV4, registerV6, V4, V6 } from "./support/peers.ts";

/** Both ends of a pair, after a restart of the coordinator. */
const afterRestart = () => {
  const before = makePair(new World());
  const world = new World(testOptions({}, { suite: seededSuite("restarted") }));
  const v6 = new V6(world, "six", before.v6.prefix);
  const v4 = new V4(world, "four", before.v4.mapping);
  return { world, v6, v4, pair: before.pair, address: before.address };
};

/** A pair whose inboxes are empty. */
const quietPair = (world: World) => {
  const pair = makePair(world);
  for (const { line } of [pair.v6, pair.v4]) line.inbox.length = 0;
  return pair;
};

/** Lets time pass while the peers send enough to stay connected. */
const stayFor = (milliseconds: number, world: World, ...peers: readonly (V6 | V4)[]) => {
  for (let left = milliseconds; left > 0; left -= 20_000) {
    world.wait(Math.min(left, 20_000));
    for (const peer of peers) peer.say({ type: "pong", id: 1 });
  }
};

describe("after a restart of the coordinator", () => {
  it("a pair that both ends hold is resumed with the same address", () => {
    const { world, v6, v4, pair, address } = afterRestart();
    v6.register({ pairs: [{ pair, peer: v4.id, address }] });
    expect(world.machine.status()).toMatchObject({ pairs: 0, heldPairs: 1 });
    v4.register({ pairs: [{ pair, peer: v6.id, address }] });
    const told = { type: "pair", pair, address, reason: "resumed", limits: {} };
    expect(take(v4.line, "pair")).toEqual(told);
    expect(take(v6.line, "pair")).toEqual(told);
    expect(typesIn(v6.line)).not.toContain("propose");
    expect(world.machine.status()).toMatchObject({ pairs: 1, heldPairs: 0, addresses: 1 });
  });

  it("… with another address if the mapping has changed", () => {
    const { v6, v4, pair, address } = afterRestart();
    v4.mapping = "198.51.100.7:40001";
    v4.register({ pairs: [{ pair, peer: v6.id, address }] });
    v6.register({ pairs: [{ pair, peer: v4.id, address }] });
    const told = take(v6.line, "pair");
    expect(told).toMatchObject({ pair, reason: "resumed" });
    expect(told.address).toMatch(/:63be:39cc:9bf8$/);
  });

  it("a pair that only one end holds ends as soon as the other end has registered without it", () => {
    for (const first of ["v6", "v4"]) {
      const { world, v6, v4, pair, address } = afterRestart();
      if (first === "v4") v4.register();
      v6.register({ pairs: [{ pair, peer: v4.id, address }] });
      if (first === "v6") v4.register();
      expect(take(v6.line, "unpair"), first).toEqual({ type: "unpair", pair, reason: "not-held" });
      expect(take(v6.line, "propose"), first).toBeDefined();
      expect(world.machine.status().heldPairs).toBe(0);
    }
  });

  it("an IPv4 peer with room for one pair is paired again at once if its IPv6 peer has restarted, too", () => {
    const { v6, v4, pair, address } = afterRestart();
    v4.register({ maxPairs: 1, pairs: [{ pair, peer: v6.id, address }] });
    v6.register();
    expect(take(v4.line, "unpair")).toEqual({ type: "unpair", pair, reason: "not-held" });
    expect(agree(v6, v4).pair).not.toBe(pair);
  });

  it("… or after sixty seconds if the other end does not register", () => {
    const { world, v6, v4, pair, address } = afterRestart();
    v6.register({ pairs: [{ pair, peer: v4.id, address }] });
    world.wait(59_999);
    expect(typesIn(v6.line)).not.toContain("unpair");
    world.wait(1);
    expect(take(v6.line, "unpair")).toEqual({ type: "unpair", pair, reason: "not-held" });
    expect(world.machine.status().heldPairs).toBe(0);
  });

  it.each([
    ["another address", { address: "2001:0:c000:201:0:63bf:39cc:9bf9" }],
    ["another peer", { peer: "a".repeat(32) }],
  ])("a pair that the ends describe differently, with %s, is not resumed", (_, more) => {
    const { world, v6, v4, pair, address } = afterRestart();
    v6.register({ pairs: [{ pair, peer: v4.id, address }] });
    v4.register({ pairs: [{ pair, peer: v6.id, address, ...more }] });
    world.wait(60_000);
    expect(take(v6.line, "unpair")).toMatchObject({ pair, reason: "not-held" });
    expect(take(v4.line, "unpair")).toMatchObject({ pair, reason: "not-held" });
    expect(world.machine.status().pairs).toBe(typesIn(v6.line).includes("pair") ? 1 : 0);
  });

  it("room is kept for pairs that may be resumed", () => {
    const { world, v6, v4, pair, address } = afterRestart();
    const other = new V4(world, "other", "203.0.113.5:9").register();
    v6.register({ exits: 1, pairs: [{ pair, peer: v4.id, address }] });
    world.wait(59_999);
    expect(typesIn(v6.line)).not.toContain("propose");
    v6.say({ type: "ping", id: 0 });
    other.say({ type: "ping", id: 0 });
    world.wait(1);
    expect(typesIn(v6.line)).toEqual(["pong", "unpair", "propose"]);
  });

  it("claims have to be repeated on the next connection", () => {
    const { world, v6, v4, pair, address } = afterRestart();
    v6.register({ pairs: [{ pair, peer: v4.id, address }] });
    world.cut(v6.line);
    expect(world.machine.status()).toMatchObject({ heldPairs: 0 });
    v4.register({ pairs: [{ pair, peer: v6.id, address }] });
    v6.reconnect();
    v6.register({ pairs: [{ pair, peer: v4.id, address }] });
    expect(take(v6.line, "pair")).toMatchObject({ pair, address, reason: "resumed" });
  });

  it("a peer that claims a pair of others does not affect its ends", () => {
    const { world, v6, v4, pair, address } = afterRestart();
    const thief = new V4(world, "thief", "203.0.113.5:9").register({ pairs: [{ pair, peer: v6.id, address }] });
    v6.register({ pairs: [{ pair, peer: v4.id, address }] });
    v4.register({ pairs: [{ pair, peer: v6.id, address }] });
    expect(take(v6.line, "pair")).toMatchObject({ pair, reason: "resumed" });
    world.wait(60_000);
    expect(take(thief.line, "unpair")).toMatchObject({ pair, reason: "not-held" });
    expect(world.machine.status().pairs).toBe(1);
  });

  it("claims cannot take over somebody else's address", () => {
    const world = new World();
    const { address } = makePair(world);
    const pair = "A".repeat(22);
    const v6 = new V6(world, "accomplice", "2001:db8:66::/80", "2001:db8:6::1");
    const v4 = new V4(world, "thief", "203.0.113.5:9");
    v6.register({ exits: 1, pairs: [{ pair, peer: v4.id, address }] });
    v4.register({ pairs: [{ pair, peer: v6.id, address }] });
    expect(take(v4.line, "pair").address).toMatch(/:fff6:34ff:8efa$/);
  });
});

describe("a peer whose connection breaks", () => {
  it("keeps its pairs if it reconnects within five minutes, and receives an address that it has missed", () => {
    const world = new World();
    const { v6, v4, pair, address } = makePair(world);
    world.cut(v6.line);
    v4.map("198.51.100.7:40001");
    take(v4.line, "pair");
    v6.reconnect();
    v6.register({ pairs: [{ pair, peer: v4.id, address }] });
    expect(take(v6.line, "pair")).toMatchObject({ pair, reason: "resumed" });
    world.wait(1);
    expect(typesIn(v4.line)).not.toContain("unpair");
    expect(world.machine.status().pairs).toBe(1);
  });

  it("loses a pair that it no longer names", () => {
    const world = new World();
    const { v6, v4, pair } = makePair(world);
    world.cut(v4.line);
    v4.reconnect();
    v4.register();
    expect(take(v6.line, "unpair")).toMatchObject({ pair, reason: "not-held" });
    expect(typesIn(v4.line)).not.toContain("unpair");
  });

  it("loses its pairs after five minutes, and is forgotten", () => {
    const world = new World();
    const { v6, v4, pair } = makePair(world);
    world.cut(v4.line);
    for (let i = 0; i < 15; i++) {
      expect(typesIn(v6.line)).not.toContain("unpair");
      world.wait(20_000);
      v6.say({ type: "ping", id: 0 });
    }
    expect(take(v6.line, "unpair")).toMatchObject({ pair, reason: "peer-gone" });
    expect(world.machine.status()).toMatchObject({ pairs: 0, v4peers: 0, addresses: 0 });
    // It reconnects and still holds the pair.
    v4.reconnect();
    v4.register({ pairs: [{ pair, peer: v6.id, address: "2001:0:c000:201:0:63bf:39cc:9bf8" }] });
    world.wait(60_000);
    expect(take(v4.line, "unpair")).toMatchObject({ pair, reason: "not-held" });
  });

  it("loses its pairs at once after goodbye with shutdown", () => {
    const world = new World();
    const { v6, v4, pair } = quietPair(world);
    v4.say({ type: "goodbye", reason: "shutdown" });
    expect(v4.line.isClosed).toBe(true);
    expect(v6.line.inbox.splice(0)).toEqual([{ type: "unpair", pair, reason: "shutdown" }]);
    expect(typesIn(v4.line)).toEqual([]);
    expect(world.machine.status()).toMatchObject({ pairs: 0, v4peers: 0 });
  });

  it("keeps its pairs after goodbye with restart", () => {
    const world = new World();
    const { v6, v4 } = makePair(world);
    v4.say({ type: "goodbye", reason: "restart" });
    expect(v4.line.isClosed).toBe(true);
    expect(typesIn(v6.line)).not.toContain("unpair");
    expect(world.machine.status().pairs).toBe(1);
  });
});

describe("an IPv6 peer is told about the connection of its IPv4 peer", () => {
  it("when it ends and when it is back; the IPv4 peer is told nothing", () => {
    const world = new World();
    const { v6, v4, pair, address } = quietPair(world);
    world.cut(v4.line);
    expect(v6.line.inbox.splice(0)).toEqual([{ type: "away", pair }]);
    v4.reconnect();
    expect(typesIn(v6.line)).toEqual([]);
    v4.register({ pairs: [{ pair, peer: v6.id, address }] });
    expect(v6.line.inbox.splice(0)).toEqual([{ type: "pair", pair, address, reason: "resumed", limits: {} }]);
    expect(typesIn(v4.line)).toEqual(["welcome", "registered"]);
  });

  it("only by the new address if the mapping has changed", () => {
    const world = new World();
    const { v6, v4, pair, address } = quietPair(world);
    world.cut(v4.line);
    v4.reconnect();
    v4.mapping = "198.51.100.7:40001";
    v4.register({ pairs: [{ pair, peer: v6.id, address }] });
    expect(v6.line.inbox.splice(0)).toMatchObject([{ type: "away" }, { type: "pair", reason: "mapping-changed" }]);
  });

  it("when it ends by silence, after three keep-alive intervals", () => {
    const world = new World();
    const { v6, pair } = quietPair(world);
    world.wait(60_000);
    v6.say({ type: "ping", id: 0 });
    typesIn(v6.line);
    world.wait(29_999);
    expect(typesIn(v6.line)).not.toContain("away");
    world.wait(1);
    expect(take(v6.line, "away")).toEqual({ type: "away", pair });
  });

  it("again on each of its own connections", () => {
    const world = new World();
    const { v6, v4, pair, address } = quietPair(world);
    world.cut(v4.line);
    world.cut(v6.line);
    v6.reconnect();
    v6.register({ pairs: [{ pair, peer: v4.id, address }] });
    expect(typesIn(v6.line)).toEqual(["welcome", "challenge", "registered", "away"]);
    v6.say(registerV6(v6.prefix));
    expect(typesIn(v6.line)).toEqual(["registered"]);
    v4.reconnect();
    v4.register({ pairs: [{ pair, peer: v6.id, address }] });
    expect(take(v6.line, "pair")).toMatchObject({ pair, address, reason: "resumed" });
  });

  it("and is told nothing, like the other end, if only its own connection was replaced", () => {
    const world = new World();
    const { v6, v4, pair, address } = quietPair(world);
    world.cut(v6.line);
    v6.reconnect();
    v6.register({ pairs: [{ pair, peer: v4.id, address }] });
    expect(typesIn(v6.line)).toEqual(["welcome", "challenge", "registered"]);
    expect(typesIn(v4.line)).toEqual([]);
  });
});

describe("a disconnected IPv4 peer whose path is down", () => {
  /** An IPv6 peer with the one exit that it wants, and another IPv4 peer with room. */
  const withSpare = (more: Partial<RegisterV6> = {}) => {
    const world = new World();
    const v6 = new V6(world, "six", "2001:db8:64::/80").register({ exits: 1, ...more });
    const v4 = new V4(world, "four", "198.51.100.7:40000").register();
    const { pair, address } = agree(v6, v4);
    const spare = new V4(world, "spare", "203.0.113.5:9").register();
    for (const { line } of [v6, v4, spare]) line.inbox.length = 0;
    const report = (state: PathState) => v6.say({ type: "path", pair, address, state });
    const wait = (seconds: number) => {
      for (let i = 0; i < seconds; i++) {
        world.wait(1_000);
        for (const { line } of [v6, spare]) world.send(line, { type: "ping", id: 0 });
      }
      return typesIn(v6.line).filter((type) => type !== "pong");
    };
    return { world, v6, v4, spare, pair, address, report, wait };
  };

  it("is replaced after a minute, and told when it reconnects", () => {
    const { world, v6, v4, spare, pair, address, report, wait } = withSpare();
    world.cut(v4.line);
    report("down");
    expect(wait(59)).toEqual(["away"]);
    world.wait(1_000);
    expect(take(v6.line, "unpair")).toEqual({ type: "unpair", pair, reason: "peer-gone" });
    expect(agree(v6, spare).pair).not.toBe(pair);
    v4.reconnect();
    v4.register({ pairs: [{ pair, peer: v6.id, address }] });
    expect(take(v4.line, "unpair")).toMatchObject({ pair, reason: "not-held" });
  });

  it("… also if the path goes down long after the connection", () => {
    const { world, v4, report, wait } = withSpare();
    world.cut(v4.line);
    report("up");
    expect(wait(100)).toEqual(["away"]);
    report("down");
    expect(wait(59)).toEqual([]);
    expect(wait(1)).toEqual(["unpair", "propose"]);
  });

  it("… and if it was down before", () => {
    const { world, v4, report, wait } = withSpare();
    report("down");
    world.cut(v4.line);
    expect(wait(59)).toEqual(["away"]);
    expect(wait(1)).toEqual(["unpair", "propose"]);
  });

  it.each([
    ["the path is up again", (all: ReturnType<typeof withSpare>) => all.report("up")],
    [
      "it is back",
      ({ v4, v6, pair, address }: ReturnType<typeof withSpare>) => {
        v4.reconnect();
        v4.register({ pairs: [{ pair, peer: v6.id, address }] });
      },
    ],
  ])("keeps its pair when %s in time", (_, happens) => {
    const all = withSpare();
    all.world.cut(all.v4.line);
    all.report("down");
    all.wait(59);
    happens(all);
    expect(all.wait(20)).not.toContain("unpair");
  });

  it("is kept for five minutes if an owner wants the pair, or if the IPv6 peer is disconnected, too", () => {
    const wanted = withSpare({ wants: [identityOf("four").peerId] });
    const both = withSpare();
    for (const { world, v4, report } of [wanted, both]) {
      world.cut(v4.line);
      report("down");
    }
    both.world.cut(both.v6.line);
    both.world.wait(299_999);
    expect(wanted.wait(299)).toEqual(["away"]);
    expect(both.world.machine.status().pairs).toBe(1);
  });
});

describe("an IPv6 peer that restarts", () => {
  it.each(["without goodbye", "with goodbye"])(
    "%s gets its exits back at once, even if they have room for one pair only",
    (how) => {
      const world = new World();
      const v6 = new V6(world, "six", "2001:db8:64::/80").register();
      const v4 = new V4(world, "four", "198.51.100.7:40000").register({ maxPairs: 1 });
      const { pair } = agree(v6, v4);
      world.wait(30_000);
      if (how === "with goodbye") {
        v6.say({ type: "drain", within: 0 });
        v6.say({ type: "goodbye", reason: "shutdown" });
        expect(take(v4.line, "unpair")).toMatchObject({ pair, reason: "drained" });
      } else {
        world.cut(v6.line);
      }
      v6.reconnect();
      v6.register();
      if (how === "without goodbye") expect(take(v4.line, "unpair")).toMatchObject({ pair, reason: "not-held" });
      expect(agree(v6, v4).pair).not.toBe(pair);
    },
  );
});

describe("drain", () => {
  it("of a peer is sent to the other end of each pair, and ends its proposals", () => {
    const world = new World();
    const { v6, v4, pair } = makePair(world);
    v4.say({ type: "drain", within: 300 });
    expect(take(v6.line, "drain")).toEqual({ type: "drain", pair, within: 300 });
    const other = new V6(world, "other", "2001:db8:65::/80", "2001:db8:2::1").register();
    expect(typesIn(other.line)).not.toContain("propose");
    v4.say({ type: "goodbye", reason: "shutdown" });
    expect(take(v6.line, "unpair")).toMatchObject({ pair, reason: "drained" });
  });

  it("lets the IPv6 peer have another exit at once, and the IPv4 peer another IPv6 peer when the pair has ended", () => {
    const world = new World();
    const v6 = new V6(world, "six", "2001:db8:64::/80").register({ exits: 1 });
    const v4 = new V4(world, "four", "198.51.100.7:40000").register({ maxPairs: 1 });
    const { pair } = agree(v6, v4);
    const other = new V4(world, "other", "203.0.113.5:9").register();
    expect(typesIn(v6.line)).not.toContain("propose");
    v6.say({ type: "drain", pair, within: 60 });
    expect(agree(v6, other).pair).not.toBe(pair);
    const second = new V6(world, "second", "2001:db8:65::/80", "2001:db8:2::1").register({ exits: 2 });
    expect(take(second.line, "propose").identity).toBe(Buffer.from(other.identity.publicKey).toString("base64url"));
    expect(typesIn(second.line)).not.toContain("propose");
    v6.say({ type: "unpair", pair, reason: "drained" });
    expect(take(v4.line, "unpair")).toMatchObject({ pair, reason: "drained" });
    expect(take(second.line, "propose").identity).toBe(Buffer.from(v4.identity.publicKey).toString("base64url"));
  });

  it.each(["one pair", "all"])(
    "of %s is taken back: the other end hears it, the pair stays, and peers are proposed again",
    (what) => {
      const world = new World();
      const { v6, v4, pair } = makePair(world);
      const one = what === "all" ? {} : { pair };
      v6.say({ type: "drain", within: 60, ...one });
      v6.say({ type: "drain", within: 3_600, cancel: true, ...one });
      expect(take(v4.line, "drain").cancel).toBeUndefined();
      expect(take(v4.line, "drain")).toMatchObject({ pair, cancel: true });
      stayFor(3_700_000, world, v6, v4);
      for (const { line } of [v6, v4]) expect(typesIn(line)).not.toContain("unpair");
      const other = new V4(world, "other", "203.0.113.5:9").register();
      expect(take(v6.line, "propose").identity).toBe(Buffer.from(other.identity.publicKey).toString("base64url"));
    },
  );

  it("of one pair is passed on, and the peer keeps its other pairs", () => {
    const world = new World();
    const { v6, v4, pair } = makePair(world);
    v6.say({ type: "drain", pair, within: 60 });
    expect(take(v4.line, "drain")).toEqual({ type: "drain", pair, within: 60 });
    v6.say({ type: "drain", pair: "A".repeat(22), within: 60 });
    expect(errorsIn(v6.line)).toEqual(["unknown-pair"]);
    const other = new V4(world, "other", "203.0.113.5:9").register();
    expect(take(v6.line, "propose").identity).toBe(Buffer.from(other.identity.publicKey).toString("base64url"));
  });

  it.each([
    ["an IPv4 peer that stays", "v4", 60, 90],
    ["an IPv6 peer that stays", "v6", 60, 90],
    ["somebody who wants more than an hour for it", "v4", 86_400, 3_630],
  ] as const)("of %s ends the pair all the same", (_, who, within, seconds) => {
    const world = new World();
    const { v6, v4, pair } = makePair(world);
    (who === "v4" ? v4 : v6).say({ type: "drain", pair, within });
    expect(take((who === "v4" ? v6 : v4).line, "drain").within).toBe(Math.min(within, 3_600));
    stayFor(seconds * 1000 - 1, world, v6, v4);
    expect(world.machine.status().pairs).toBe(1);
    stayFor(1, world, v6, v4);
    for (const { line } of [v6, v4]) expect(take(line, "unpair")).toMatchObject({ pair, reason: "drained" });
    expect(world.machine.status()).toMatchObject({ pairs: 0, addresses: 0 });
    expect(typesIn(v6.line)).not.toContain("propose");
  });

  it("may be extended, up to an hour from the first message", () => {
    const world = new World();
    const { v6, v4, pair } = makePair(world);
    for (let minute = 0; minute <= 60; minute++) {
      v4.say({ type: "drain", pair, within: 120 });
      expect(take(v6.line, "drain").within).toBe(Math.min(120, 3_600 - 60 * minute));
      stayFor(minute < 60 ? 60_000 : 30_000, world, v6, v4);
    }
    expect(take(v6.line, "unpair")).toMatchObject({ pair, reason: "drained" });
  });

  it("ends the pair even if the draining peer has reconnected", () => {
    const world = new World();
    const { v6, v4, pair, address } = makePair(world);
    v4.say({ type: "drain", pair, within: 60 });
    world.cut(v4.line);
    v4.reconnect();
    v4.register({ pairs: [{ pair, peer: v6.id, address }] });
    stayFor(90_000, world, v6, v4);
    expect(take(v4.line, "unpair")).toMatchObject({ pair, reason: "drained" });
  });

  it("without an end leaves out as many pairs as the peer wants exits, and no more", () => {
    const world = new World();
    const v6 = new V6(world, "six", "2001:db8:64::/80").register({ exits: 2 });
    const proposed = [1, 2, 3, 4, 5, 6].map((number) => {
      const v4 = new V4(world, `four ${number}`, `198.18.${number}.7:40000`).register();
      if (!v6.line.inbox.some(({ type }) => type === "propose")) return false;
      v4.say({ type: "drain", pair: agree(v6, v4).pair, within: 3_600 });
      return true;
    });
    expect(proposed).toEqual([true, true, true, true, false, false]);
  });

  it("ends proposals", () => {
    const world = new World();
    const v6 = new V6(world, "six", "2001:db8:64::/80").register();
    const v4 = new V4(world, "four", "198.51.100.7:40000").register();
    v4.say({ type: "drain", within: 10 });
    expect(take(v6.line, "decline")).toMatchObject({ reason: "draining" });
    expect(typesIn(v4.line)).not.toContain("decline");
  });

  it("of the coordinator is sent to all peers, and ends new proposals", () => {
    const world = new World();
    const { v6, v4 } = makePair(world);
    world.do((machine, now) => machine.drain(2, now));
    expect(take(v6.line, "drain")).toEqual({ type: "drain", within: 2 });
    expect(take(v4.line, "drain")).toEqual({ type: "drain", within: 2 });
    new V4(world, "other", "203.0.113.5:9").register();
    expect(typesIn(v6.line)).not.toContain("propose");
    world.do((machine, now) => machine.stop("restart", 2, now));
    expect(v6.line.inbox.at(-1)).toEqual({ type: "goodbye", reason: "restart", reconnectAfter: 2 });
    expect(v4.line.isClosed).toBe(true);
  });
});

it("a peer that has only said hello gets no pairs", () => {
  const world = new World();
  const v6 = new V6(world, "six", "2001:db8:64::/80").register();
  const v4 = new V4(world, "four", "198.51.100.7:40000");
  v4.say(registerV4());
  expect(typesIn(v6.line)).not.toContain("propose");
});
