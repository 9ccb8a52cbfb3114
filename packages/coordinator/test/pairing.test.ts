import { describe, expect, it } from "vitest";
import { errorsIn, take, testOptions, typesIn, World } from "./support/machine.ts";
import { agree, identityOf, makePair, registerV6, V4, V6 } from "./support/peers.ts";

/** An IPv6 peer with its own /80. */
const v6peer = (world: World, n: number): V6 => new V6(world, `six ${n}`, `2001:db8:${n}::/80`, `2001:db8:f:${n}::1`);
/** An IPv4 peer in its own /24. */
const v4peer = (world: World, n: number): V4 => new V4(world, `four ${n}`, `198.18.${n}.7:40000`);
const idOf = (name: string): string => identityOf(name).peerId;
const proposalsOf = (peer: V6): readonly string[] =>
  peer.line.inbox.flatMap((message) => (message.type === "propose" ? [message.identity] : []));
const identity = (peer: V4): string => Buffer.from(peer.identity.publicKey).toString("base64url");

/** Two peers, one proposed to the other. */
const proposed = () => {
  const world = new World();
  const v6 = v6peer(world, 1).register();
  const v4 = v4peer(world, 1).register();
  const propose = take(v6.line, "propose");
  typesIn(v6.line);
  typesIn(v4.line);
  return { world, v6, v4, propose };
};

describe("a pair", () => {
  it("goes from proposal to Teredo address, which the IPv4 peer receives first", () => {
    const world = new World();
    const { v6, v4, address } = makePair(world);
    expect(address).toMatch(/^2001:0:c000:201:[0-9a-f]+:63bf:39cc:9bf8$/);
    expect(typesIn(v6.line)).toEqual(["welcome", "challenge", "registered"]);
    expect(typesIn(v4.line)).toEqual(["welcome", "registered"]);
    expect(world.machine.status()).toMatchObject({ pairs: 1, proposals: 0, addresses: 1 });
  });

  it("has the coordinator's bandwidth limit, if there is one", () => {
    const world = new World(testOptions({}, { pairBitsPerSecond: 20_000_000 }));
    const v6 = v6peer(world, 1).register();
    const v4 = v4peer(world, 1).register();
    v6.offer(take(v6.line, "propose"));
    v4.accept(take(v4.line, "offer"));
    expect(take(v4.line, "pair")).toMatchObject({ reason: "new", limits: { bandwidth: 20_000_000 } });
  });

  it("has its own address: those of one IPv4 peer differ in the random bits", () => {
    const world = new World();
    const v4 = v4peer(world, 1).register();
    const addresses = [1, 2, 3, 4].map((n) => agree(v6peer(world, n).register(), v4).address);
    expect(new Set(addresses).size).toBe(4);
    expect(new Set(addresses.map((address) => address.replace(/^(2001:0:c000:201:)[0-9a-f]+/, "$1"))).size).toBe(1);
  });

  it("ends for both when one end wants it, with a hold-off of five minutes", () => {
    const world = new World();
    const { v6, v4, pair } = makePair(world);
    v6.say({ type: "unpair", pair, reason: "operator", message: "This host moves." });
    expect(take(v4.line, "unpair")).toEqual({ type: "unpair", pair, reason: "operator", message: "This host moves." });
    expect(typesIn(v6.line)).not.toContain("unpair");
    expect(world.machine.status()).toMatchObject({ pairs: 0, addresses: 0, holdOffs: 1 });
    v6.say({ type: "unpair", pair, reason: "operator" });
    expect(errorsIn(v6.line)).toEqual(["unknown-pair"]);
    for (let i = 0; i < 10; i++) {
      world.wait(29_999);
      for (const { line } of [v6, v4]) world.send(line, { type: "ping", id: 1 });
    }
    expect(proposalsOf(v6)).toEqual([]);
    world.wait(10);
    expect(proposalsOf(v6)).toEqual([identity(v4)]);
  });

  it("… of half a minute if an end does not hold the pair", () => {
    const world = new World();
    const { v6, v4, pair } = makePair(world);
    v6.say({ type: "unpair", pair, reason: "not-held" });
    world.wait(29_999);
    expect(proposalsOf(v6)).toEqual([]);
    for (const { line } of [v6, v4]) world.send(line, { type: "ping", id: 1 });
    world.wait(1);
    expect(proposalsOf(v6)).toEqual([identity(v4)]);
  });

  it("… and without one if the end drains and restarts", () => {
    const world = new World();
    const { v6, v4, pair } = makePair(world);
    world.wait(30_000);
    proposalsOf(v6);
    v4.say({ type: "drain", within: 1 });
    v4.say({ type: "unpair", pair, reason: "drained" });
    v4.say({ type: "goodbye", reason: "shutdown" });
    expect(proposalsOf(v6)).toEqual([]);
    v4.reconnect();
    v4.register();
    expect(proposalsOf(v6)).toEqual([identity(v4)]);
  });
});

