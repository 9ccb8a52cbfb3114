import { describe, expect, it } from "vitest";
import { errorsIn, type Line, take, testOptions, typesIn, World } from "./support/machine.ts";
import { helloOf, identityOf, makePair, registerV4, registerV6, V4, V6 } from "./support/peers.ts";

const six = identityOf("six");

function greet(world: World, line: Line, more: object = {}): void {
  world.send(line, { ...helloOf("v6peer", six, line.exporter), ...more });
}

describe("hello", () => {
  it("is answered with version, peer id, observed address and the coordinator's own", () => {
    const world = new World();
    const line = world.connect("198.51.100.7");
    greet(world, line);
    expect(line.inbox).toEqual([
      {
        type: "welcome",
        version: 1,
        features: [],
        peer: six.peerId,
        observed: "198.51.100.7",
        addresses: ["192.0.2.1", "192.0.2.2", "2001:db8:c::1"],
        keepAlive: 30,
        software: "test",
      },
    ]);
  });

  it.each([
    ["with a wrong signature", { signature: "A".repeat(86) }, "bad-signature"],
    // The neutral element as key and as R, and S = 0: Ed25519 alone accepts it for every message.
    [
      "of an identity that fits every signature",
      { identity: `AQ${"A".repeat(41)}`, signature: `AQ${"A".repeat(84)}` },
      "bad-signature",
    ],
    ["of another role than was signed", { role: "v4peer" }, "bad-signature"],
    ["of a version that is not spoken here", { versions: { lowest: 2, highest: 9 } }, "no-common-version"],
    ["with a field missing", { features: undefined }, "invalid-message"],
  ])("%s closes the connection", (_, more, code) => {
    const world = new World();
    const line = world.connect();
    greet(world, line, more);
    expect(line.inbox[0]).toMatchObject({ type: "error", code });
    expect(line.inbox[1]).toEqual({ type: "goodbye", reason: "refused" });
    expect(line.isClosed).toBe(true);
    expect(world.machine.status()).toMatchObject({ connections: 0, v6peers: 0, v4peers: 0 });
  });

  it("signed for another connection closes the connection", () => {
    const world = new World();
    const [line, other] = [world.connect(), world.connect()];
    world.send(line, helloOf("v6peer", six, other.exporter));
    expect(errorsIn(line)).toEqual(["bad-signature"]);
    expect(line.isClosed).toBe(true);
  });

  it.each([
    ["a message before it", { type: "ping", id: 1 }, "out-of-order"],
    ["an unknown message before it", { type: "greetings" }, "out-of-order"],
    ["a message without type", {}, "out-of-order"],
  ])("%s closes the connection", (_, message, code) => {
    const world = new World();
    const line = world.connect();
    world.send(line, message);
    expect(errorsIn(line)).toEqual([code]);
    expect(line.isClosed).toBe(true);
  });

  it("a second one is out of order, and the connection stays open", () => {
    const world = new World();
    const peer = new V6(world, "six", "2001:db8:64::/80");
    peer.hello();
    expect(errorsIn(peer.line)).toEqual(["out-of-order"]);
    peer.say({ type: "ping", id: 9 });
    expect(take(peer.line, "pong").id).toBe(9);
  });

  it("must arrive within ten seconds of the TCP connection", () => {
    const world = new World();
    const line = world.connect();
    world.wait(9_999);
    expect(line.isClosed).toBe(false);
    world.wait(1);
    expect(line.isClosed).toBe(true);
    expect(world.machine.counters.connectionsClosed["no-hello"]).toBe(1);
  });

  it("of the same identity replaces its old connection", () => {
    const world = new World();
    const { v6, v4, pair } = makePair(world);
    const old = v6.line;
    v6.reconnect();
    expect(old.inbox.at(-1)).toEqual({ type: "goodbye", reason: "replaced" });
    expect(old.isClosed).toBe(true);
    expect(world.machine.status()).toMatchObject({ connections: 2, v6peers: 1, pairs: 1 });
    typesIn(v4.line);
    v6.register({ pairs: [{ pair, peer: v4.id, address: "2001:0:c000:201:0:63bf:39cc:9bf8" }] });
    expect(take(v6.line, "pair")).toMatchObject({ pair, reason: "resumed" });
    expect(typesIn(v4.line)).toEqual([]);
  });

  it("of the same identity in another role removes the old peer", () => {
    const world = new World();
    const { v6, v4, pair } = makePair(world);
    const line = world.connect();
    world.send(line, helloOf("v4peer", v6.identity, line.exporter));
    take(line, "welcome");
    expect(take(v4.line, "unpair")).toMatchObject({ pair, reason: "peer-gone" });
    expect(world.machine.status()).toMatchObject({ v6peers: 0, v4peers: 2, pairs: 0, prefixes: 0 });
  });
});

