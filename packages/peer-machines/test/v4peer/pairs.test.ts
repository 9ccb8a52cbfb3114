import { peerIdOf } from "@nat64/peer-protocol";
import { identityOfSeed, nodeSuite } from "@nat64/peer-protocol/node";
import { compileRefusals, parseIPv6 } from "@nat64/rfc6052";
import { describe, expect, test } from "vitest";
import {
  MAPPING,
  makeOffer,
  nonce,
  OTHER,
  Other,
  PAIR,
  PREFIX,
  RELAY,
  SERVER,
  SOLICIT,
  teredoAddress,
  V4,
  V6,
  WELCOME,
  World,
} from "./support.ts";

const FOURTH = identityOfSeed(new Uint8Array(32).fill(14));
const SECOND_PAIR = "AgICAgICAgICAgICAgICAg";
const THIRD_PAIR = "AwMDAwMDAwMDAwMDAwMDAw";
const hasPair = (world: World) => world.peer.describe().pairs.length > 0;

function registered(options: ConstructorParameters<typeof World>[0] = {}): World {
  const world = new World(options);
  world.register();
  world.outputs.length = 0;
  world.events.length = 0;
  return world;
}

describe("an offer", () => {
  test("is accepted with a port block and the policy, and both ends derive the same keys", () => {
    const services = [{ network: "192.168.1.10/32", protocol: "tcp", firstPort: 443, lastPort: 443 }] as const;
    const world = registered({ policy: { internet: true, services }, pinnedInternet: true });
    const other = Other.pair(world);
    expect(other.accept).toMatchObject({
      pair: PAIR,
      ports: { first: 20_480, last: 24_575 },
      policy: { internet: true, services },
      pinnedInternet: true,
    });
    // Only with the same keys does message 1 get an answer.
    expect(other.first(RELAY, nonce(1))?.number).toBe(2);
  });

  test("blocks and places of pairs are disjoint, and there are no more pairs than blocks", () => {
    const world = registered();
    const pairs = [Other.pair(world), Other.pair(world, SECOND_PAIR, 0x124, OTHER)];
    expect(pairs.map(({ accept }) => accept.ports.first)).toEqual([20_480, 24_576]);
    world.hear(makeOffer(world.suite, { pair: THIRD_PAIR, prefix: "2001:db8:65::/80" }, FOURTH).offer);
    expect(world.one("decline")).toMatchObject({ pair: THIRD_PAIR, reason: "full", retryAfter: 30 });
  });

  describe("replaces a pair that the IPv6 peer has lost,", () => {
    const ONE_PLACE = { blocks: [{ first: 20_480, last: 24_575 }] };

    test("if the same peer was restarted, even if the coordinator has given up the pair", () => {
      for (const isOrphan of [false, true]) {
        const world = registered(ONE_PLACE);
        Other.pair(world).validate(RELAY, nonce(1));
        if (isOrphan) world.hear({ type: "unpair", pair: PAIR, reason: "peer-gone" });
        const again = Other.pair(world, SECOND_PAIR, 0x124);
        expect(world.events).toContainEqual({ name: "pair-ended", pair: PAIR, place: 0, reason: "replaced" });
        expect(world.peer.describe().pairs.map(({ id }) => id)).toEqual([SECOND_PAIR]);
        again.validate(RELAY, nonce(2));
        expect(world.peer.relays.count(0)).toBe(1);
      }
    });

    test("if another peer now has the prefix", () => {
      const world = registered(ONE_PLACE);
      Other.pair(world).validate(RELAY, nonce(1));
      world.hear({ type: "unpair", pair: PAIR, reason: "peer-gone" });
      Other.pair(world, SECOND_PAIR, 0x124, OTHER);
      expect(world.peer.describe().pairs.map(({ id }) => id)).toEqual([SECOND_PAIR]);
    });

    test("and no other pair", () => {
      const world = registered(ONE_PLACE);
      Other.pair(world).validate(RELAY, nonce(1));
      // A claim to the prefix of an active pair, and another prefix while the other end is lost.
      world.hear(makeOffer(world.suite, { pair: SECOND_PAIR }, OTHER).offer);
      expect(world.one("decline").reason).toBe("full");
      world.hear({ type: "unpair", pair: PAIR, reason: "peer-gone" });
      world.hear(makeOffer(world.suite, { pair: THIRD_PAIR, prefix: "2001:db8:65::/80" }, OTHER).offer);
      expect(world.one("decline").reason).toBe("full");
      // A declined offer does not replace a pair either.
      world.hear({ ...makeOffer(world.suite, { pair: THIRD_PAIR }).offer, selector: 43 });
      expect(world.one("decline").reason).toBe("bad-signature");
      expect(world.peer.describe().pairs).toMatchObject([{ id: PAIR, state: "up" }]);
    });
  });

  test.each<[string, string, Parameters<typeof makeOffer>[1], Partial<ConstructorParameters<typeof World>[0]>]>([
    ["for another IPv4 peer", "bad-signature", { to: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }, {}],
    ["from a peer that is not wanted", "not-wanted", {}, { onlyWanted: true, wants: [OTHER.peerId] }],
    ["from a stranger to a publisher", "not-wanted", {}, { policy: { internet: false, services: [] } }],
    ["for a prefix that is pinned to another", "not-pinned", {}, { pins: new Map([[PREFIX, OTHER.peerId]]) }],
    ["for a prefix that is not global", "not-wanted", {}, { refusals: compileRefusals() }],
    ["without free ports", "no-ports", {}, { blocks: [] }],
  ])("%s is declined: %s", (_, reason, changes, options) => {
    const world = new World(options);
    world.hear(makeOffer(world.suite, changes).offer);
    expect(world.one("decline")).toMatchObject({ pair: PAIR, reason });
    expect(world.take("accept")).toEqual([]);
    expect(hasPair(world)).toBe(false);
  });

  test("from a wanted peer is accepted by a publisher", () => {
    const services = [{ network: "192.0.0.9/32", protocol: "udp", firstPort: 53, lastPort: 53 }] as const;
    const world = registered({ policy: { internet: false, services }, wants: [V6.peerId] });
    expect(Other.pair(world).accept.policy.services).toEqual(services);
    expect(peerIdOf(V6.publicKey, nodeSuite)).toBe(V6.peerId);
  });

  test.each(["selector", "prefix", "ephemeral", "signature"] as const)("with a changed %s is declined", (field) => {
    const world = registered();
    const { offer } = makeOffer(world.suite);
    const changed = {
      selector: 43,
      prefix: "2001:db8:65::/80",
      ephemeral: makeOffer(world.suite).offer.ephemeral,
      signature: makeOffer(world.suite, {}, OTHER).offer.signature,
    };
    world.hear({ ...offer, [field]: changed[field] });
    expect(world.one("decline").reason).toBe("bad-signature");
  });

  test("with an ephemeral key of small order is declined, and its place is free again", () => {
    const world = registered({ blocks: [{ first: 20_480, last: 24_575 }] });
    const ephemeral = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    world.hear(makeOffer(world.suite, { ephemeral }).offer);
    expect(world.one("decline").reason).toBe("bad-signature");
    expect(Other.pair(world, SECOND_PAIR).accept.ports.first).toBe(20_480);
  });

  test("that arrives twice has one answer", () => {
    const world = registered();
    const { offer } = makeOffer(world.suite);
    world.hear(offer);
    world.hear(offer);
    expect(world.take("accept")).toHaveLength(1);
  });

  test("without a `pair` within 30 s is forgotten", () => {
    const world = registered();
    world.hear(makeOffer(world.suite).offer);
    world.until(world.now + 29_999);
    expect(hasPair(world)).toBe(true);
    world.until(world.now + 1);
    expect(hasPair(world)).toBe(false);
  });

  test("that the other end declines afterwards is forgotten", () => {
    const world = registered();
    world.hear(makeOffer(world.suite).offer);
    world.hear({ type: "decline", pair: PAIR, reason: "gone" });
    expect(hasPair(world)).toBe(false);
  });

  test("is declined while draining", () => {
    const world = registered();
    world.do(world.peer.drain(300, undefined, world.now));
    expect(world.one("drain")).toEqual({ type: "drain", within: 300 });
    world.hear(makeOffer(world.suite).offer);
    expect(world.one("decline").reason).toBe("draining");
  });
});