describe("a proposal", () => {
  it.each([
    ["a pair that nobody proposed", { pair: "A".repeat(22) }, "unknown-pair"],
    ["another selector than was signed", { selector: 43 }, "bad-agreement"],
    ["another prefix", { prefix: "2001:db8:2::/80" }, "bad-agreement"],
    ["somebody else's name", { from: identity({ identity: identityOf("x") } as V4) }, "bad-agreement"],
    ["another receiver", { to: identity({ identity: identityOf("x") } as V4) }, "bad-agreement"],
  ])("an offer with %s is not passed on", (_, more, code) => {
    const { v6, v4, propose } = proposed();
    v6.offer(propose, more);
    expect(errorsIn(v6.line)).toEqual([code]);
    expect(typesIn(v4.line)).toEqual([]);
  });

  it.each([
    ["a pair that nobody proposed", { pair: "A".repeat(22) }, "unknown-pair"],
    ["other ports than were signed", { ports: { first: 1024, last: 65_535 } }, "bad-agreement"],
    ["somebody else's name", { from: identity({ identity: identityOf("x") } as V4) }, "bad-agreement"],
  ])("an accept with %s is not passed on", (_, more, code) => {
    const { world, v6, v4, propose } = proposed();
    v6.offer(propose);
    v4.accept(take(v4.line, "offer"), more);
    expect(errorsIn(v4.line)).toEqual([code]);
    expect(typesIn(v6.line)).toEqual([]);
    expect(world.machine.status().pairs).toBe(0);
  });

  it("a second offer, and an accept before one, are out of order", () => {
    const { v6, v4, propose } = proposed();
    const offer = v6.offer(propose);
    v6.say(offer);
    expect(errorsIn(v6.line)).toEqual(["out-of-order"]);
    const accept = v4.accept(take(v4.line, "offer"));
    v4.say(accept);
    expect(errorsIn(v4.line)).toEqual(["out-of-order"]);
  });

  it("an accept before the offer was passed on is out of order", () => {
    const { v6, v4, propose } = proposed();
    const offer = v6.offer(propose);
    const accept = v4.accept(offer);
    const other = proposed();
    other.v4.say({ ...accept, pair: other.propose.pair });
    expect(errorsIn(other.v4.line)).toEqual(["out-of-order"]);
  });

  it("without an offer within ten seconds is declined, and proposed again later", () => {
    const { world, v6, v4, propose } = proposed();
    world.wait(9_999);
    expect(typesIn(v6.line)).toEqual([]);
    world.wait(1);
    expect(v6.line.inbox).toEqual([{ type: "decline", pair: propose.pair, reason: "timeout", retryAfter: 30 }]);
    expect(typesIn(v4.line)).toEqual([]);
    v6.offer(propose);
    expect(errorsIn(v6.line)).toEqual(["unknown-pair"]);
    for (const { line } of [v6, v4]) world.send(line, { type: "ping", id: 1 });
    world.wait(30_000);
    expect(proposalsOf(v6)).toEqual([identity(v4)]);
  });

  it("without an accept within ten seconds is declined to both", () => {
    const { world, v6, v4, propose } = proposed();
    v6.offer(propose);
    take(v4.line, "offer");
    world.wait(10_000);
    expect(take(v6.line, "decline")).toMatchObject({ reason: "timeout" });
    expect(take(v4.line, "decline")).toMatchObject({ reason: "timeout" });
  });

  it("a decline after the offer is passed on with its fields", () => {
    const { v6, v4, propose } = proposed();
    v6.offer(propose);
    v4.say({ type: "decline", pair: propose.pair, reason: "not-pinned", message: "Who are you?", retryAfter: 3600 });
    expect(take(v6.line, "decline")).toEqual({
      type: "decline",
      pair: propose.pair,
      reason: "not-pinned",
      message: "Who are you?",
      retryAfter: 3600,
    });
  });

  it("a decline after the proposal is not passed on: the IPv4 peer does not know of it", () => {
    const { v6, v4, propose } = proposed();
    v4.say({ type: "decline", pair: propose.pair, reason: "full" });
    expect(errorsIn(v4.line)).toEqual(["unknown-pair"]);
    v6.say({ type: "decline", pair: propose.pair, reason: "full" });
    expect(typesIn(v4.line)).toEqual([]);
  });

  it("a decline after the accept ends the pair", () => {
    const world = new World();
    const { v6, v4, pair } = makePair(world);
    v6.say({ type: "decline", pair, reason: "bad-signature" });
    expect(take(v4.line, "decline")).toMatchObject({ pair, reason: "bad-signature" });
    expect(world.machine.status()).toMatchObject({ pairs: 0, addresses: 0 });
  });

  it("retryAfter of a decline is honored, but at least five seconds", () => {
    const { world, v6, v4, propose } = proposed();
    v6.say({ type: "decline", pair: propose.pair, reason: "full", retryAfter: 0 });
    expect(proposalsOf(v6)).toEqual([]);
    world.wait(5_000);
    expect(proposalsOf(v6)).toEqual([identity(v4)]);
    v6.say({ type: "decline", pair: take(v6.line, "propose").pair, reason: "full", retryAfter: 20 });
    world.wait(19_999);
    expect(proposalsOf(v6)).toEqual([]);
    world.wait(1);
    expect(proposalsOf(v6)).toEqual([identity(v4)]);
  });

  it("… and at most an hour", () => {
    const { world, v6, v4, propose } = proposed();
    v6.say({ type: "decline", pair: propose.pair, reason: "not-pinned", retryAfter: 86_400 });
    for (let minute = 0; minute < 60; minute++) {
      expect(proposalsOf(v6)).toEqual([]);
      world.wait(60_000);
      for (const { line } of [v6, v4]) world.send(line, { type: "ping", id: 1 });
    }
    expect(proposalsOf(v6)).toEqual([identity(v4)]);
  });

  it("a proposal ends when the other end disconnects, and five seconds pass before the next one", () => {
    const { world, v6, v4, propose } = proposed();
    v6.offer(propose);
    world.cut(v4.line);
    expect(take(v6.line, "decline")).toMatchObject({ reason: "gone" });
    expect(world.machine.status()).toMatchObject({ proposals: 0, holdOffs: 1 });
    v4.reconnect();
    v4.register();
    world.wait(4_999);
    expect(proposalsOf(v6)).toEqual([]);
    world.wait(1);
    expect(proposalsOf(v6)).toEqual([identity(v4)]);
  });
});