describe("enrolment", () => {
  const enrolled = (mode: "invite" | "list", invite?: string): boolean => {
    const enrolment = { mode, peers: [identityOf("listed").peerId], invites: ["spring-2031-fQ8n"] };
    const world = new World(testOptions({}, { enrolment }));
    const line = world.connect();
    greet(world, line, invite === undefined ? {} : { invite });
    const listed = world.connect();
    world.send(listed, helloOf("v4peer", identityOf("listed"), listed.exporter));
    take(listed, "welcome");
    const isIn = line.inbox[0].type === "welcome";
    if (!isIn) expect(line.inbox).toMatchObject([{ type: "error", code: "not-enrolled" }, { type: "goodbye" }]);
    return isIn;
  };

  it("by list allows the peers on it, with or without invite", () => {
    expect(enrolled("list")).toBe(false);
    expect(enrolled("list", "spring-2031-fQ8n")).toBe(false);
  });

  it("by invite allows peers that have one", () => {
    expect(enrolled("invite")).toBe(false);
    expect(enrolled("invite", "spring-2031")).toBe(false);
    expect(enrolled("invite", "spring-2031-fQ8n")).toBe(true);
  });

  it("that changes disconnects peers that are no longer allowed, and ends their pairs", () => {
    const world = new World();
    const { v6, v4, pair } = makePair(world);
    world.do((machine, now) => machine.setEnrolment({ mode: "list", peers: [v6.id], invites: [] }, now));
    expect(errorsIn(v4.line)).toContain("not-enrolled");
    expect(v4.line.isClosed).toBe(true);
    expect(take(v6.line, "unpair")).toMatchObject({ pair, reason: "peer-gone" });
    expect(v6.line.isClosed).toBe(false);
  });
});

describe("limits", () => {
  it("of connections from one address: an IPv4 address, an IPv6 /64", () => {
    const world = new World(testOptions({ connectionsPerAddress: 2 }));
    let next = 0;
    const connect = (from: string): Line => {
      const line = world.connect(from);
      if (!line.isClosed) world.send(line, helloOf("v6peer", identityOf(`peer ${next++}`), line.exporter));
      return line;
    };
    const lines = ["198.51.100.7", "198.51.100.7", "198.51.100.7", "198.51.100.8"].map(connect);
    expect(lines.map(({ isClosed }) => isClosed)).toEqual([false, false, true, false]);
    const six = ["2001:db8:1::1", "2001:db8:1::2", "2001:db8:1::3", "2001:db8:1:1::1"].map(connect);
    expect(six.map(({ isClosed }) => isClosed)).toEqual([false, false, true, false]);
    world.cut(lines[0]);
    expect(connect("198.51.100.7").isClosed).toBe(false);
    const site = Array.from({ length: 20 }, (_, n) => connect(`2001:db8:2:${n + 1}::1`));
    expect(site.filter(({ isClosed }) => !isClosed)).toHaveLength(16);
  });

  it("of connections in total", () => {
    const world = new World(testOptions({ connections: 1 }));
    const peer = new V4(world, "four", "198.51.100.7:40000");
    expect(world.connect("198.51.100.8").isClosed).toBe(true);
    expect(peer.line.isClosed).toBe(false);
  });

  it("of identities: full, except for known ones", () => {
    const world = new World(testOptions({ peers: 1 }));
    const peer = new V6(world, "six", "2001:db8:64::/80");
    const line = world.connect();
    world.send(line, helloOf("v4peer", identityOf("four"), line.exporter));
    expect(line.inbox[0]).toMatchObject({ type: "error", code: "full", temporary: true, retryAfter: 60 });
    expect(line.isClosed).toBe(true);
    peer.reconnect();
    take(peer.line, "welcome");
  });

  it("of messages: a hundred at once, then the connection is closed", () => {
    const world = new World();
    const peer = new V6(world, "six", "2001:db8:64::/80");
    for (let id = 0; id < 99; id++) peer.say({ type: "ping", id });
    expect(typesIn(peer.line)).toHaveLength(100);
    peer.say({ type: "ping", id: 100 });
    expect(peer.line.inbox).toMatchObject([
      { type: "error", code: "too-fast" },
      { type: "goodbye", reason: "too-many-errors" },
    ]);
    expect(peer.line.isClosed).toBe(true);
  });

  it("of messages: twenty per second are always accepted", () => {
    const world = new World();
    const peer = new V6(world, "six", "2001:db8:64::/80");
    for (let id = 0; id < 400; id++) {
      peer.say({ type: "ping", id });
      world.wait(50);
    }
    expect(peer.line.isClosed).toBe(false);
  });

  it("of errors: a hundred", () => {
    const world = new World();
    const peer = new V6(world, "six", "2001:db8:64::/80");
    for (let i = 0; i < 100; i++) {
      expect(peer.line.isClosed).toBe(false);
      world.event(peer.line, { ok: false, fault: "malformed-json" });
      world.wait(100);
    }
    expect(peer.line.inbox.at(-1)).toEqual({ type: "goodbye", reason: "too-many-errors" });
    expect(peer.line.isClosed).toBe(true);
  });
});

