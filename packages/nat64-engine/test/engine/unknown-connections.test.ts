/** TCP segments of clients whose connection is not in the table: RFC 9293 §3.10.7.1. */
import { parseIPv6 } from "@nat64/rfc6052";
import { describe, expect, it } from "vitest";
import { createEngine } from "../../src/create-engine.ts";
import { ExitPolicy } from "../../src/exits/exit-policy.ts";
import { Nat64 } from "../../src/simple.ts";
import { checksumError, ipv6, tcp, withChecksum } from "../packet/build.ts";
import { fate, feed, seen, send, tcp4, tcp6 } from "../rfc/packets.ts";
import { CLIENT, FLAG, only, POOL, repeatableRandom, SERVER6, STATEFUL, stateful } from "./support.ts";

const ACKNOWLEDGED = 0x89abcdef;

/** A segment of the client with these flags, and {@link ACKNOWLEDGED} as its acknowledgment number. */
function segment(flags: number, source = CLIENT, destination = SERVER6, size = 0): Uint8Array {
  const payload = tcp(5000, 80, new Uint8Array(size));
  payload.set([0x11, 0x22, 0x33, 0x44, 0x89, 0xab, 0xcd, 0xef], 4);
  payload[13] = flags;
  return withChecksum(ipv6({ source, destination, protocol: 6, payload }));
}

const OTHER_SERVER = { source: "198.51.100.77" };
const PSH = 8;
const URG = 32;

describe("a segment of a connection that is not in the table", () => {
  it.each([
    ["an ACK", FLAG.ack],
    ["data", FLAG.ack | PSH],
    ["a FIN", FLAG.ack | FLAG.fin],
    ["urgent data", FLAG.ack | URG],
  ])("RFC 9293 §3.10.7.1: %s gets a RST with the number that it acknowledges", (_, flags) => {
    const nat64 = stateful();
    const { dropped, packets } = feed(nat64, segment(flags, CLIENT, SERVER6, 100));
    expect([dropped, packets.length, packets[0].family]).toEqual(["no-session", 1, 6]);
    const reset = packets[0].packet;
    expect(checksumError(reset)).toBe(0);
    const about = {
      source: seen(segment(flags)).destination,
      sourcePort: 80,
      destination: CLIENT,
      destinationPort: 5000,
    };
    expect(seen(reset)).toMatchObject({ ...about, protocol: 6, hopLimit: 64 });
    const header = new DataView(reset.buffer, reset.byteOffset + 40, 20);
    expect([header.getUint32(4), header.getUint32(8), header.getUint8(13)]).toEqual([ACKNOWLEDGED, 0, FLAG.rst]);
    expect(nat64.counters).toMatchObject({ resetsSent: 1, resetsSuppressed: 0, bindings: 0, icmpErrorsSent: 0 });
  });

  it.each([
    ["a RST", FLAG.rst],
    ["a RST with ACK", FLAG.rst | FLAG.ack],
    ["a RST with SYN and ACK", FLAG.rst | FLAG.ack | FLAG.syn],
    ["a segment without ACK, which no connection has", PSH],
    ["a FIN without ACK", FLAG.fin],
    ["no flag at all", 0],
  ])("RFC 9293 §3.10.7.1: %s gets no answer", (_, flags) => {
    const nat64 = stateful();
    expect(feed(nat64, segment(flags))).toMatchObject({ dropped: "no-session", packets: [] });
    expect(nat64.counters.resetsSent).toBe(0);
  });

  it("gets no answer when that is configured", () => {
    expect(feed(stateful({ resetUnknownConnections: false }), segment(FLAG.ack)).packets).toEqual([]);
  });

  it("gets no answer from the IPv4 side, with a binding or without one", () => {
    const nat64 = stateful({ filtering: "address-and-port-dependent" });
    const { sourcePort } = send(nat64, tcp6("SYN", 5000, 80));
    const fates = [sourcePort, sourcePort + 1].map((port) => fate(nat64, tcp4("ACK", 99, port, OTHER_SERVER)));
    expect(fates).toEqual(["filtered 3/13", "no-session"]);
    expect(nat64.counters.resetsSent).toBe(0);
  });

  it.each([
    ["2001:db8:64::198.51.100.7", SERVER6],
    ["fe80::1", SERVER6],
    ["2001:0:c633:6422:0:63be:34ff:8ef5", SERVER6],
    [CLIENT, "2001:db8:65::198.51.100.2"],
  ])("gets no answer from %s to %s, which is not a client's", (source, destination) => {
    expect(feed(stateful(), segment(FLAG.ack, source, destination)).packets).toEqual([]);
  });

  it("across a hairpin: a client whose connection the table knows on his side alone gets a RST, too", () => {
    const nat64 = stateful();
    send(nat64, tcp6("SYN", 5000, 80));
    const { dropped, packets } = feed(nat64, tcp6("ACK", 5000, 999, { destination: `2001:db8:64::${POOL}` }));
    expect(dropped).toBe("no-session");
    expect(seen(only({ packets }))).toMatchObject({ destination: CLIENT, destinationPort: 5000, sourcePort: 999 });
  });
});