describe("the counters of proposals", () => {
  const outcomes = (world: World) => world.machine.counters.proposals;

  it("count a proposal as declined, timed out or gone, once", () => {
    const { world, v6, propose } = proposed();
    v6.say({ type: "decline", pair: propose.pair, reason: "full", retryAfter: 5 });
    world.wait(5_000);
    take(v6.line, "propose");
    world.wait(10_000);
    expect(outcomes(world)).toEqual({ agreed: 0, declined: 1, timeout: 1, gone: 0 });
  });

  it("count those that end with a shutdown or an unpair as gone", () => {
    const { world, v6, v4, propose } = proposed();
    v6.offer(propose);
    v4.say({ type: "unpair", pair: propose.pair, reason: "operator" });
    expect(outcomes(world)).toEqual({ agreed: 0, declined: 0, timeout: 0, gone: 1 });
    const other = proposed();
    other.v6.say({ type: "goodbye", reason: "shutdown" });
    expect(outcomes(other.world)).toEqual({ agreed: 0, declined: 0, timeout: 0, gone: 1 });
  });

  it("count one that is declined after accept as agreed only", () => {
    const world = new World();
    const { v6, pair } = makePair(world);
    v6.say({ type: "decline", pair, reason: "bad-signature" });
    expect(outcomes(world)).toEqual({ agreed: 1, declined: 0, timeout: 0, gone: 0 });
  });

  it.each(["gone", "timeout"])(
    "count a peer's decline as declined, and hold off, if it gives the reason %s",
    (reason) => {
      const { world, v6, propose } = proposed();
      v6.say({ type: "decline", pair: propose.pair, reason });
      expect(proposalsOf(v6)).toEqual([]);
      expect(world.machine.status()).toMatchObject({ proposals: 0, holdOffs: 1 });
      expect(outcomes(world)).toEqual({ agreed: 0, declined: 1, timeout: 0, gone: 0 });
    },
  );
});

