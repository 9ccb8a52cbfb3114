/** The refusals of design §5, each with its counter, and that everything else keeps working. */
import { PROBE_LENGTH, type Probe } from "@nat64/peer-protocol";
import { parseIPv4 } from "@nat64/rfc6052";
import { type Endpoint, makeBubble } from "@nat64/teredo";
import { beforeEach, describe, expect, test } from "vitest";
import { NO_RELAY, type V4DropReason, ValidatedRelays } from "../../src/index.ts";
import { isSame, MAPPING, nonce, OTHER, Other, PAIR, RELAY, RELAY2, SERVER, World } from "./support.ts";

let world: World;
let other: Other;

beforeEach(() => {
  world = new World();
  world.register();
  other = Other.pair(world);
  world.said.length = 0;
});

const isValidated = (relay: Endpoint) => world.peer.relays.isValidated(0, relay.address, relay.port);
const dropped = (reason: V4DropReason) => world.peer.counters.drops[reason];
/** An ordinary packet to the pair's Teredo address. */
function data(): Uint8Array {
  const packet = new Uint8Array(60);
  packet.set([0x60, 0, 0, 0, 0, 20, 6, 64]);
  packet.set(other.ends.v6, 8);
  packet.set(other.teredo, 24);
  return packet;
}

describe("validating a relay", () => {
  test("(1) is answered with (2) to its sender, and (3) validates the sender", () => {
    const answer = other.first(RELAY, nonce(1)) as Probe;
    expect(answer).toMatchObject({ number: 2, a: nonce(1) });
    expect(isValidated(RELAY)).toBe(false);
    other.third(RELAY, answer);
    expect(isValidated(RELAY)).toBe(true);
    expect(world.one("path")).toEqual({ type: "path", pair: PAIR, address: other.address, state: "up" });
    expect(world.events.at(-1)).toEqual({ name: "path-up", pair: PAIR, place: 0 });
  });

  test("the answer is never longer than the probe", () => {
    world.do(other.send(RELAY, other.packet(1, nonce(1))));
    expect(world.sent.map(({ bytes }) => bytes.length)).toEqual([PROBE_LENGTH]);
  });

  test("lasts for 60 s after the last (3), and is reported meanwhile", () => {
    other.validate(RELAY, nonce(1));
    world.until(world.now + 30_000);
    other.validate(RELAY, nonce(2));
    world.until(world.now + 59_999);
    expect(isValidated(RELAY)).toBe(true);
    expect(world.take("path").map(({ state }) => state)).toEqual(["up", "up"]);
    world.until(world.now + 1);
    expect(isValidated(RELAY)).toBe(false);
    expect(world.one("path")).toMatchObject({ state: "down", cause: "no-probe" });
  });

  test("a pair has four relays; a fifth replaces the oldest", () => {
    const relays = [1, 2, 3, 4, 5].map((n) => ({ address: RELAY.address + n, port: 3545 }));
    relays.forEach((relay, i) => {
      world.now += 1_000;
      other.validate(relay, nonce(i + 1));
    });
    expect(relays.map(isValidated)).toEqual([false, true, true, true, true]);
  });

  test("packets go to the relay that last sent data or a (3)", () => {
    const { relays } = world.peer;
    const current = () => ({ address: relays.addressOf(relays.relayOf(0)), port: relays.portOf(relays.relayOf(0)) });
    expect(relays.relayOf(0)).toBe(NO_RELAY);
    other.validate(RELAY, nonce(1));
    other.validate(RELAY2, nonce(2));
    expect(current()).toEqual(RELAY2);
    expect(relays.hear(0, RELAY.address, RELAY.port)).toBe(true);
    expect(current()).toEqual(RELAY);
  });

  test("a symmetric NAT in front of the relay or of this peer makes no difference", () => {
    const moved = { ...RELAY, port: 6000 };
    other.validate(moved, nonce(1));
    expect([isValidated(moved), isValidated(RELAY)]).toEqual([true, false]);
  });
});

