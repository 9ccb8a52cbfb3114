import { parsePrefixProof, toBase64url } from "@nat64/peer-protocol";
import { compilePool, compileRefusals } from "@nat64/rfc6052";
import { describe, expect, it } from "vitest";
import { errorsIn, PRIMARY, SECONDARY, take, testOptions, typesIn, World } from "./support/machine.ts";
import { agree, makePair, mappingNonceIn, registerV4, registerV6, solicitation, V4, V6 } from "./support/peers.ts";

const PREFIX = "2001:db8:64::/80";
const mapped = (nonce: string, address = "198.51.100.7", port = 40_000): object => ({
  type: "mapped",
  address,
  port,
  nonce,
  nat: "unknown",
});

describe("proof of prefix", () => {
  it("sends three nonces to random addresses in the prefix, at once and after one and three seconds", () => {
    const world = new World();
    const peer = new V6(world, "six", PREFIX);
    peer.say(registerV6(PREFIX));
    expect(take(peer.line, "challenge")).toEqual({
      type: "challenge",
      prefix: PREFIX,
      source: "2001:db8:c::1",
      sourcePort: 3544,
      within: 10,
    });
    const first = world.proofs.slice();
    expect(first.map(({ bytes }) => parsePrefixProof(bytes)?.index)).toEqual([0, 1, 2]);
    expect(new Set(first.map(({ address }) => address)).size).toBe(3);
    for (const { address, port } of first) {
      expect(compilePool(PREFIX).parse(address).selector).toBeGreaterThanOrEqual(0);
      expect(port).toBe(3544);
    }
    world.wait(1_000);
    world.wait(2_000);
    expect(world.proofs).toEqual([...first, ...first, ...first]);
    world.wait(60_000);
    expect(world.proofs).toHaveLength(9);
  });

  it("registers a peer that returns all three", () => {
    const world = new World();
    const peer = new V6(world, "six", PREFIX).register();
    expect(take(peer.line, "registered")).toEqual({ type: "registered", role: "v6peer", prefix: PREFIX });
    expect(world.machine.status()).toMatchObject({ prefixes: 1, v6peersRegistered: 1, challenges: 0 });
  });

  it("is needed to register a prefix, and allows no second guess", () => {
    const world = new World();
    const peer = new V6(world, "six", PREFIX);
    peer.say(registerV6(PREFIX));
    const [a, b] = world.proofs.map(({ bytes }) => toBase64url(parsePrefixProof(bytes)!.nonce));
    peer.say({ type: "prove", prefix: PREFIX, nonces: [a, b, toBase64url(new Uint8Array(16))] });
    expect(errorsIn(peer.line)).toEqual(["prefix-unproven"]);
    peer.prove(0);
    expect(errorsIn(peer.line)).toEqual(["out-of-order"]);
    expect(world.machine.status()).toMatchObject({ prefixes: 0, v6peersRegistered: 0 });
  });

  it("is valid only for the prefix of the challenge", () => {
    const world = new World();
    const peer = new V6(world, "six", PREFIX);
    peer.say(registerV6(PREFIX));
    const nonces = world.proofs.map(({ bytes }) => toBase64url(parsePrefixProof(bytes)!.nonce));
    peer.say({ type: "prove", prefix: "2001:db8:65::/80", nonces });
    expect(errorsIn(peer.line)).toEqual(["prefix-unproven"]);
  });

  it("must arrive within ten seconds", () => {
    const world = new World();
    const peer = new V6(world, "six", PREFIX);
    peer.say(registerV6(PREFIX));
    world.wait(10_000);
    peer.prove(0);
    expect(errorsIn(peer.line)).toEqual(["out-of-order"]);
    expect(world.machine.status().challenges).toBe(0);
  });

  it("takes the prefix from its earlier owner", () => {
    const world = new World();
    const { v6, v4, pair } = makePair(world);
    const thief = new V6(world, "owner", v6.prefix).register();
    take(thief.line, "registered");
    expect(errorsIn(v6.line)).toEqual(["prefix-lost"]);
    expect(v6.line.isClosed).toBe(false);
    expect(take(v4.line, "unpair")).toMatchObject({ pair, reason: "peer-gone" });
    expect(world.machine.prefixes(undefined, 9).prefixes).toMatchObject([{ prefix: v6.prefix, peer: thief.id }]);
    expect(world.machine.status()).toMatchObject({ prefixes: 1, v6peersRegistered: 1 });
  });

  it("is needed once per connection", () => {
    const world = new World();
    const peer = new V6(world, "six", PREFIX).register();
    typesIn(peer.line);
    peer.say(registerV6(PREFIX, { abuse: "other@example.net" }));
    expect(typesIn(peer.line)).toEqual(["registered"]);
    expect(world.machine.prefixes(undefined, 9).prefixes[0].abuse).toBe("other@example.net");
    peer.reconnect();
    peer.say(registerV6(PREFIX));
    expect(typesIn(peer.line)).toEqual(["welcome", "challenge"]);
  });

  it("of another prefix replaces the old one", () => {
    const world = new World();
    const { v6, v4, pair } = makePair(world);
    const before = world.proofs.length;
    v6.say(registerV6("2001:db8:65::/80"));
    expect(world.machine.status()).toMatchObject({ pairs: 1 });
    const nonces = world.proofs.slice(before).map(({ bytes }) => toBase64url(parsePrefixProof(bytes)!.nonce));
    v6.say({ type: "prove", prefix: "2001:db8:65::/80", nonces });
    expect(take(v6.line, "unpair")).toMatchObject({ pair });
    expect(take(v4.line, "unpair")).toMatchObject({ pair });
    expect(world.machine.prefixes(undefined, 9).prefixes.map(({ prefix }) => prefix)).toEqual(["2001:db8:65::/80"]);
  });

  it.each(["2001:db8:64::/80", "fd00:64::/80", "fe80::/80", "ff02::/80", "2001::/80", "64:ff9b::/80"])(
    "is not even begun for %s, which is not global",
    (prefix) => {
      const world = new World(testOptions({}, { refusals: compileRefusals() }));
      const peer = new V6(world, "six", prefix);
      peer.say(registerV6(prefix));
      expect(errorsIn(peer.line)).toEqual(["prefix-refused"]);
      expect(world.proofs).toEqual([]);
    },
  );

  it("cannot be used to flood one site", () => {
    const world = new World();
    for (let i = 0; i < 40; i++) {
      const peer = new V6(world, `six ${i}`, PREFIX, `2001:db8:1:${i}::1`);
      peer.say(registerV6(`2001:db8:64:${(i + 1).toString(16)}::/80`));
    }
    const refused = [...world.lines.values()].flatMap(({ inbox }) => inbox.filter(({ type }) => type === "error"));
    expect(refused[0]).toMatchObject({ code: "too-fast", regarding: "register-v6", temporary: true, retryAfter: 5 });
    expect(world.proofs).toHaveLength(16 * 3);
    expect(world.machine.counters.errors["too-fast"]).toBe(24);
  });
});