describe("the pairing policy", () => {
  it("proposes as many pairs as are wanted, and no more than an IPv4 peer takes", () => {
    const world = new World();
    const fours = [1, 2, 3, 4, 5, 6].map((n) => v4peer(world, n).register({ maxPairs: 1 }));
    const one = v6peer(world, 1).register();
    const two = v6peer(world, 2).register();
    expect(proposalsOf(one)).toHaveLength(4);
    expect(proposalsOf(two)).toHaveLength(2);
    expect(new Set([...proposalsOf(one), ...proposalsOf(two)])).toEqual(new Set(fours.map(identity)));
  });

  it("prefers peers with fewer pairs", () => {
    const world = new World();
    const [busy, idle] = [v4peer(world, 1).register(), v4peer(world, 2)];
    agree(v6peer(world, 1).register({ exits: 1 }), busy);
    idle.register();
    expect(proposalsOf(v6peer(world, 2).register({ exits: 1 }))).toEqual([identity(idle)]);
  });

  it("prefers exits from different /24s, but takes others if there are none", () => {
    const world = new World();
    const fours = [v4peer(world, 1), new V4(world, "near", "198.18.1.8:40000"), v4peer(world, 2)];
    for (const four of fours) four.register();
    const two = v6peer(world, 1).register({ exits: 2 });
    expect(proposalsOf(two)).toEqual([identity(fours[0]), identity(fours[2])]);
    const all = v6peer(world, 2).register({ exits: 3 });
    expect(new Set(proposalsOf(all))).toEqual(new Set(fours.map(identity)));
  });

  it("prefers another /24 to fewer pairs", () => {
    const world = new World();
    const [first, idle, busy] = [v4peer(world, 1), new V4(world, "near", "198.18.1.8:40000"), v4peer(world, 2)];
    busy.register();
    agree(v6peer(world, 1).register({ exits: 1 }), busy);
    first.register();
    const two = v6peer(world, 2).register({ exits: 1 });
    agree(two, first);
    idle.register();
    typesIn(two.line);
    two.say(registerV6(two.prefix, { exits: 2 }));
    expect(proposalsOf(two)).toEqual([identity(busy)]);
  });

  it("prefers wanted peers, whichever side wants", () => {
    const world = new World();
    v4peer(world, 1).register();
    const wanted = v4peer(world, 2).register();
    expect(proposalsOf(v6peer(world, 1).register({ exits: 1, wants: [wanted.id] }))).toEqual([identity(wanted)]);
    const wanting = v4peer(world, 3).register({ wants: [idOf("six 2")] });
    expect(proposalsOf(v6peer(world, 2).register({ exits: 1 }))).toEqual([identity(wanting)]);
  });

  it("proposes only wanted peers to peers that ask for this", () => {
    const world = new World();
    v4peer(world, 1).register();
    const wanted = v4peer(world, 2).register();
    v4peer(world, 3).register({ wants: [idOf("six 1")] });
    v4peer(world, 4).register({ onlyWanted: true });
    expect(proposalsOf(v6peer(world, 1).register({ onlyWanted: true, wants: [wanted.id] }))).toEqual([
      identity(wanted),
    ]);
    expect(proposalsOf(v6peer(world, 2).register()).includes(identity(v4peer(world, 4)))).toBe(false);
  });

  it("proposes a publisher without internet only to the peers that it names, and a peer that offers nothing to nobody", () => {
    const world = new World();
    const publisher = v4peer(world, 1).register({ internet: false, publishes: true, wants: [idOf("six 2")] });
    v4peer(world, 2).register({ internet: false, publishes: false, wants: [idOf("six 1"), idOf("six 2")] });
    expect(proposalsOf(v6peer(world, 1).register({ wants: [publisher.id] }))).toEqual([]);
    const named = v6peer(world, 2).register();
    expect(proposalsOf(named)).toEqual([identity(publisher)]);
    expect(take(named.line, "propose")).toMatchObject({ internet: false, publishes: true });
  });

  it("fills gaps as peers connect and leave", () => {
    const world = new World();
    const six = v6peer(world, 1).register({ exits: 1 });
    const first = v4peer(world, 1).register();
    agree(six, first);
    const second = v4peer(world, 2).register();
    expect(proposalsOf(six)).toEqual([]);
    first.say({ type: "goodbye", reason: "shutdown" });
    expect(proposalsOf(six)).toEqual([identity(second)]);
  });

  it("uses the latest registration", () => {
    const world = new World();
    const six = v6peer(world, 1).register({ exits: 0 });
    v4peer(world, 1).register();
    expect(proposalsOf(six)).toEqual([]);
    six.say(registerV6(six.prefix, { exits: 1 }));
    expect(proposalsOf(six)).toHaveLength(1);
  });

  it("keeps the number of pairs within the limit", () => {
    const world = new World(testOptions({ pairs: 2 }));
    for (const n of [1, 2, 3]) v4peer(world, n).register();
    expect(proposalsOf(v6peer(world, 1).register())).toHaveLength(2);
  });
});