describe("refused and counted, while everything else keeps working", () => {
  test("data from an unvalidated relay", () => {
    expect(other.send(RELAY, data())).toEqual([]);
    expect(dropped("relay-not-validated")).toBe(1);
  });

  test("data from another port of a validated relay", () => {
    other.validate(RELAY, nonce(1));
    expect(world.peer.relays.hear(0, RELAY.address, RELAY.port + 1)).toBe(false);
  });

  test("a probe with a wrong MAC", () => {
    const packet = other.packet(1, nonce(1));
    const keys = { ...other.keys, toV4: new Uint8Array(32) };
    expect(other.send(RELAY, other.packet(1, nonce(1), undefined, { ...other.ends, keys }))).toEqual([]);
    expect(dropped("wrong-mac")).toBe(1);
    expect(other.send(RELAY, packet)).toHaveLength(1);
  });

  test("a probe of another pair, to this pair's address", () => {
    const pair = new Uint8Array(16).fill(8);
    expect(other.send(RELAY, other.packet(1, nonce(1), undefined, { ...other.ends, pair }))).toEqual([]);
    expect(dropped("wrong-pair")).toBe(1);
  });

  test("a reflected probe", () => {
    world.do(other.send(RELAY, other.packet(1, nonce(1))));
    const answer = world.sent[0].bytes.slice();
    // Its own message 2 comes back with addresses exchanged, so it reaches the pair.
    answer.set(other.ends.v6, 8);
    answer.set(other.teredo, 24);
    expect(other.send(RELAY, answer)).toEqual([]);
    expect(dropped("turned-round")).toBe(1);
  });

  test("a replayed (1), from any address", () => {
    const packet = other.packet(1, nonce(1));
    expect(other.send(RELAY, packet)).toHaveLength(1);
    expect(other.send(RELAY, packet)).toEqual([]);
    expect(other.send(RELAY2, packet)).toEqual([]);
    expect(dropped("replayed")).toBe(2);
  });

  test("a replayed (3) does not extend the validation", () => {
    const answer = other.first(RELAY, nonce(1)) as Probe;
    other.third(RELAY, answer);
    world.now += 4_000;
    other.third(RELAY, answer);
    expect(dropped("replayed")).toBe(1);
    world.until(world.now + 56_000);
    expect(isValidated(RELAY)).toBe(false);
  });

  test("a (3) through a relay other than the one that (2) went to; the right one still counts", () => {
    const answer = other.first(RELAY, nonce(1)) as Probe;
    other.third(RELAY2, answer);
    other.third({ ...RELAY, port: RELAY.port + 1 }, answer);
    expect(dropped("wrong-relay")).toBe(2);
    expect([isValidated(RELAY), isValidated(RELAY2)]).toEqual([false, false]);
    other.third(RELAY, answer);
    expect(isValidated(RELAY)).toBe(true);
  });

  test("a (3) after five seconds", () => {
    const answer = other.first(RELAY, nonce(1)) as Probe;
    world.now += 5_001;
    other.third(RELAY, answer);
    expect(dropped("too-late")).toBe(1);
    expect(isValidated(RELAY)).toBe(false);
  });

  test("a (3) with an unknown nonce, or with nonces of two exchanges", () => {
    const one = other.first(RELAY, nonce(1)) as Probe;
    const two = other.first(RELAY, nonce(2)) as Probe;
    other.third(RELAY, { ...one, b: nonce(99) });
    other.third(RELAY, { ...one, b: two.b });
    expect(dropped("unknown-nonce")).toBe(2);
    expect(isValidated(RELAY)).toBe(false);
  });

  test("more than ten valid (1) in a second; other pairs are not affected", () => {
    const second = Other.pair(world, "AgICAgICAgICAgICAgICAg", 0x555, OTHER);
    for (let i = 0; i < 15; i++) world.do(other.send(RELAY, other.packet(1, nonce(i + 1))));
    expect([world.sent.length, dropped("probe-rate")]).toEqual([10, 5]);
    expect(second.first(RELAY, nonce(100))?.number).toBe(2);
    world.now += 1_000;
    expect(other.first(RELAY, nonce(200))?.number).toBe(2);
  });

  test.each([
    ["our own mapped address", { address: MAPPING.address, port: 9 }],
    ["a loopback address", { address: parseIPv4("127.0.0.1"), port: 9 }],
    ["multicast", { address: parseIPv4("224.0.0.1"), port: 9 }],
  ])("a valid (1) that claims to come from %s", (_, from) => {
    expect(other.send(from, other.packet(1, nonce(1)))).toEqual([]);
    expect(dropped("relay-not-global")).toBe(1);
  });

  test.each<[string, V4DropReason, (packet: Uint8Array) => Uint8Array]>([
    ["of another version", "unknown-version", (packet) => packet.with(52, 9)],
    ["with a wrong checksum", "wrong-checksum", (packet) => packet.with(42, packet[42] ^ 1)],
    ["that is longer", "wrong-size", (packet) => Uint8Array.of(...packet, 0).with(5, 81)],
    ["that is truncated", "malformed", (packet) => packet.slice(0, 100)],
    ["to an unassigned address", "unknown-destination", (packet) => packet.with(33, packet[33] ^ 1)],
    ["that is data from a stranger", "relay-not-validated", (packet) => packet.with(48, 0)],
  ])("a probe %s: %s", (_, reason, change) => {
    expect(other.send(RELAY, change(other.packet(1, nonce(1))))).toEqual([]);
    expect(dropped(reason)).toBe(1);
  });

  test("every single bit of a probe counts", () => {
    const packet = other.packet(1, nonce(1));
    for (let bit = 0; bit < packet.length * 8; bit++) {
      const changed = packet.with(bit >> 3, packet[bit >> 3] ^ (1 << (bit & 7)));
      // Traffic class, flow label and hop limit may change on the way.
      const isFree = bit < 32 || (bit >= 56 && bit < 64);
      if (!isFree) expect(other.send(RELAY, changed)).toEqual([]);
    }
    expect(other.send(RELAY, packet)).toHaveLength(1);
  });
});