describe("a drain", () => {
  test("lets sessions continue for the given time, then ends all pairs", () => {
    const world = registered();
    const other = Other.pair(world);
    other.validate(RELAY, nonce(1));
    world.do(world.peer.drain(50, undefined, world.now));
    world.until(world.now + 49_999);
    expect(world.peer.relays.isValidated(0, RELAY.address, RELAY.port)).toBe(true);
    expect(world.peer.describe()).toMatchObject({ draining: true, pairs: [{ id: PAIR, draining: true }] });
    world.until(world.now + 1);
    expect(world.one("unpair")).toEqual({ type: "unpair", pair: PAIR, reason: "drained" });
    expect(world.outputs.at(-2)).toEqual({ kind: "pair-removed", place: 0 });
    expect(world.peer.describe()).toMatchObject({ draining: true, pairs: [] });
  });

  test("continues while the coordinator is lost, and registers for no more pairs", () => {
    const world = registered();
    Other.pair(world);
    world.do(world.peer.drain(50, undefined, world.now));
    world.peer.lost(world.now);
    world.do(world.peer.opened(WELCOME, world.now));
    expect(world.one("register-v4")).toMatchObject({ maxPairs: 0, pairs: [{ pair: PAIR }] });
    world.until(world.now + 50_000);
    expect(hasPair(world)).toBe(false);
  });

  test("of one pair does not affect the others, and new pairs are accepted", () => {
    const world = registered();
    Other.pair(world);
    Other.pair(world, SECOND_PAIR, 0x124, OTHER);
    world.do(world.peer.drain(0, PAIR, world.now));
    expect(world.one("drain")).toEqual({ type: "drain", pair: PAIR, within: 0 });
    world.until(world.now);
    expect(world.peer.describe()).toMatchObject({ draining: false, pairs: [{ id: SECOND_PAIR, draining: false }] });
    Other.pair(world, THIRD_PAIR);
    expect(world.peer.drain(9, PAIR, world.now)).toEqual([]);
  });
});

