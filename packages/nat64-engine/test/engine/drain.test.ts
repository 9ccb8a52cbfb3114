/** What an engine does that lets its sessions end: nothing new begins, all else goes on. */
import { parseIPv6 } from "@nat64/rfc6052";
import { describe, expect, test } from "vitest";
import { createEngine } from "../../src/create-engine.ts";
import { ExitPolicy } from "../../src/exits/exit-policy.ts";
import { LOCAL_EXIT } from "../../src/exits/peer-exits.ts";
import { Nat64 } from "../../src/simple.ts";
import { address, icmp, ipv4, ipv6, tcp, toHex, udp, withChecksum } from "../packet/build.ts";
import { CLIENT, only, POOL, repeatableRandom, SERVER, SERVER6, STATEFUL } from "./support.ts";

const SYN = 0x02;
const ACK = 0x10;
const FIN = 0x01;
const RST = 0x04;

function local(changes: object = {}) {
  const engine = createEngine({ ...STATEFUL, ...changes }, { random: repeatableRandom() });
  return { engine, nat: new Nat64(engine), drains: engine.drains! };
}

const NO_DATA = new Uint8Array(0);
const family = (packet: Uint8Array) => packet[0] >>> 4;
/** A TCP header with these flags. */
function flagged(from: number, to: number, flags: number): Uint8Array {
  const header = tcp(from, to, NO_DATA);
  header[13] = flags;
  return header;
}
const segment = (flags: number, port = 40_000, destination = SERVER6) =>
  withChecksum(ipv6({ source: CLIENT, destination, protocol: 6, payload: flagged(port, 80, flags) }));
const query = (port = 40_000, to = 53) =>
  withChecksum(ipv6({ source: CLIENT, destination: SERVER6, protocol: 17, payload: udp(port, to, NO_DATA) }));
const fromServer = (translated: Uint8Array, flags: number) => {
  const port = (translated[20] << 8) | translated[21];
  return withChecksum(ipv4({ source: SERVER, destination: POOL, protocol: 6, payload: flagged(80, port, flags) }));
};
/** Type and code of an ICMPv6 packet. */
const typeOf = (packet: Uint8Array) => [packet[6], packet[40], packet[41]];
const PROHIBITED = [58, 1, 1];

describe("a translator that drains altogether", () => {
  test("refuses a new connection at once, with a hard error, and counts it", () => {
    const { nat, drains, engine } = local();
    drains.isAll = true;
    expect(typeOf(only(nat.fromIPv6(segment(SYN), 0)))).toEqual(PROHIBITED);
    expect(typeOf(only(nat.fromIPv6(query(), 0)))).toEqual(PROHIBITED);
    const ping = withChecksum(
      ipv6({ source: CLIENT, destination: SERVER6, protocol: 58, payload: icmp(128, 0, [0, 1, 0, 1], NO_DATA) }),
    );
    expect(typeOf(only(nat.fromIPv6(ping, 0)))).toEqual(PROHIBITED);
    expect(engine.counters.dropsByReason()).toEqual({ draining: 3 });
    expect(engine.counters.sessions).toBe(0);
  });

  test("lets an open connection continue in both directions to its end", () => {
    const { nat, drains, engine } = local();
    const syn = only(nat.fromIPv6(segment(SYN), 0));
    drains.isAll = true;
    expect(family(only(nat.fromIPv4(fromServer(syn, SYN | ACK), 1)))).toBe(6);
    expect(family(only(nat.fromIPv6(segment(ACK), 2)))).toBe(4);
    expect(engine.openSessionsOf(LOCAL_EXIT)).toBe(1);
    expect(family(only(nat.fromIPv6(segment(FIN | ACK), 3)))).toBe(4);
    expect(family(only(nat.fromIPv4(fromServer(syn, FIN | ACK), 4)))).toBe(6);
    expect([engine.sessionsOf(LOCAL_EXIT), engine.openSessionsOf(LOCAL_EXIT)]).toEqual([1, 0]);
  });

  test("refuses the same ports again after the connection has ended, and a new session of a BIB entry", () => {
    const { nat, drains } = local();
    const syn = only(nat.fromIPv6(segment(SYN), 0));
    nat.fromIPv4(fromServer(syn, SYN | ACK), 1);
    nat.fromIPv6(query(41_000), 1);
    drains.isAll = true;
    expect(family(only(nat.fromIPv6(segment(SYN), 2))), "a SYN that is sent again is none that is new").toBe(4);
    nat.fromIPv6(segment(FIN | ACK), 3);
    nat.fromIPv4(fromServer(syn, FIN | ACK), 3);
    expect(typeOf(only(nat.fromIPv6(segment(SYN), 4)))).toEqual(PROHIBITED);
    expect(family(only(nat.fromIPv6(query(41_000), 4)))).toBe(4);
    expect(typeOf(only(nat.fromIPv6(query(41_000, 54), 4)))).toEqual(PROHIBITED);
  });

  test("takes no new session of the IPv4 side either, and says so", () => {
    const { nat, drains } = local();
    const out = only(nat.fromIPv6(query(), 0));
    drains.isAll = true;
    const port = (out[20] << 8) | out[21];
    const stranger = withChecksum(
      ipv4({ source: SERVER, destination: POOL, protocol: 17, payload: udp(99, port, NO_DATA) }),
    );
    const answer = only(nat.fromIPv4(stranger, 1));
    expect([family(answer), answer[20], answer[21]]).toEqual([4, 3, 13]);
  });

  test("resets remaining connections at the end, with the sequence number that the client expects", () => {
    const { nat, engine } = local();
    const syn = only(nat.fromIPv6(segment(SYN), 0));
    nat.fromIPv4(fromServer(syn, SYN | ACK), 1);
    nat.fromIPv6(segment(ACK), 2);
    engine.endExit(LOCAL_EXIT);
    const reset = only({ packets: nat.advance(3).packets });
    // Of the IPv6 header, then source port, destination port, sequence number; the flags.
    expect([toHex(reset.subarray(24, 40)), reset[53] & RST]).toEqual([toHex(address(CLIENT)), RST]);
    expect(toHex(reset.subarray(44, 48))).toBe("05060708");
    expect([engine.isEndingExit(LOCAL_EXIT), engine.sessionsOf(LOCAL_EXIT)]).toEqual([false, 0]);
    expect(engine.counters).toMatchObject({ sessionsCreated: 1, sessionsEnded: 1, sessions: 0 });
  });

  test("continues as before when it is cancelled", () => {
    const { nat, drains } = local();
    drains.isAll = true;
    nat.fromIPv6(segment(SYN), 0);
    drains.isAll = false;
    expect(family(only(nat.fromIPv6(segment(SYN), 1000)))).toBe(4);
  });

  test("still drains under another configuration", () => {
    const { engine } = local();
    engine.drains!.isAll = true;
    const next = createEngine({ ...STATEFUL, hairpinning: false }, { random: repeatableRandom(), continues: engine });
    expect(typeOf(only(new Nat64(next).fromIPv6(segment(SYN), 0)))).toEqual(PROHIBITED);
  });
});