describe("proof of mapping", () => {
  const soliciting = (): { world: World; peer: V4 } => {
    const world = new World();
    const peer = new V4(world, "four", "198.51.100.7:40000");
    peer.say(registerV4());
    peer.solicit = take(peer.line, "solicit");
    return { world, peer };
  };

  it("names the sockets, and a new key for each connection", () => {
    const { world, peer } = soliciting();
    expect(peer.solicit).toMatchObject({ primary: PRIMARY, secondary: SECONDARY, interval: 25 });
    const old = peer.solicit!;
    peer.reconnect();
    peer.say(registerV4());
    const fresh = take(peer.line, "solicit");
    expect(fresh.token).not.toBe(old.token);
    expect(fresh.key).not.toBe(old.key);
    world.datagram("198.51.100.7:40000", solicitation(old));
    expect(world.datagrams).toEqual([]);
  });

  it("answers a valid solicitation and registers the peer that returns the nonce", () => {
    const { world, peer } = soliciting();
    peer.map();
    expect(take(peer.line, "registered")).toEqual({
      type: "registered",
      role: "v4peer",
      address: "198.51.100.7",
      port: 40_000,
    });
    expect(world.machine.status().v4peersRegistered).toBe(1);
  });

  it("does not answer without a valid HMAC: a spoofed solicitation causes no datagrams", () => {
    const { world, peer } = soliciting();
    const { token, key } = peer.solicit!;
    const wrongKey = toBase64url(new Uint8Array(32));
    world.datagram("203.0.113.5:9", solicitation({ token, key: wrongKey }));
    world.datagram("203.0.113.5:9", solicitation({ token: toBase64url(new Uint8Array(16)), key }));
    expect(world.datagrams).toEqual([]);
    expect(world.machine.counters.solicitationsRefused).toBe(2);
    expect(world.machine.teredo.drops["not-authenticated"]).toBe(2);
  });

  it("does not accept a spoofed source: the nonce went there", () => {
    const { world, peer } = soliciting();
    world.datagram("203.0.113.5:9", solicitation(peer.solicit!));
    expect(world.datagrams).toMatchObject([{ port: 9 }]);
    peer.say(mapped(toBase64url(new Uint8Array(16)), "203.0.113.5", 9));
    expect(errorsIn(peer.line)).toEqual(["mapping-unproven"]);
    expect(world.machine.status().v4peersRegistered).toBe(0);
  });

  it("binds the nonce to the mapping, to the primary socket, and to thirty seconds", () => {
    const { world, peer } = soliciting();
    const solicit = peer.solicit!;
    world.datagram("198.51.100.7:40000", solicitation(solicit));
    const nonce = mappingNonceIn(world.datagrams[0].bytes, solicit);
    peer.say(mapped(nonce, "198.51.100.7", 40_001));
    peer.say(mapped(nonce, "198.51.100.8", 40_000));
    world.datagram("198.51.100.7:41000", solicitation(solicit, 2), 1);
    peer.say(mapped(mappingNonceIn(world.datagrams[1].bytes, solicit, 2), "198.51.100.7", 41_000));
    expect(errorsIn(peer.line)).toEqual(["mapping-unproven", "mapping-unproven", "mapping-unproven"]);
    world.wait(29_999);
    peer.say(mapped(nonce));
    expect(typesIn(peer.line)).toEqual(["registered"]);
    world.wait(1);
    peer.say(mapped(nonce));
    expect(errorsIn(peer.line)).toEqual(["mapping-unproven"]);
  });

  it("is refused for addresses that are not global, and for the coordinator's own", () => {
    const { world, peer } = soliciting();
    world.datagram("127.0.0.1:9", solicitation(peer.solicit!));
    expect(world.datagrams).toEqual([]);
    for (const address of ["127.0.0.1", "0.0.0.0", "224.0.0.1", "192.0.2.1", "192.0.2.2"]) {
      peer.say(mapped(toBase64url(new Uint8Array(16)), address));
    }
    expect(errorsIn(peer.line)).toEqual(Array(5).fill("mapping-refused"));
  });

  it("answers a solicitation with the cone bit from the other socket", () => {
    const { world, peer } = soliciting();
    world.datagram("198.51.100.7:40000", solicitation(peer.solicit!, 1, "fe80::8000:ffff:ffff:ffff"));
    expect(world.datagrams[0].from).toBe(1);
  });

  it("a further register-v4 on the same connection changes wishes, not the mapping", () => {
    const { peer } = soliciting();
    peer.map();
    typesIn(peer.line);
    const old = peer.solicit!;
    peer.say(registerV4({ maxPairs: 1 }));
    expect(take(peer.line, "solicit")).toEqual(old);
    expect(typesIn(peer.line)).toEqual(["registered"]);
  });

  it("of another mapping assigns each pair another Teredo address, and tells both ends", () => {
    const world = new World();
    const { v6, v4, pair, address } = makePair(world);
    const other = new V6(world, "other six", "2001:db8:65::/80", "2001:db8:2::1").register();
    const second = agree(other, v4);
    v4.map("203.0.113.5:50000");
    const told = [take(v4.line, "pair"), take(v4.line, "pair")];
    expect(told).toMatchObject([
      { pair, reason: "mapping-changed" },
      { pair: second.pair, reason: "mapping-changed" },
    ]);
    for (const { address: fresh } of told) expect(fresh).toMatch(/^2001:0:c000:201:[0-9a-f]+:3caf:34ff:8efa$/);
    expect(told[0].address).not.toBe(told[1].address);
    expect(take(v6.line, "pair")).toEqual(told[0]);
    expect(take(other.line, "pair")).toEqual(told[1]);
    expect(world.machine.status().addresses).toBe(2);
    expect(address).not.toBe(told[0].address);
  });
});
