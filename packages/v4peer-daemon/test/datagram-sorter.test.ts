import { createEngine, ExitRules } from "@nat64/nat64-engine";
import { ValidatedRelays } from "@nat64/peer-machines";
import { compileRefusals, parseIPv4, parseIPv6 } from "@nat64/rfc6052";
import { beforeEach, describe, expect, test } from "vitest";
import type { ForwarderDrops } from "../src/data-path/messages.ts";
import { DatagramSorter, DROPPED, FOR_MACHINE } from "../src/data-path/worker-thread/datagram-sorter.ts";
import { GuardedRules } from "../src/policy/guarded-rules.ts";

const TEREDO = parseIPv6("2001:0:c000:201:14a5:464d:39cc:9bf8");
const RELAY = parseIPv4("203.0.113.9");
const SERVER = parseIPv4("192.0.2.1");
const ENCAPSULATION = Uint8Array.of(...new Array(8).fill(0), 0, 1, 0, 0);

let counters: ForwarderDrops;
let relays: ValidatedRelays;
let sorter: DatagramSorter;

beforeEach(() => {
  counters = { malformed: 0, unknownDestination: 0, relayNotValidated: 0, noRelay: 0 };
  relays = new ValidatedRelays();
  const engine = createEngine({ mode: "exit", ownAddresses: { ipv6: "::", ipv4: "192.0.0.8" } }, { random: () => 1 });
  const { pairs } = engine;
  if (pairs === undefined) throw new Error("an engine of this mode has pairs");
  const rules = new ExitRules({ internet: true, published: [], refused: [] }, compileRefusals());
  const [w0, w1, w2] = parseIPv6("2001:db8:64::2a:0:0");
  pairs.set(3, { teredo: TEREDO, prefix: [w0, w1, w2], local: 1, rules });
  const isFromServer = (address: number, port: number) => address === SERVER && port === 3544;
  sorter = new DatagramSorter(pairs, { isFromServer, relays }, counters);
});

/** An IPv6 packet to the pair, at offset 8, with something behind it. */
function packet(nextHeader = 17, payload = 20, trailer = 0): Uint8Array {
  const bytes = new Uint8Array(8 + 40 + payload + trailer);
  const view = new DataView(bytes.buffer, 8);
  view.setUint32(0, 0x60000000);
  view.setUint16(4, payload);
  view.setUint8(6, nextHeader);
  for (const [i, word] of TEREDO.entries()) view.setInt32(24 + 4 * i, word);
  return bytes;
}

const sort = (bytes: Uint8Array) => sorter.sort(bytes, 8, bytes.length - 8, RELAY, 3545);

describe("a datagram", () => {
  test("of a validated relay is data, and packets go back there", () => {
    relays.validate(3, RELAY, 3545, 10);
    relays.validate(3, RELAY + 1, 3545, 10);
    expect(sort(packet())).toBe(60);
    expect(sorter.pair).toBe(3);
    expect(relays.addressOf(relays.relayOf(3))).toBe(RELAY);
  });

  test("with trailers (RFC 6081 §4) is data without them", () => {
    relays.validate(3, RELAY, 3545, 10);
    expect(sort(packet(17, 20, 8))).toBe(60);
  });

  test("of anybody else is dropped and counted", () => {
    expect(sort(packet())).toBe(DROPPED);
    expect(counters.relayNotValidated).toBe(1);
  });

  test("for no pair is dropped and counted", () => {
    expect(sort(packet().with(8 + 39, 0))).toBe(DROPPED);
    expect(counters.unknownDestination).toBe(1);
  });

  test.each([
    ["a bubble", packet(59, 0)],
    [
      "a path probe",
      packet(58, 80)
        .with(8 + 48, 0x4e)
        .with(8 + 49, 0x36)
        .with(8 + 50, 0x34)
        .with(8 + 51, 0x50),
    ],
  ])("that is %s is for the machine, whoever sent it", (_, bytes) => {
    expect(sort(bytes)).toBe(FOR_MACHINE);
  });

  test("that is an encapsulation is for the machine if it comes from the coordinator", () => {
    const from = (address: number, port: number) => sorter.sort(ENCAPSULATION, 8, 4, address, port);
    expect([from(SERVER, 3544), from(SERVER, 3545), from(RELAY, 3544)]).toEqual([FOR_MACHINE, DROPPED, DROPPED]);
    expect(counters.malformed).toBe(2);
  });

  test.each([
    ["nothing", new Uint8Array(8)],
    ["two bytes of a stranger, the first of them 0", new Uint8Array(10)],
    ["a cut header", packet(17, 0).slice(0, 40)],
    ["a cut packet", packet().slice(0, -1)],
    ["IPv4", packet().with(8, 0x45)],
  ])("that is %s is dropped as malformed", (_, bytes) => {
    expect(sort(bytes)).toBe(DROPPED);
    expect(counters.malformed).toBe(1);
  });
});

describe("the rules that change while it runs", () => {
  const rules = () => new GuardedRules({ internet: true, published: [], refused: [] }, compileRefusals(), relays);

  test("refuse relays as soon as they are validated, and as long", () => {
    const guarded = rules();
    expect(guarded.allows(RELAY_GLOBAL, 6, 80)).toBe(true);
    relays.validate(0, RELAY_GLOBAL, 3545, 10);
    expect(guarded.allows(RELAY_GLOBAL, 6, 80)).toBe(false);
    relays.expire(10);
    expect(guarded.allows(RELAY_GLOBAL, 6, 80)).toBe(true);
  });

  test("refuse what the machine forbids, even where it is published", () => {
    const published = [{ network: RELAY_GLOBAL, length: 24, protocol: 6, firstPort: 80, lastPort: 80 }];
    const guarded = new GuardedRules({ internet: false, published, refused: [] }, compileRefusals(), relays);
    expect(guarded.allows(RELAY_GLOBAL, 6, 80)).toBe(true);
    guarded.forbid([RELAY_GLOBAL | 0]);
    expect(guarded.allows(RELAY_GLOBAL, 6, 80)).toBe(false);
    guarded.forbid([]);
    expect(guarded.allows(RELAY_GLOBAL, 6, 80)).toBe(true);
  });

  const RELAY_GLOBAL = parseIPv4("9.9.9.9") | 0;
});
