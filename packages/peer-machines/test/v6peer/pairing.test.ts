import { type Offer, toBase64url } from "@nat64/peer-protocol";
import { describe, expect, test } from "vitest";
import { SELECTOR_LIFETIME_MS, type V6PeerOutput } from "../../src/v6peer/index.ts";
import { Ipv4Peer, isMessage, SETTINGS, teredo, World } from "./support.ts";

const proposal = (world: World, number: number, id = number) =>
  world.tell({
    type: "propose",
    pair: toBase64url(new Uint8Array(16).fill(id)),
    identity: new Ipv4Peer(number).key,
    internet: true,
    publishes: false,
  });
const declined = (world: World, number: number) => proposal(world, number).find(isMessage("decline"))?.message.reason;
const peerId = (number: number) => new Ipv4Peer(number).identity.peerId;

describe("agreeing on pairs", () => {
  test("a pair that the other end declines after its address was assigned is over", () => {
    const world = new World();
    world.register();
    const pair = world.pair(1);
    expect(world.state(pair)).not.toBe("gone");
    world.tell({ type: "decline", pair, reason: "draining" });
    expect(world.state(pair)).toBe("gone");
  });

  test("a proposal of a peer whose key fits every signature is declined", () => {
    const world = new World();
    world.register();
    const said = world.tell({
      type: "propose",
      pair: "A".repeat(22),
      identity: `AQ${"A".repeat(41)}`,
      internet: true,
      publishes: false,
    });
    expect(said.filter(isMessage("offer"))).toEqual([]);
    expect(said.filter(isMessage("decline"))).toMatchObject([{ message: { reason: "bad-signature" } }]);
  });

  test("an agreement adds an exit with the granted ports, automatic if it accepts all destinations", () => {
    const world = new World();
    world.register();
    world.pair(1, { ports: { first: 30_000, last: 30_099 } });
    expect(world.peer.describe(world.now)).toMatchObject([
      { exit: 1, peer: peerId(1), state: "up", firstPort: 30_000, ports: 64, internet: true, rtt: 20, loss: 0 },
    ]);
    const { exits } = world.engine;
    expect([exits?.isUp(1), exits?.takesNewClients(1), exits?.ports(1)]).toEqual([true, true, 64]);
  });

  test("an IPv4 peer that only publishes gets no client of the automatic selector", () => {
    const world = new World();
    world.register();
    const services = [{ network: "192.168.1.10/32", protocol: "tcp", firstPort: 443, lastPort: 443 } as const];
    world.pair(1, { policy: { internet: false, services } });
    expect(world.engine.exits?.takesNewClients(1)).toBe(false);
    expect(world.engine.exits?.publishes(1, 0xc0a8010a | 0, 6, 443)).toBe(true);
    expect(world.engine.exits?.publishes(1, 0xc0a8010a | 0, 17, 443)).toBe(false);
    expect(world.peer.describe(world.now)).toMatchObject([{ services: ["192.168.1.10/32 tcp 443"] }]);
  });

  test("the IPv4 peer's total bandwidth is shown, as in the proposal", () => {
    const world = new World();
    world.register();
    world.agree(1);
    expect(world.peer.describe(world.now)[0]).not.toHaveProperty("peerBandwidth");
    world.agree(2, {}, 2, { bandwidth: 20_000_000 });
    expect(world.peer.describe(world.now)).toMatchObject([{}, { peerBandwidth: 20_000_000 }]);
  });

  describe("a pair whose path never came up", () => {
    /** Two exits that are wanted, and two IPv4 peers that accept and answer no probe. */
    const silentPairs = (wants: readonly string[] = []) => {
      const world = new World({ exits: 2, wants });
      world.register();
      const pairs = [1, 2].map((number) => world.agree(number));
      for (const peer of world.peers) peer.isAlive = false;
      for (const [index, pair] of pairs.entries()) {
        world.tell({ type: "pair", pair, address: teredo(index, index), reason: "new", limits: {} });
      }
      return { world, pairs };
    };
    const unpaired = (said: ReturnType<typeof proposal>) =>
      said.filter(isMessage("unpair")).map(({ message }) => message);

    test("gives its place to the next proposal, the oldest first", () => {
      const { world, pairs } = silentPairs();
      expect(declined(world, 3)).toBe("full");
      const reports = world.run(5_000).filter(isMessage("path"));
      expect(reports.map(({ message: { state, yields } }) => [state, yields])).toEqual([
        ["down", true],
        ["down", true],
      ]);
      expect(world.peer.describe(world.now)).toHaveLength(2);
      for (const number of [0, 1]) {
        const said = proposal(world, 3 + number);
        expect(unpaired(said)).toEqual([{ type: "unpair", pair: pairs[number], reason: "path-never-up" }]);
        expect(said.some(isMessage("offer"))).toBe(true);
      }
      expect(declined(world, 5)).toBe("full");
    });

    test("… but not if a later address works", () => {
      const { world, pairs } = silentPairs();
      world.run(5_000);
      for (const peer of world.peers) peer.isAlive = true;
      const up = [0, 1].flatMap((index) => {
        const address = teredo(index + 8, index);
        world.tell({ type: "pair", pair: pairs[index], address, reason: "path-down", limits: {} });
        return world.run(100).filter(isMessage("path"));
      });
      expect(up.map(({ message: { state, yields } }) => [state, yields])).toEqual([
        ["up", undefined],
        ["up", undefined],
      ]);
      expect(declined(world, 3)).toBe("full");
    });

    test("… and not if the owner wants the other end", () => {
      const { world, pairs } = silentPairs([peerId(1)]);
      world.run(5_000);
      expect(unpaired(proposal(world, 3))).toMatchObject([{ pair: pairs[1] }]);
      expect(declined(world, 4)).toBe("full");
    });
  });

  describe("when paths that were up are down", () => {
    /** Two exits that were up, and the reports since a number of them went down. */
    const fallen = (count: number) => {
      const world = new World({ exits: 2 });
      world.register();
      const pairs = [1, 2].map((number) => world.pair(number));
      world.run(20_000);
      for (const peer of world.peers.slice(0, count)) peer.isAlive = false;
      return { world, pairs };
    };
    const yielding = (outputs: readonly V6PeerOutput[]) =>
      outputs.filter(isMessage("path")).flatMap(({ message }) => (message.yields === true ? [message.pair] : []));

    test("one of them: it yields after a minute, if it does not come back", () => {
      const { world, pairs } = fallen(1);
      expect(yielding(world.run(50_000))).toEqual([]);
      expect(new Set(yielding(world.run(40_000)))).toEqual(new Set([pairs[0]]));
      const said = proposal(world, 3);
      expect(said.filter(isMessage("unpair"))).toMatchObject([{ message: { reason: "path-unstable" } }]);
    });

    test("all of them: one place is for others, until it shows whether these work", () => {
      const { world } = fallen(2);
      expect(yielding(world.run(10_000))).toEqual([]);
      expect(new Set(yielding(world.run(60_000))).size).toBe(1);
      world.pair(3);
      expect(declined(world, 4)).toBe("full");
      expect(new Set(yielding(world.run(60_000))).size).toBe(1);
      expect(declined(world, 5)).toBeUndefined();
    });
  });

  test("no more exits than wanted, no peer twice, and with pins no other peer", () => {
    const world = new World({ exits: 2 });
    world.register();
    world.pair(1);
    proposal(world, 2);
    expect(declined(world, 2)).toBe("full");
    expect(declined(world, 3)).toBe("full");
    const pinned = new World({ wants: [peerId(5)], onlyWanted: true });
    pinned.register();
    expect(declined(pinned, 4)).toBe("not-wanted");
    expect(declined(pinned, 5)).toBeUndefined();
  });

  test("an accept that was changed on the way is refused", () => {
    const world = new World();
    world.register();
    const peer = new Ipv4Peer(1);
    const [{ message: offer }] = proposal(world, 1).filter(isMessage("offer"));
    const accept = { ...peer.accept(offer), ports: { first: 1024, last: 5119 } };
    expect(world.tell(accept).filter(isMessage("decline"))).toMatchObject([{ message: { reason: "bad-signature" } }]);
    expect(world.peer.describe(0)).toEqual([]);
  });

  test("an unexpected accept, or one for an expired offer, changes nothing", () => {
    const world = new World();
    world.register();
    const peer = new Ipv4Peer(1);
    const [{ message: offer }] = proposal(world, 1).filter(isMessage("offer"));
    const accept = peer.accept(offer);
    world.run(31_000);
    expect(world.tell(accept)).toEqual([]);
    expect(world.peer.describe(0)).toEqual([]);
  });

  test("a pair that never gets an address is ended", () => {
    const world = new World();
    world.register();
    const pair = world.agree(1);
    expect(world.state(pair)).toBe("trying");
    world.run(31_000);
    expect(world.state(pair)).toBe("gone");
  });

  test("an unknown pair is refused, and so is a Teredo address with fields that are not global", () => {
    const world = new World();
    world.register();
    const unknown = toBase64url(new Uint8Array(16));
    const limits = {};
    expect(world.tell({ type: "pair", pair: unknown, address: teredo(1), reason: "resumed", limits })).toMatchObject([
      { message: { type: "unpair", reason: "not-held" } },
    ]);
    const pair = world.agree(1);
    const address = "2001:0:c000:201:0:63bf:80ff:fffe";
    const said = world.tell({ type: "pair", pair, address, reason: "new", limits });
    expect(said.filter(isMessage("unpair"))).toMatchObject([{ message: { reason: "path-never-up" } }]);
    expect(world.state(pair)).toBe("gone");
  });

  test("a peer that agrees again replaces its old pair, with the same selector", () => {
    const world = new World();
    world.register();
    const first = world.pair(1);
    const [{ selector }] = world.peer.describe(0);
    const second = world.agree(1, {}, 77);
    world.tell({ type: "pair", pair: second, address: teredo(9), reason: "new", limits: {} });
    world.run(100);
    expect([world.state(first), world.state(second)]).toEqual(["gone", "up"]);
    expect(world.peer.describe(0)).toMatchObject([{ selector }]);
  });

  test("all 32 places can be used repeatedly", () => {
    const world = new World({ exits: 32 });
    world.register();
    for (let round = 0; round < 3; round++) {
      const pairs = Array.from({ length: 32 }, (_, i) => world.pair(i + 1));
      expect(pairs.map((pair) => world.state(pair))).toEqual(pairs.map(() => "up"));
      for (const pair of pairs) world.tell({ type: "unpair", pair, reason: "operator" });
      world.run(1000);
      expect(world.peer.describe(0)).toEqual([]);
    }
  });

  test("with fewer exits configured, unwanted ones end, and the other end is told", () => {
    const world = new World();
    world.register();
    const [first, second] = [world.pair(1), world.pair(2)];
    const settings = {
      listed: true,
      abuse: "x@example.net",
      onlyWanted: false,
      pinnedInternet: false,
      weights: {},
      banned: [],
    };
    world.do(world.peer.configure({ ...settings, exits: 1, wants: [peerId(2)] }, world.now));
    expect(world.settle().filter(isMessage("unpair"))).toMatchObject([
      { message: { pair: first, reason: "operator" } },
    ]);
    expect([world.state(first), world.state(second)]).toEqual(["gone", "up"]);
  });

  test("a drain stops new clients, an unpair ends the exit", () => {
    const world = new World();
    world.register();
    const pair = world.pair(1);
    world.tell({ type: "drain", pair, within: 300 });
    expect([world.engine.exits?.takesNewClients(1), world.engine.exits?.isUp(1)]).toEqual([false, true]);
    world.tell({ type: "unpair", pair, reason: "drained" });
    expect([world.state(pair), world.engine.exits?.isPresent(1)]).toEqual(["gone", false]);
  });

  test("an exit that drains makes room for another at once", () => {
    const world = new World({ exits: 1 });
    world.register();
    const pair = world.pair(1);
    expect(declined(world, 2)).toBe("full");
    world.tell({ type: "drain", pair, within: 300 });
    expect([world.state(world.pair(2)), world.state(pair)]).toEqual(["up", "up"]);
  });

  test("only as many as are wanted may drain at a time, so announced drains cannot take all places", () => {
    const world = new World({ exits: 2 });
    world.register();
    for (const number of [1, 2, 3, 4]) world.tell({ type: "drain", pair: world.pair(number), within: 3_600 });
    expect(declined(world, 5)).toBe("full");
  });

  test.each([
    [30, 90],
    [86_400, 3_660],
  ])("an exit that drains within %i s and stays ends after %i s", (within, seconds) => {
    const world = new World();
    world.register();
    const [first, second] = [world.pair(1), world.pair(2)];
    world.tell({ type: "drain", pair: first, within });
    const before = world.run(seconds * 1000 - 1);
    expect([before.some(isMessage("unpair")), world.state(first)]).toEqual([false, "up"]);
    expect(world.run(1).filter(isMessage("unpair"))).toMatchObject([{ message: { pair: first, reason: "drained" } }]);
    expect([world.state(first), world.state(second)]).toEqual(["gone", "up"]);
  });

  test("its own drain of an exit stops new clients, and ends the exit after the given time", () => {
    const world = new World();
    world.register();
    const [first, second] = [world.pair(1), world.pair(2)];
    world.do(world.peer.drain(30, first, world.now));
    expect(world.settle().filter(isMessage("drain"))).toMatchObject([{ message: { pair: first, within: 30 } }]);
    expect([world.engine.exits?.takesNewClients(1), world.engine.exits?.takesNewClients(2)]).toEqual([false, true]);
    world.run(29_999);
    expect(world.state(first)).toBe("up");
    expect(world.run(1).filter(isMessage("unpair"))).toMatchObject([{ message: { pair: first, reason: "drained" } }]);
    expect([world.state(first), world.state(second)]).toEqual(["gone", "up"]);
    world.do(world.peer.drain(30, first, world.now));
    expect(world.settle()).toEqual([]);
  });

  test("a draining exit is kept if either end cancels its drain", () => {
    const world = new World();
    world.register();
    const pair = world.pair(1);
    world.tell({ type: "drain", pair, within: 30 });
    world.do(world.peer.drain(30, pair, world.now));
    world.tell({ type: "drain", pair, within: 3_600, cancel: true });
    expect(world.engine.exits?.takesNewClients(1)).toBe(false);
    world.do(world.peer.cancelDrain(pair, world.now));
    expect(world.settle().filter(isMessage("drain"))).toMatchObject([{ message: { pair, cancel: true } }]);
    expect(world.engine.exits?.takesNewClients(1)).toBe(true);
    world.run(600_000);
    expect(world.state(pair)).toBe("up");
  });

  test("an exit that finishes draining early is ended", () => {
    const world = new World();
    world.register();
    const pair = world.pair(1);
    world.do(world.peer.drain(30, pair, world.now));
    world.do(world.peer.finishDrain(pair, world.now));
    expect(world.settle().filter(isMessage("unpair"))).toMatchObject([{ message: { pair, reason: "drained" } }]);
  });

  test("a drain of the whole peer and its cancellation show in the list and in new pairs", () => {
    const world = new World({ listed: true, exits: 2 });
    world.register();
    const pairs = [world.pair(1)];
    world.do(world.peer.drain(30, undefined, world.now));
    expect(world.settle().find(isMessage("register-v6"))?.message).toMatchObject({ listed: false, exits: 0 });
    world.do(world.peer.cancelDrain(undefined, world.now));
    const said = world.settle();
    expect(said.find(isMessage("register-v6"))?.message).toMatchObject({ listed: true, exits: 2 });
    expect(said.find(isMessage("drain"))?.message).toMatchObject({ cancel: true });
    expect(world.engine.exits?.takesNewClients(1)).toBe(true);
    world.run(60_000);
    expect(pairs.map((pair) => world.state(pair))).toEqual(["up"]);
    world.do(world.peer.cancelDrain(undefined, world.now));
    expect(world.settle().filter(isMessage("drain"))).toEqual([]);
  });

  test("a drain of the whole peer accepts nothing new, and ends all pairs", () => {
    const world = new World();
    world.register();
    const pairs = [world.pair(1), world.pair(2)];
    world.do(world.peer.drain(30, undefined, world.now));
    expect(
      world
        .settle()
        .filter(isMessage("drain"))
        .map(({ message }) => message),
    ).toEqual([{ type: "drain", within: 30 }]);
    expect(declined(world, 3)).toBe("draining");
    world.do(world.peer.lost(world.now));
    world.do(world.peer.opened(world.now));
    expect(world.settle().find(isMessage("register-v6"))?.message).toMatchObject({ exits: 0, pairs: [{}, {}] });
    world.run(30_000);
    expect(pairs.map((pair) => world.state(pair))).toEqual(["gone", "gone"]);
  });

  test("the coordinator's limit for an exit is passed on and shown, also when it changes, and forgotten with the pair", () => {
    const world = new World();
    world.register();
    const pair = world.pair(1);
    const confirm = (limits: { readonly bandwidth?: number }) => {
      world.tell({ type: "pair", pair, address: teredo(1, 1), reason: "resumed", limits });
      return [world.peer.describe(world.now)[0].bandwidth, world.limits.get(1)];
    };
    expect(world.limits.size).toBe(0);
    expect(confirm({ bandwidth: 5_000_000 })).toEqual([5_000_000, 5_000_000]);
    expect(confirm({})).toEqual([undefined, undefined]);
    expect(confirm({ bandwidth: 7_000_000 })).toEqual([7_000_000, 7_000_000]);
    world.tell({ type: "unpair", pair, reason: "operator" });
    expect(world.limits.get(1)).toBeUndefined();
  });

  test("a pair with a banned peer ends with that reason, and the peer gets no other one", () => {
    const world = new World();
    world.register();
    const [pair, other] = [world.pair(1), world.pair(2)];
    const banned = [peerId(1), peerId(3)];
    world.do(world.peer.configure({ ...SETTINGS, banned }, world.now));
    expect(world.settle().filter(isMessage("unpair"))).toMatchObject([{ message: { pair, reason: "banned" } }]);
    expect([world.state(pair), world.state(other)]).toEqual(["gone", "up"]);
    expect(proposal(world, 3).find(isMessage("decline"))?.message).toMatchObject({
      reason: "banned",
      retryAfter: 3600,
    });
    world.do(world.peer.configure(SETTINGS, world.now));
    expect(declined(world, 3)).toBeUndefined();
  });

  test("an agreement with a peer that was banned meanwhile is declined", () => {
    const world = new World();
    world.register();
    proposal(world, 1);
    const offer = world.outputs.find(isMessage("offer"))?.message as Offer;
    world.do(world.peer.configure({ ...SETTINGS, banned: [peerId(1)] }, world.now));
    const said = world.tell(new Ipv4Peer(1).accept(offer));
    expect(said.find(isMessage("decline"))?.message).toMatchObject({ reason: "banned" });
    expect(world.peer.describe(world.now)).toEqual([]);
  });

  test("a lack of places that the coordinator does not know about asks for only a short delay", () => {
    const world = new World({ exits: 1 });
    world.register();
    world.pair(1);
    expect(proposal(world, 2).find(isMessage("decline"))?.message).toMatchObject({ reason: "full", retryAfter: 30 });
  });
});