describe("a connection", () => {
  it.each(["bad-utf8", "malformed-json", "not-an-object"] as const)("stays open after %s", (fault) => {
    const world = new World();
    const peer = new V6(world, "six", "2001:db8:64::/80");
    typesIn(peer.line);
    world.event(peer.line, { ok: false, fault });
    expect(errorsIn(peer.line)).toEqual([fault]);
    expect(peer.line.isClosed).toBe(false);
  });

  it("ends with a frame that is too long", () => {
    const world = new World();
    const peer = new V6(world, "six", "2001:db8:64::/80");
    typesIn(peer.line);
    world.event(peer.line, { ok: false, fault: "frame-too-long" });
    expect(typesIn(peer.line)).toEqual(["error", "goodbye"]);
    expect(peer.line.isClosed).toBe(true);
  });

  it.each([
    ["a type of a newer version", { type: "sing" }, "unknown-type"],
    ["another peer's message", registerV4(), "wrong-way"],
    ["the coordinator's own message", { type: "pair" }, "wrong-way"],
    ["a message with a wrong field", { type: "ping", id: -1 }, "invalid-message"],
    [
      "an answer without a question",
      { type: "prove", prefix: "2001:db8:64::/80", nonces: Array(3).fill("A".repeat(22)) },
      "out-of-order",
    ],
  ])("%s is an error, and the connection stays open", (_, message, code) => {
    const world = new World();
    const peer = new V6(world, "six", "2001:db8:64::/80");
    typesIn(peer.line);
    peer.say(message);
    expect(errorsIn(peer.line)).toEqual([code]);
    peer.say({ type: "ping", id: 1 });
    expect(typesIn(peer.line)).toEqual(["pong"]);
  });

  it("an IPv4 peer cannot register a prefix, and mapped before register-v4 is out of order", () => {
    const world = new World();
    const peer = new V4(world, "four", "198.51.100.7:40000");
    typesIn(peer.line);
    peer.say(registerV6("2001:db8:64::/80"));
    peer.say({ type: "mapped", address: "198.51.100.7", port: 40_000, nonce: "A".repeat(22), nat: "none" });
    expect(errorsIn(peer.line)).toEqual(["wrong-way", "out-of-order"]);
  });

  it("an error is never answered, not even one that is itself invalid", () => {
    const world = new World();
    const peer = new V6(world, "six", "2001:db8:64::/80");
    typesIn(peer.line);
    peer.say({ type: "error", code: "internal", message: "Ouch.", temporary: true });
    peer.say({ type: "error", code: 7 });
    expect(typesIn(peer.line)).toEqual([]);
  });

  it("is pinged after keepAlive of silence, and closed after three times as long", () => {
    const world = new World();
    const peer = new V6(world, "six", "2001:db8:64::/80");
    typesIn(peer.line);
    world.wait(29_999);
    expect(typesIn(peer.line)).toEqual([]);
    world.wait(1);
    const { id } = take(peer.line, "ping");
    peer.say({ type: "pong", id });
    world.wait(89_999);
    expect(typesIn(peer.line)).toEqual(["ping", "ping"]);
    world.wait(1);
    expect(peer.line.inbox).toEqual([{ type: "goodbye", reason: "silent" }]);
    expect(peer.line.isClosed).toBe(true);
  });
});