describe("an exit that drains", () => {
  const PEERS = { prefixes: ["2001:db8:64::/96"], peerExits: { pool: "2001:db8:64::/80" } };
  const TEREDO = "2001:0:c000:205:1234:5678:39cd:9bf9";
  const TO_SERVER = `2001:db8:64::${SERVER}`;

  function both() {
    const made = local(PEERS);
    made.engine.exits!.add(1, {
      selector: 0x0101,
      teredo: parseIPv6(TEREDO),
      firstPort: 20_000,
      weight: 1,
      automatic: true,
      pinnable: true,
      published: new ExitPolicy([]),
    });
    made.engine.exits!.setUp(1, true);
    return made;
  }

  test("leaves new clients to the other one", () => {
    const { nat, drains } = both();
    drains.set(LOCAL_EXIT, true);
    for (let port = 40_000; port < 40_050; port++)
      expect(family(only(nat.fromIPv6(segment(SYN, port, TO_SERVER), 0)))).toBe(6);
    drains.set(LOCAL_EXIT, false);
    drains.set(1, true);
    for (let port = 41_000; port < 41_050; port++)
      expect(family(only(nat.fromIPv6(segment(SYN, port, TO_SERVER), 1)))).toBe(4);
  });

  test("keeps its connections, even of a client whose new ones go elsewhere", () => {
    const { nat, drains, engine } = both();
    drains.set(1, true);
    const syn = only(nat.fromIPv6(segment(SYN, 40_000, TO_SERVER), 0));
    expect(family(syn)).toBe(4);
    drains.set(1, false);
    drains.set(LOCAL_EXIT, true);
    expect(family(only(nat.fromIPv6(segment(SYN, 40_001, TO_SERVER), 0)))).toBe(6);
    expect(family(only(nat.fromIPv6(segment(ACK, 40_000, TO_SERVER), 0)))).toBe(4);
    expect([engine.openSessionsOf(LOCAL_EXIT), engine.openSessionsOf(1)]).toEqual([1, 1]);
  });

  test("refuses clients that are pinned to it", () => {
    const { nat, drains } = both();
    const pinned = (port: number) => segment(SYN, port, `2001:db8:64::101:${SERVER}`);
    expect(family(only(nat.fromIPv6(pinned(40_000), 0)))).toBe(6);
    drains.set(1, true);
    expect(typeOf(only(nat.fromIPv6(pinned(40_001), 0)))).toEqual(PROHIBITED);
  });

  test("is told as the reason where it was the last one", () => {
    const { nat, drains, engine } = local();
    drains.set(LOCAL_EXIT, true);
    expect(typeOf(only(nat.fromIPv6(segment(SYN), 0)))).toEqual(PROHIBITED);
    expect(engine.counters.dropsByReason()).toEqual({ draining: 1 });
  });
});