describe("a pair that yields", () => {
  /** An IPv6 peer with two exits, which an IPv4 peer each holds whose path is down. */
  const yielding = () => {
    const world = new World();
    const v6 = v6peer(world, 1).register({ exits: 2 });
    const pairs = [1, 2].map((n) => agree(v6, v4peer(world, n).register()));
    const [first, second] = pairs;
    const report = ({ pair, address }: typeof first, state: string, more: object): void =>
      v6.say({ type: "path", pair, address, state, ...more });
    return { world, v6, first, second, report };
  };

  it("does not count among those of the IPv6 peer: another IPv4 peer is proposed at once", () => {
    const { world, v6, first, second, report } = yielding();
    const [third, fourth] = [3, 4].map((n) => v4peer(world, n).register());
    typesIn(v6.line);
    report(first, "down", {});
    expect(proposalsOf(v6)).toEqual([]);
    world.wait(5_000);
    report({ ...first, address: take(v6.line, "pair").address }, "down", { yields: true });
    expect(proposalsOf(v6)).toEqual([identity(third)]);
    report(second, "down", { yields: true });
    expect(proposalsOf(v6)).toEqual([third, fourth].map(identity));
  });

  it("counts again when its path is up", () => {
    const { world, v6, first, report } = yielding();
    report(first, "down", { yields: true });
    world.wait(5_000);
    report({ ...first, address: take(v6.line, "pair").address }, "up", {});
    v4peer(world, 3).register();
    expect(proposalsOf(v6)).toEqual([]);
  });

  it("yields only if the IPv6 peer says so, and at most as many do as it has exits", () => {
    const world = new World();
    const v6 = v6peer(world, 1).register({ exits: 1 });
    const v4 = v4peer(world, 1).register();
    const { pair, address } = agree(v6, v4);
    v4.say({ type: "path", pair, address, state: "down", yields: true });
    const other = v4peer(world, 2).register();
    expect(proposalsOf(v6)).toEqual([]);
    world.wait(5_000);
    const next = take(v6.line, "pair").address;
    v6.say({ type: "path", pair, address: next, state: "down", yields: true });
    const second = agree(v6, other);
    v6.say({ type: "path", ...second, state: "down", yields: true });
    v4peer(world, 3).register();
    expect(proposalsOf(v6)).toEqual([]);
    expect(world.machine.status()).toMatchObject({ pairs: 2, proposals: 0 });
  });
});