describe("selectors", () => {
  const selectorOf = (world: World) => world.peer.describe(0)[0].selector;
  const kept = (world: World) =>
    world.outputs.flatMap((each) => (each.kind === "store-selectors" ? [each.selectors] : [])).at(-1);

  test("belong to the same peer after restarts, in any order of arrival", () => {
    const before = new World();
    before.register();
    before.pair(1);
    const selectors = kept(before) ?? [];
    expect(selectors).toEqual([{ peer: peerId(1), selector: selectorOf(before), usedAt: 1_900_000_000_000 }]);
    const other = [{ ...selectors[0], selector: 99 }];
    const after = new World({}, other);
    after.register();
    after.pair(1);
    expect(selectorOf(after)).toBe(99);
  });

  test("expire 90 days after their last use, and not while a pair uses them", () => {
    const epoch = 1_900_000_000_000;
    const old = { peer: peerId(3), selector: 5, usedAt: epoch - SELECTOR_LIFETIME_MS - 1 };
    const young = { peer: peerId(4), selector: 6, usedAt: epoch - SELECTOR_LIFETIME_MS + 1000 };
    const world = new World({}, [old, young, { ...young, selector: 7 }, { ...young, peer: "x", selector: 0xffff }]);
    world.register();
    world.pair(1);
    expect(kept(world)?.map(({ peer }) => peer)).toEqual([peerId(4), peerId(1)]);
    world.run(86_400_000 + 1);
    expect(kept(world)).toEqual([{ peer: peerId(1), selector: selectorOf(world), usedAt: epoch + 86_400_000 }]);
  });

  test("are not used up by failed offers, and not promised twice", () => {
    const world = new World();
    world.register();
    const offers = [1, 2, 3].map((number) => proposal(world, number).find(isMessage("offer"))?.message.selector);
    expect(new Set(offers).size).toBe(3);
    expect(kept(world)).toBeUndefined();
  });
});