describe("a pair", () => {
  test("is passed to the engine with Teredo address and selector", () => {
    const world = registered();
    const other = Other.pair(world);
    expect(world.outputs.find(({ kind }) => kind === "pair-set")).toEqual({
      kind: "pair-set",
      place: 0,
      teredo: parseIPv6(other.address),
      prefix: parseIPv6("2001:db8:64::42:0:0")
        .map((w, i) => (i === 2 ? 0x2a : w))
        .slice(0, 3),
    });
  });

  test("gets a new address: the old one is invalid, and so are its relays", () => {
    const world = registered();
    const other = Other.pair(world);
    other.validate(RELAY, nonce(1));
    expect(world.peer.relays.isValidated(0, RELAY.address, RELAY.port)).toBe(true);
    const before = other.ends;
    other.teredo = teredoAddress(0x321);
    world.hear(other.pairMessage("path-down"));
    expect(world.peer.relays.count(0)).toBe(0);
    expect(world.outputs.filter(({ kind }) => kind === "pair-set")).toHaveLength(2);
    other.send(RELAY, other.packet(1, nonce(2), undefined, before));
    expect(world.peer.counters.drops["unknown-destination"]).toBe(1);
    expect(other.first(RELAY, nonce(3))?.number).toBe(2);
  });

  test("that is confirmed with the same address keeps its relays", () => {
    const world = registered();
    const other = Other.pair(world);
    other.validate(RELAY, nonce(1));
    world.hear(other.pairMessage("resumed"));
    expect(world.peer.relays.count(0)).toBe(1);
  });

  test("that is confirmed with another limit uses the new limit and keeps its relays", () => {
    const world = registered();
    const other = Other.pair(world);
    other.validate(RELAY, nonce(1));
    const limits = () => world.outputs.flatMap((each) => (each.kind === "pair-set" ? [each.bandwidth] : []));
    for (const bandwidth of [1_000_000, 1_000_000, 2_000_000]) {
      world.hear({ ...other.pairMessage("resumed"), limits: { bandwidth } });
    }
    world.hear(other.pairMessage("resumed"));
    expect(limits()).toEqual([undefined, 1_000_000, 2_000_000, undefined]);
    expect(world.peer.relays.count(0)).toBe(1);
  });

  test.each([
    ["another server", teredoAddress(1, MAPPING, SERVER.address + 9), "another-server"],
    ["another mapping", teredoAddress(1, { ...MAPPING, port: 1 }), "another-mapping"],
    ["a loopback address as mapping", teredoAddress(1, { address: 0x7f000001, port: 9 }), "mapped-address-not-global"],
    ["a server that is not global", teredoAddress(1, MAPPING, 0x7f000001), "server-not-global"],
    ["port 0", teredoAddress(1, { ...MAPPING, port: 0 }), "mapped-port-zero"],
    ["no Teredo address", new Uint8Array(16).fill(0x20), "not-teredo"],
  ])("with %s is refused", (_, teredo, reason) => {
    const world = registered();
    const other = Other.pair(world);
    world.events.length = 0;
    other.teredo = teredo;
    world.hear(other.pairMessage());
    expect(world.events).toEqual([{ name: "pair-refused", pair: PAIR, reason }]);
    expect(world.outputs.filter(({ kind }) => kind === "pair-set")).toHaveLength(1);
  });

  test("that was not agreed on is refused", () => {
    const world = registered();
    world.hear({ type: "pair", pair: THIRD_PAIR, address: "2001:0:c000:201::1", reason: "resumed", limits: {} });
    expect(world.one("unpair")).toEqual({ type: "unpair", pair: THIRD_PAIR, reason: "not-held" });
  });

  test("ends with unpair, and the engine removes it", () => {
    const world = registered();
    Other.pair(world);
    world.hear({ type: "unpair", pair: PAIR, reason: "operator" });
    expect(world.outputs.filter(({ kind }) => kind === "pair-removed")).toEqual([{ kind: "pair-removed", place: 0 }]);
    expect(hasPair(world)).toBe(false);
  });

  test("of a peer that the coordinator has lost lasts as long as its path", () => {
    const world = registered();
    const other = Other.pair(world);
    other.validate(RELAY, nonce(1));
    world.hear({ type: "unpair", pair: PAIR, reason: "peer-gone" });
    world.until(world.now + 59_999);
    expect(hasPair(world)).toBe(true);
    world.until(world.now + 1);
    expect(hasPair(world)).toBe(false);
  });

  test("can be ended by the owner", () => {
    const world = registered();
    Other.pair(world);
    world.do(world.peer.unpair(PAIR, world.now));
    expect(world.one("unpair")).toEqual({ type: "unpair", pair: PAIR, reason: "operator" });
    expect(hasPair(world)).toBe(false);
    expect(world.peer.unpair(PAIR, world.now)).toEqual([]);
  });

  test("frees its place; the longest free place is used next", () => {
    const world = registered();
    Other.pair(world);
    world.hear({ type: "unpair", pair: PAIR, reason: "operator" });
    expect(Other.pair(world, SECOND_PAIR).accept.ports.first).toBe(24_576);
    expect(Other.pair(world, THIRD_PAIR).accept.ports.first).toBe(20_480);
  });
});