describe("resets", () => {
  const ack = (source: string) => segment(FLAG.ack, source);

  it("are limited for each /48, and come back with time", () => {
    const nat64 = stateful();
    let sent = 0;
    for (let n = 0; n < 1000; n++) sent += feed(nat64, ack(`2001:db8:c1:${n.toString(16)}::1`), 0).packets.length;
    expect(sent).toBe(512);
    expect(nat64.counters).toMatchObject({ resetsSent: 512, resetsSuppressed: 488 });
    expect(feed(nat64, ack(CLIENT), 8).packets).toHaveLength(1);
    expect(feed(nat64, ack(CLIENT), 8).packets).toHaveLength(0);
  });

  it("of one client are not used up by thousands of others, nor by ICMP errors", () => {
    const nat64 = stateful({ icmpErrors: { perSecond: 0, burst: 0 } });
    for (let n = 0; n < 10_000; n++) feed(nat64, ack(`2001:db8:${(n & 15).toString(16)}:${n.toString(16)}::1`), 0);
    expect(nat64.counters.resetsSuppressed).toBeGreaterThan(1_000);
    expect(feed(nat64, ack(CLIENT), 0).packets).toHaveLength(1);
  });

  it("are not sent while sessions migrate, which resets those without a place itself", () => {
    const make = (changes = {}, continues?: ReturnType<typeof createEngine>) =>
      createEngine({ ...STATEFUL, ...changes }, { random: repeatableRandom(), ...(continues && { continues }) });
    const before = make();
    send(new Nat64(before), tcp6("SYN", 5000, 80));
    const after = make({ pool: [{ address: "192.0.2.9" }] }, before);
    const nat64 = new Nat64(after);
    expect(after.isMigrating).toBe(true);
    expect(feed(nat64, segment(FLAG.ack, "2001:db8:c9::1")).packets).toEqual([]);
    while (after.isMigrating) nat64.advance(0);
    expect(feed(nat64, segment(FLAG.ack, "2001:db8:c9::1")).packets).toHaveLength(1);
  });
});

it("a connection through a peer exit is reset after a restart; what comes from the exit gets no answer", () => {
  const teredo = "2001:0:c000:205:1234:5678:39cd:9bf9";
  const pool = "2001:db8:64::/80";
  const config = { ...STATEFUL, pool: [], peerExits: { pool } };
  const engine = createEngine(config, { random: repeatableRandom() });
  const published = new ExitPolicy([]);
  engine.exits!.add(1, {
    selector: 0x0101,
    teredo: parseIPv6(teredo),
    firstPort: 20_000,
    weight: 1,
    automatic: true,
    pinnable: true,
    published,
  });
  engine.exits!.setUp(1, true);
  const nat64 = new Nat64(engine);
  for (const destination of [SERVER6, "2001:db8:64::101:198.51.100.2"]) {
    const reset = seen(only({ packets: feed(nat64, segment(FLAG.ack, CLIENT, destination)).packets }));
    expect(reset).toMatchObject({ source: seen(segment(0, CLIENT, destination)).destination, destination: CLIENT });
  }
  const fromExit = segment(FLAG.ack, teredo, "2001:db8:64::101:198.51.100.2");
  expect(feed(nat64, fromExit).packets).toEqual([]);
  expect(fate(nat64, tcp6("SYN", 5000, 80))).toBe("translated");
});