describe("bubbles", () => {
  const SOURCE = "fe80::6d1f:3c02:99a8:7e41";
  const knock = (relay: Endpoint, more = {}) =>
    world.hear({
      type: "bubble",
      pair: PAIR,
      source: SOURCE,
      address: other.address,
      relay: {
        address: [24, 16, 8, 0].map((shift) => (relay.address >>> shift) & 255).join("."),
        port: relay.port,
      },
      ...more,
    });

  test("are answered from the pair's address to the bubble's source, at the relay's address and port", () => {
    knock(RELAY);
    const [bubble] = world.sent;
    expect(isSame(bubble, RELAY)).toBe(true);
    expect(bubble.bytes).toHaveLength(40);
    expect(bubble.bytes[6]).toBe(59);
    expect(bubble.bytes.subarray(8, 24)).toEqual(other.teredo);
    expect(bubble.bytes.subarray(24, 26)).toEqual(Uint8Array.of(0xfe, 0x80));
  });

  test("four to one relay in 300 s, whatever the coordinator sends", () => {
    for (let i = 0; i < 6; i++) {
      knock(RELAY);
      world.now += 3_000;
    }
    expect([world.sent.length, dropped("bubble-refused")]).toEqual([4, 2]);
    knock(RELAY2);
    expect(world.sent).toHaveLength(5);
  });

  test("ten per second in total, in a flood", () => {
    for (let i = 0; i < 100; i++) knock({ address: RELAY.address + i, port: 3545 });
    expect([world.sent.length, dropped("bubble-refused")]).toEqual([10, 90]);
    world.now += 1_000;
    knock({ address: RELAY.address + 200, port: 3545 });
    expect(world.sent).toHaveLength(11);
  });

  test("ten per second even if the coordinator registers the peer repeatedly", () => {
    for (let i = 0; i < 5; i++) {
      world.hear({ type: "solicit", ...SOLICITATION, token: "ICEiIyQlJicoKSorLC0uLw" });
      for (let j = 0; j < 20; j++) knock({ address: RELAY.address + j, port: 3545 });
    }
    expect(world.sent.length).toBeLessThanOrEqual(10);
  });

  const SOLICITATION = {
    key: "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8",
    primary: { address: "192.0.2.1", port: 3544 },
    secondary: { address: "192.0.2.2", port: 3544 },
    interval: 25,
  };

  test.each<[string, Endpoint, V4DropReason, object]>([
    ["a relay that is not global", { address: parseIPv4("127.0.0.1"), port: 80 }, "relay-not-global", {}],
    ["our own address", MAPPING, "relay-not-global", {}],
    ["the coordinator itself", SERVER, "relay-not-global", {}],
    ["an address that is no longer the pair's", RELAY, "bubble-refused", { address: "2001:0:c000:201::1" }],
    ["an unknown pair", RELAY, "bubble-refused", { pair: "AgICAgICAgICAgICAgICAg" }],
  ])("about %s are not answered", (_, relay, reason, more) => {
    knock(relay, more);
    expect(world.sent).toEqual([]);
    expect(dropped(reason)).toBe(1);
  });

  test("that come directly from a relay are not answered, so that a stranger cannot change our mapping towards it", () => {
    const source = new Uint8Array(16).fill(0xfe, 0, 1).fill(0x80, 1, 2);
    expect(other.send(RELAY, makeBubble(source, other.teredo))).toEqual([]);
    expect(dropped("uninvited-bubble")).toBe(1);
  });
});

describe("the table of relays", () => {
  test("pairs do not see each other's relays", () => {
    const table = new ValidatedRelays();
    table.validate(3, RELAY.address, RELAY.port, 10);
    expect([table.isValidated(3, RELAY.address, RELAY.port), table.isValidated(2, RELAY.address, RELAY.port)]).toEqual([
      true,
      false,
    ]);
    expect([table.hasAddress(RELAY.address), table.hasAddress(RELAY2.address)]).toEqual([true, false]);
    expect(table.nextDeadline()).toBe(10);
  });

  test("when the relay in use lapses, packets go to another that is still validated", () => {
    const table = new ValidatedRelays();
    table.validate(0, RELAY2.address, RELAY2.port, 20);
    table.validate(0, RELAY.address, RELAY.port, 10);
    expect(table.expire(10)).toBe(true);
    expect(table.addressOf(table.relayOf(0))).toBe(RELAY2.address);
    expect(table.expire(20)).toBe(true);
    expect([table.relayOf(0), table.nextDeadline()]).toEqual([NO_RELAY, Number.POSITIVE_INFINITY]);
  });

  test("without pairs, or from port 0, nothing is accepted", () => {
    const table = new ValidatedRelays();
    expect([table.isValidated(-1, 0, 1), table.isValidated(0, 0, 0)]).toEqual([false, false]);
  });
});