describe("a coordinator that dies", () => {
  test("does not affect paths, and is told about the pairs when it is back", () => {
    const world = registered();
    const other = Other.pair(world);
    other.validate(RELAY, nonce(1));
    world.peer.lost(world.now);
    world.until(world.now + 50_000);
    other.validate(RELAY, nonce(2));
    world.until(world.now + 50_000);
    expect(world.peer.relays.isValidated(0, RELAY.address, RELAY.port)).toBe(true);
    world.said.length = 0;
    world.do(world.peer.opened(WELCOME, world.now));
    expect(world.one("register-v4").pairs).toEqual([{ pair: PAIR, peer: V6.peerId, address: other.address }]);
    world.hear(SOLICIT);
    world.hear(other.pairMessage("resumed"));
    expect(world.take("path")).toMatchObject([{ state: "up", address: other.address }]);
  });

  test("is not told about agreements that never became pairs", () => {
    const world = registered();
    world.hear(makeOffer(world.suite).offer);
    world.peer.lost(world.now);
    world.do(world.peer.opened(WELCOME, world.now));
    expect(world.one("register-v4").pairs).toEqual([]);
  });
});

test("no message names another identity than its own", () => {
  const world = registered();
  expect(Other.pair(world).accept.from).toBe(Buffer.from(V4.publicKey).toString("base64url"));
});
