/**
 * Peer exits through two engines, an IPv6 peer's and an IPv4 peer's, with nothing between: design §4. The tests follow
 * packets through both and look at the form they have on each part of the way.
 */
import { compileRefusals, LABORATORY_BLOCKS, parseIPv4, parseIPv6 } from "@nat64/rfc6052";
import { describe, expect, test } from "vitest";
import type { StatefulConfig } from "../../src/config/config.ts";
import { createEngine } from "../../src/create-engine.ts";
import { ExitPolicy } from "../../src/exits/exit-policy.ts";
import { ExitRules } from "../../src/exits/exit-rules.ts";
import type { PeerExit } from "../../src/exits/peer-exits.ts";
import { Nat64 } from "../../src/simple.ts";
import {
  address,
  checksumError,
  concat,
  filler,
  fragment,
  icmp,
  ipv4,
  ipv6,
  tcp,
  toHex,
  u32,
  udp,
  withChecksum,
} from "../packet/build.ts";
import { CLIENT, only, repeatableRandom, SERVER, STATEFUL } from "./support.ts";

const POOL = "2001:db8:64::/80";
/** Of pair n: its selector, its Teredo address, the IPv4 peer's local address. */
const SELECTOR = [0, 0x0101, 0x0102];
const TEREDO = ["", "2001:0:c000:205:1234:5678:39cd:9bf9", "2001:0:c000:205:9abc:5678:39cd:9bf8"];
const LOCAL = ["", "198.18.0.1", "198.18.0.2"];
const via = (selector: number, ipv4Address: string): string => `2001:db8:64::${selector.toString(16)}:${ipv4Address}`;
const SERVER6 = `2001:db8:64::${SERVER}`;
const words = (text: string) => parseIPv6(text);

function peerExit(n: number, changes: Partial<PeerExit> = {}): PeerExit {
  return {
    selector: SELECTOR[n],
    teredo: words(TEREDO[n]),
    firstPort: 20_000,
    weight: 1,
    automatic: true,
    pinnable: true,
    published: new ExitPolicy([]),
    ...changes,
  };
}

function ipv6Peer(changes: Partial<StatefulConfig> = {}) {
  const config: StatefulConfig = { ...STATEFUL, pool: [], prefixes: ["2001:db8:64::/96"], peerExits: { pool: POOL } };
  const engine = createEngine({ ...config, ...changes }, { random: repeatableRandom() });
  return { engine, exits: engine.exits!, nat: new Nat64(engine) };
}

function withExit(n = 1, changes: Partial<PeerExit> = {}) {
  const peer = ipv6Peer();
  peer.exits.add(n, peerExit(n, changes));
  peer.exits.setUp(n, true);
  return peer;
}

const LAB = compileRefusals({ allow: LABORATORY_BLOCKS });

function ipv4Peer(rules: Partial<ConstructorParameters<typeof ExitRules>[0]> = {}) {
  const engine = createEngine(
    {
      mode: "exit",
      ownAddresses: { ipv6: "::", ipv4: "192.0.0.8" },
      mtu: { ipv6: 1280, ipv4: 1500, lowestIPv6: 1280 },
      allowSpecialPurpose: true,
    },
    { random: repeatableRandom() },
  );
  const pool = words(via(SELECTOR[1], "0.0.0.0"));
  engine.pairs!.set(0, {
    teredo: words(TEREDO[1]),
    prefix: [pool[0], pool[1], pool[2]],
    local: parseIPv4(LOCAL[1]),
    rules: new ExitRules({ internet: true, published: [], refused: [], ...rules }, LAB),
  });
  return new Nat64(engine);
}

const from6 = (packet: Uint8Array) => toHex(packet.subarray(8, 24));
const to6 = (packet: Uint8Array) => toHex(packet.subarray(24, 40));
const from4 = (packet: Uint8Array) => packet.subarray(12, 16).join(".");
const to4 = (packet: Uint8Array) => packet.subarray(16, 20).join(".");
const hex6 = (text: string) => toHex(address(text));
const portAt = (packet: Uint8Array, at: number) => (packet[at] << 8) | packet[at + 1];

const query = (port = 40_000, data = 20, destination = SERVER6) =>
  withChecksum(ipv6({ source: CLIENT, destination, protocol: 17, payload: udp(port, 53, filler(data)) }));

/** Turns a packet round: source and destination, addresses and ports. */
function answer(packet: Uint8Array): Uint8Array {
  const copy = packet.slice();
  copy.set(packet.subarray(16, 20), 12);
  copy.set(packet.subarray(12, 16), 16);
  copy.set(packet.subarray(22, 24), 20);
  copy.set(packet.subarray(20, 22), 22);
  copy[8] = 64;
  copy[10] = copy[11] = 0;
  return ipv4({ source: to4(packet), destination: from4(packet), protocol: packet[9], payload: copy.subarray(20) });
}

describe("one packet's journey (design §4)", () => {
  test("client to server and back, with the form of each part of the way", () => {
    const { nat } = withExit();
    const exit = ipv4Peer();
    const out = only(nat.fromIPv6(query(), 0));
    expect([from6(out), to6(out)]).toEqual([hex6(via(SELECTOR[1], SERVER)), hex6(TEREDO[1])]);
    const port = portAt(out, 40);
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(20_000 + 4096);
    expect(checksumError(out)).toBe(0);

    const there = only(exit.fromIPv6(out, 0));
    expect([from4(there), to4(there), portAt(there, 20), portAt(there, 22)]).toEqual([LOCAL[1], SERVER, port, 53]);
    expect(checksumError(there)).toBe(0);

    const back = only(exit.fromIPv4(answer(there), 1));
    expect([from6(back), to6(back)]).toEqual([hex6(TEREDO[1]), hex6(via(SELECTOR[1], SERVER))]);

    const home = only(nat.fromIPv6(back, 1));
    expect([from6(home), to6(home)]).toEqual([hex6(SERVER6), hex6(CLIENT)]);
    expect([portAt(home, 40), portAt(home, 42)]).toEqual([53, 40_000]);
    expect(checksumError(home)).toBe(0);
    expect(home.subarray(48)).toEqual(query().subarray(48));
  });

  test("a ping goes the same way and comes home with its Identifier", () => {
    const { nat } = withExit();
    const exit = ipv4Peer();
    const ping = withChecksum(
      ipv6({
        source: CLIENT,
        destination: SERVER6,
        protocol: 58,
        payload: icmp(128, 0, [0x12, 0x34, 0, 7], filler(32)),
      }),
    );
    const there = only(exit.fromIPv6(only(nat.fromIPv6(ping, 0)), 0));
    expect(there[20]).toBe(8);
    const reply = there.slice();
    reply[20] = 0;
    const pong = withChecksum(
      ipv4({ source: SERVER, destination: LOCAL[1], protocol: 1, payload: reply.subarray(20) }),
    );
    const home = only(nat.fromIPv6(only(exit.fromIPv4(pong, 1)), 1));
    expect([home[40], portAt(home, 44)]).toEqual([129, 0x1234]);
    expect(checksumError(home)).toBe(0);
  });

  test.each([[[0, 1, 2]], [[2, 0, 1]], [[1, 2, 0]]])(
    "a fragmented ping crosses both, its fragments in the order %j",
    (order) => {
      const { nat } = withExit();
      const exit = ipv4Peer();
      const whole = withChecksum(
        ipv6({ source: CLIENT, destination: SERVER6, protocol: 58, payload: icmp(128, 0, [1, 2, 0, 7], filler(2400)) }),
      ).subarray(40);
      const cut = [0, 904, 1808].map((at) =>
        ipv6({
          source: CLIENT,
          destination: SERVER6,
          protocol: 58,
          extensions: [fragment(at, at < 1808, 77)],
          payload: whole.subarray(at, at + 904),
        }),
      );
      const out = order.flatMap((i) => nat.fromIPv6(cut[i], 0).packets).map(({ packet }) => packet);
      expect(out).toHaveLength(3);
      const there = out.flatMap((packet) => exit.fromIPv6(packet, 0).packets).map(({ packet }) => packet);
      expect(there).toHaveLength(3);
      const pieces = there.map((packet) => ({ at: (portAt(packet, 6) & 0x1fff) * 8, data: packet.subarray(20) }));
      const message = concat(...pieces.sort((a, b) => a.at - b.at).map(({ data }) => data));
      expect(checksumError(ipv4({ protocol: 1, payload: message }))).toBe(0);
      expect(nat.counters.heldPackets + exit.counters.heldPackets).toBe(0);
    },
  );

  test("fragments of two clients with the same Identification leave with different ones", () => {
    const { nat } = withExit();
    const identifications = [CLIENT, "2001:db8:c2::1"].map((source) => {
      const payload = udp(40_000, 53, filler(904 - 8), 2000);
      payload.set([0xab, 0xcd], 6);
      const first = ipv6({ source, destination: SERVER6, protocol: 17, extensions: [fragment(0, true, 77)], payload });
      const second = ipv6({
        source,
        destination: SERVER6,
        protocol: 17,
        extensions: [fragment(904, false, 77)],
        payload: filler(1096),
      });
      const ids = [first, second].map((each) => toHex(only(nat.fromIPv6(each, 0)).subarray(44, 48)));
      expect(ids[0]).toBe(ids[1]);
      return ids[0];
    });
    expect(identifications[0]).not.toBe(identifications[1]);
  });
});

describe("sizes on the way through a relay (design §4)", () => {
  test("a packet of more than 1280 bytes is answered with Packet Too Big 1280", () => {
    const { nat } = withExit();
    const outcome = nat.fromIPv6(query(40_000, 1300), 0);
    const error = only(outcome);
    expect(outcome.dropped).toBe("packet-too-big");
    expect([error[40], error[41], toHex(error.subarray(44, 48))]).toEqual([2, 0, toHex(Uint8Array.from(u32(1280)))]);
  });

  test("RFC 7915 §5.1: extension headers do not take room on the way through a relay: they stay behind", () => {
    const { nat } = withExit();
    const options = Uint8Array.of(0, 255, ...new Uint8Array(2046));
    const large = (data: number) =>
      withChecksum(
        ipv6({
          source: CLIENT,
          destination: SERVER6,
          protocol: 17,
          payload: udp(40_000, 53, filler(data)),
          extensions: [[60, options]],
        }),
      );
    expect(only(nat.fromIPv6(large(1232), 0))).toEqual(only(nat.fromIPv6(query(40_000, 1232), 0)));
    const error = only(nat.fromIPv6(large(1233), 0));
    expect([error[40], toHex(error.subarray(44, 48))]).toEqual([2, toHex(Uint8Array.from(u32(1280 + 2048)))]);
  });

  test("the MSS of a SYN is clamped to 1220 both ways, and its checksum stays right", () => {
    const { nat } = withExit();
    const exit = ipv4Peer();
    const mss = Uint8Array.of(1, 2, 4, 0x05, 0xb4, 0, 0, 0);
    const syn = tcp(40_000, 80, new Uint8Array(0), mss);
    syn[13] = 2;
    const out = only(
      nat.fromIPv6(withChecksum(ipv6({ source: CLIENT, destination: SERVER6, protocol: 6, payload: syn })), 0),
    );
    expect(portAt(out, 40 + 20 + 3)).toBe(1220);
    expect(checksumError(out)).toBe(0);
    const there = only(exit.fromIPv6(out, 0));
    const synAck = tcp(80, portAt(there, 20), new Uint8Array(0), mss);
    synAck[13] = 0x12;
    const back = withChecksum(ipv4({ source: SERVER, destination: LOCAL[1], protocol: 6, payload: synAck }));
    const home = only(nat.fromIPv6(only(exit.fromIPv4(back, 1)), 1));
    expect(portAt(home, 40 + 20 + 3)).toBe(1220);
    expect(checksumError(home)).toBe(0);
  });

  test("a large IPv4 answer without DF is cut by the IPv4 peer into fragments of at most 1280 bytes", () => {
    const { nat } = withExit();
    const exit = ipv4Peer();
    const there = only(exit.fromIPv6(only(nat.fromIPv6(query(), 0)), 0));
    const payload = udp(53, portAt(there, 20), filler(1400));
    const large = withChecksum(ipv4({ source: SERVER, destination: LOCAL[1], id: 5, protocol: 17, payload }));
    const pieces = exit.fromIPv4(large, 1).packets.map(({ packet }) => packet);
    expect(pieces).toHaveLength(2);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(1280);
    const home = pieces.flatMap((packet) => nat.fromIPv6(packet, 1).packets);
    expect(home.map(({ packet }) => to6(packet))).toEqual([hex6(CLIENT), hex6(CLIENT)]);
  });
});

describe("what an IPv4 peer may say it has from IPv4", () => {
  const from = (source: string, port: number, to = 20_000) =>
    withChecksum(
      ipv6({
        source: TEREDO[1],
        destination: via(SELECTOR[1], source),
        protocol: 17,
        payload: udp(port, to, filler(9)),
      }),
    );
  const port = (packet: Uint8Array) => portAt(packet, 40);

  test.each(["10.1.2.3", "127.0.0.1", "192.168.1.1", "224.0.0.1", "0.0.0.0", "169.254.169.254"])(
    "a packet from %s, which clients can't reach, is dropped though the filter would let anybody in",
    (address) => {
      const { nat } = withExit();
      const bound = port(only(nat.fromIPv6(query(), 0)));
      expect(only(nat.fromIPv6(from("198.51.100.77", 53, bound), 0))).toBeDefined();
      expect(nat.fromIPv6(from(address, 53, bound), 0)).toMatchObject({ packets: [], dropped: "refused-source" });
    },
  );

  test("what it publishes answers from there, and nothing else does", () => {
    const published = new ExitPolicy([
      { network: parseIPv4("10.1.2.3"), length: 32, protocol: 17, firstPort: 53, lastPort: 53 },
    ]);
    const { nat } = withExit(1, { published });
    const bound = port(only(nat.fromIPv6(query(40_000, 20, via(SELECTOR[1], "10.1.2.3")), 0)));
    expect(only(nat.fromIPv6(from("10.1.2.3", 53, bound), 0))).toBeDefined();
    expect(nat.fromIPv6(from("10.1.2.3", 54, bound), 0).dropped).toBe("refused-source");
    expect(nat.fromIPv6(from("10.1.2.4", 53, bound), 0).dropped).toBe("refused-source");
  });
});

describe("ICMP errors (design §4)", () => {
  /** A query that went out, in both forms. */
  function sent() {
    const peer = withExit();
    const exit = ipv4Peer();
    const out = only(peer.nat.fromIPv6(query(), 0));
    return { ...peer, exit, out, there: only(exit.fromIPv6(out, 0)) };
  }

  test("a router in 10/8 behind the exit is seen by the client at its NAT64 address", () => {
    const { nat, exit, there } = sent();
    const error = withChecksum(
      ipv4({ source: "10.1.2.3", destination: LOCAL[1], protocol: 1, payload: icmp(11, 0, u32(0), there) }),
    );
    const between = only(exit.fromIPv4(error, 1));
    expect([from6(between), to6(between)]).toEqual([hex6(TEREDO[1]), hex6(via(SELECTOR[1], "10.1.2.3"))]);
    const home = only(nat.fromIPv6(between, 1));
    expect([from6(home), to6(home), home[40]]).toEqual([hex6("2001:db8:64::10.1.2.3"), hex6(CLIENT), 3]);
    expect(checksumError(home)).toBe(0);
    const inside = home.subarray(48);
    expect([from6(inside), to6(inside), portAt(inside, 40)]).toEqual([hex6(CLIENT), hex6(SERVER6), 40_000]);
  });

  test("RFC 6052 §3.1: for a client of the well-known prefix, the error of a router in 10/8 comes from our own address", () => {
    const { exits, nat } = ipv6Peer({ prefixes: ["2001:db8:64::/96", "64:ff9b::/96"], allowSpecialPurpose: false });
    exits.add(1, peerExit(1));
    exits.setUp(1, true);
    const exit = ipv4Peer();
    const asked = withChecksum(
      ipv6({ source: "2a00::1", destination: "64:ff9b::8.8.8.8", protocol: 17, payload: udp(40_000, 53, filler(20)) }),
    );
    const there = only(exit.fromIPv6(only(nat.fromIPv6(asked, 0)), 0));
    const error = (router: string) =>
      withChecksum(ipv4({ source: router, destination: LOCAL[1], protocol: 1, payload: icmp(11, 0, u32(0), there) }));
    const home = (router: string) => only(nat.fromIPv6(only(exit.fromIPv4(error(router), 1)), 1));
    expect(from6(home("10.1.2.3"))).toBe(hex6(STATEFUL.ownAddresses.ipv6));
    expect(from6(home("9.9.9.9"))).toBe(hex6("64:ff9b::9.9.9.9"));
    expect(checksumError(home("10.1.2.3"))).toBe(0);
  });

  test("the IPv4 peer's own packets come from 192.0.0.8", () => {
    const { nat, out } = sent();
    const exit = ipv4Peer();
    const dying = out.slice();
    dying[7] = 1;
    const between = only(exit.fromIPv6(dying, 0));
    expect([from6(between), to6(between)]).toEqual([hex6(TEREDO[1]), hex6(via(SELECTOR[1], "192.0.0.8"))]);
    const home = only(nat.fromIPv6(between, 1));
    expect([from6(home), home[40]]).toEqual([hex6("2001:db8:64::192.0.0.8"), 3]);
  });

  test("Packet Too Big from a router on the way comes from us; a relay's 1/3 is not passed on", () => {
    const { nat, out } = sent();
    const onTheWay = (type: number, code: number, rest: number) =>
      withChecksum(
        ipv6({
          source: "2001:db8:99::1",
          destination: via(SELECTOR[1], SERVER),
          protocol: 58,
          payload: icmp(type, code, u32(rest), out),
        }),
      );
    const home = only(nat.fromIPv6(onTheWay(2, 0, 1280), 1));
    expect([from6(home), toHex(home.subarray(44, 48))]).toEqual([
      hex6(STATEFUL.ownAddresses.ipv6),
      toHex(Uint8Array.from(u32(1280))),
    ]);
    const outcome = nat.fromIPv6(onTheWay(1, 3, 0), 1);
    expect([outcome.packets.length, outcome.dropped]).toEqual([0, "path-suspect"]);
  });

  test("RFC 8200 §8.1: UDP without a checksum passes neither to an exit nor from one, nor through an IPv4 peer", () => {
    const { nat, exit, out, there } = sent();
    const home = only(exit.fromIPv4(answer(there), 1));
    const without = (packet: Uint8Array) => {
      const copy = packet.slice();
      copy.set([0, 0], 46);
      return copy;
    };
    const outcomes = [
      nat.fromIPv6(without(query()), 1),
      nat.fromIPv6(without(home), 1),
      exit.fromIPv6(without(out), 1),
    ];
    expect(outcomes.map(({ dropped }) => dropped)).toEqual(Array(3).fill("udp-zero-checksum"));
  });

  test.each(["::1", "fe80::1", "ff02::1"])(
    "RFC 7915 §5.1: an error about an exit's packet from %s, which is nobody's, is dropped by both peers",
    (source) => {
      const { nat, exit, out } = sent();
      const forged = (type: number) =>
        withChecksum(
          ipv6({ source, destination: via(SELECTOR[1], SERVER), protocol: 58, payload: icmp(type, 0, u32(0), out) }),
        );
      expect([nat.fromIPv6(forged(3), 1).dropped, nat.fromIPv6(forged(2), 1).dropped]).toEqual(
        Array(2).fill("refused-source"),
      );
      const toExit = withChecksum(
        ipv6({ source, destination: TEREDO[1], protocol: 58, payload: icmp(3, 0, u32(0), out) }),
      );
      const outcome = exit.fromIPv6(toExit, 1);
      expect([outcome.dropped, outcome.packets.length]).toEqual(["refused-source", 0]);
    },
  );

  test.each([0, 1200, 1281, 9000, 2 ** 32 - 1])(
    "a Packet Too Big that says %i says 1280 on both sides of a peer exit: its path carries no more, and IPv6 no less",
    (mtu) => {
      const { nat, exit, out, there } = sent();
      const mtuOf = (packet: Uint8Array) => Number.parseInt(toHex(packet.subarray(44, 48)), 16);
      const tooBig = (source: string, destination: string, about: Uint8Array) =>
        withChecksum(ipv6({ source, destination, protocol: 58, payload: icmp(2, 0, u32(mtu), about) }));
      const fromRouter = only(nat.fromIPv6(tooBig("2001:db8:99::1", via(SELECTOR[1], SERVER), out), 1));
      const fromPeer = only(nat.fromIPv6(tooBig(TEREDO[1], via(SELECTOR[1], SERVER), out), 1));
      const home = only(nat.fromIPv6(only(exit.fromIPv4(answer(there), 1)), 1));
      const fromClient = only(nat.fromIPv6(tooBig(CLIENT, SERVER6, home), 1));
      expect([fromRouter, fromPeer, fromClient].map(mtuOf)).toEqual([1280, 1280, 1280]);
      expect([fromRouter, fromPeer, fromClient].map(checksumError)).toEqual([0, 0, 0]);
    },
  );

  test("a client's port unreachable reaches the server, about the packet that it had sent", () => {
    const { nat, exit, there } = sent();
    const home = only(nat.fromIPv6(only(exit.fromIPv4(answer(there), 1)), 1));
    const error = withChecksum(
      ipv6({ source: CLIENT, destination: SERVER6, protocol: 58, payload: icmp(1, 4, u32(0), home) }),
    );
    const between = only(nat.fromIPv6(error, 1));
    expect([from6(between), to6(between)]).toEqual([hex6(via(SELECTOR[1], SERVER)), hex6(TEREDO[1])]);
    const out = only(exit.fromIPv6(between, 1));
    expect([from4(out), to4(out), out[20], out[21]]).toEqual([LOCAL[1], SERVER, 3, 3]);
    const inside = out.subarray(28);
    expect([from4(inside), to4(inside), portAt(inside, 20)]).toEqual([SERVER, LOCAL[1], 53]);
  });
});

describe("which exit", () => {
  test("nothing goes out without one, and the client is told", () => {
    const outcome = ipv6Peer().nat.fromIPv6(query(), 0);
    expect(outcome.dropped).toBe("no-exit");
    expect([only(outcome)[40], only(outcome)[41]]).toEqual([1, 3]);
  });

  test("a client keeps its exit while it has mappings, whatever comes up later", () => {
    const { nat, exits } = withExit();
    const first = to6(only(nat.fromIPv6(query(40_000), 0)));
    exits.add(2, peerExit(2, { weight: 1_000_000 }));
    exits.setUp(2, true);
    for (let port = 40_001; port < 40_040; port++) expect(to6(only(nat.fromIPv6(query(port), 0)))).toBe(first);
  });

  test("clients are shared out by weight, and only those of an exit that goes move", () => {
    const { nat, exits } = withExit();
    exits.add(2, peerExit(2, { weight: 3 }));
    exits.setUp(2, true);
    const of = (client: number, port: number) =>
      to6(
        only(
          nat.fromIPv6(
            withChecksum(
              ipv6({
                source: `2001:db8:${(0x1000 + client).toString(16)}::1`,
                destination: SERVER6,
                protocol: 17,
                payload: udp(port, 53, filler(4)),
              }),
            ),
            0,
          ),
        ),
      );
    const before = Array.from({ length: 60 }, (_, client) => of(client, 1));
    const onTwo = before.filter((each) => each === hex6(TEREDO[2])).length;
    expect(onTwo).toBeGreaterThan(30);
    expect(onTwo).toBeLessThan(57);
  });

  test("a suspect exit gets no new clients while there is another, and existing sessions stay there", () => {
    const { nat, exits } = withExit();
    exits.add(2, peerExit(2));
    exits.setSuspect(1, true);
    const port = (n: number) => to6(only(nat.fromIPv6(query(n), 0)));
    expect(port(1)).toBe(hex6(TEREDO[1]));
    exits.setUp(2, true);
    expect([port(1), port(2)]).toEqual([hex6(TEREDO[1]), hex6(TEREDO[2])]);
    exits.setSuspect(2, true);
    expect(port(2)).toBe(hex6(TEREDO[2]));
  });

  test.each([
    ["16,384 ports", 20_000, 16_384],
    ["all ports from 1024 to 65535", 1024, 64_512],
  ])("a block of %s is used up to its last port", (_, firstPort, ports) => {
    const { nat, exits } = ipv6Peer({ tables: { ...STATEFUL.tables, sessions: ports } });
    exits.add(1, peerExit(1, { firstPort, ports }));
    exits.setUp(1, true);
    const used = new Set<number>();
    for (let i = 0; i < ports; i++) used.add(portAt(only(nat.fromIPv6(query(1024 + i), 0)), 40));
    expect([used.size, Math.min(...used), Math.max(...used)]).toEqual([ports, firstPort, firstPort + ports - 1]);
  });

  test("a small block of ports is kept to, and a larger one may follow in its place", () => {
    const { nat, exits, engine } = ipv6Peer();
    const portsOf = (ports: number) => {
      exits.add(1, peerExit(1, { ports }));
      exits.setUp(1, true);
      const used = Array.from({ length: 200 }, (_, client) => nat.fromIPv6(query(client + 1), 0));
      exits.setUp(1, false);
      engine.endExit(1);
      while (engine.isEndingExit(1)) nat.advance(0);
      exits.remove(1);
      return used.flatMap((each) => (each.dropped === undefined ? [portAt(only(each), 40)] : []));
    };
    const small = portsOf(128);
    // Nobody answers these: when all ports are in use, an old one gives way to each new one.
    expect(small).toHaveLength(200);
    expect(new Set(small).size).toBe(128);
    expect([Math.min(...small), Math.max(...small)]).toEqual([20_000, 20_127]);
    expect(portsOf(4096)).toHaveLength(200);
    expect(portsOf(64_512)).toHaveLength(200);
    expect(portsOf(64)).toHaveLength(64);
  });

  test("an engine that takes over continues with ports anywhere in the block, and can assign the rest", () => {
    const before = withExit(1, { ports: 16_384 });
    const portsOf = (nat: Nat64, from: number) =>
      Array.from({ length: 100 }, (_, i) => portAt(only(nat.fromIPv6(query(from + i), 0)), 40));
    const ports = portsOf(before.nat, 1);
    const config: StatefulConfig = { ...STATEFUL, pool: [], prefixes: ["2001:db8:64::/96"], peerExits: { pool: POOL } };
    const nat = new Nat64(createEngine(config, { random: repeatableRandom(), continues: before.engine }));
    expect(portsOf(nat, 1)).toEqual(ports);
    expect(new Set([...ports, ...portsOf(nat, 101)]).size).toBe(200);
  });

  test("packets to and from an exit are counted, and their bytes with those of all exits, and a relay that finds it unreachable is noted once", () => {
    const { nat, exits } = withExit();
    const exit = ipv4Peer();
    const out = only(nat.fromIPv6(query(), 0));
    const unreachable = icmp(1, 3, u32(0), out);
    expect([exits.sent(1), exits.received(1), exits.takeUnreachable(1)]).toEqual([1, 0, false]);
    const back = only(exit.fromIPv4(answer(only(exit.fromIPv6(out, 0))), 0));
    only(nat.fromIPv6(back, 0));
    expect([exits.sentBytes(1), exits.receivedBytes(1)]).toEqual([query().length, back.length]);
    expect([exits.sentBytes(), exits.receivedBytes()]).toEqual([query().length, back.length]);
    const relay = ipv6({
      source: "2001:db8:9::1",
      destination: via(SELECTOR[1], SERVER),
      protocol: 58,
      payload: unreachable,
    });
    expect(nat.fromIPv6(withChecksum(relay), 0).dropped).toBe("path-suspect");
    expect([exits.received(1), exits.takeUnreachable(1), exits.takeUnreachable(1)]).toEqual([1, true, false]);
  });

  test("an intercepted packet is not handled any further", () => {
    const { nat, engine } = withExit();
    const claimed: number[] = [];
    engine.interceptPacket = (_bytes, _offset, length) => claimed.push(length) === 1;
    expect(nat.fromIPv6(query(), 0).packets).toEqual([]);
    expect(nat.counters.sessions).toBe(0);
    only(nat.fromIPv6(query(), 0));
    expect(claimed).toHaveLength(2);
  });

  test("a pinned selector leaves through its exit, an unassigned one is refused", () => {
    const { nat, exits } = withExit();
    exits.add(2, peerExit(2));
    exits.setUp(2, true);
    for (const n of [1, 2]) {
      const out = only(nat.fromIPv6(query(40_000 + n, 8, via(SELECTOR[n], SERVER)), 0));
      expect(to6(out)).toBe(hex6(TEREDO[n]));
    }
    expect(nat.fromIPv6(query(40_009, 8, via(0x0999, SERVER)), 0).dropped).toBe("no-exit");
  });

  test("answers come back from the selector that the client used", () => {
    const { nat } = withExit();
    const exit = ipv4Peer();
    const pinned = via(SELECTOR[1], SERVER);
    const there = only(exit.fromIPv6(only(nat.fromIPv6(query(40_000, 8, pinned), 0)), 0));
    expect(from6(only(nat.fromIPv6(only(exit.fromIPv4(answer(there), 1)), 1)))).toBe(hex6(pinned));
  });

  test("private addresses are reached where the exit publishes them, under its selector alone", () => {
    const published = new ExitPolicy([
      { network: parseIPv4("192.168.1.10"), length: 32, protocol: 17, firstPort: 53, lastPort: 53 },
    ]);
    const strict = { allowSpecialPurpose: false, prefixes: ["2a00:64::/96"], peerExits: { pool: "2a00:64::/80" } };
    const { nat, exits } = ipv6Peer({ ...strict, refusedSources: [] });
    exits.add(1, peerExit(1, { published, pinnable: false }));
    exits.setUp(1, true);
    const reach = (destination: string, port = 53) =>
      nat.fromIPv6(
        withChecksum(ipv6({ source: "2a01:4f8::1", destination, protocol: 17, payload: udp(4000, port, filler(4)) })),
        0,
      ).dropped;
    expect(reach("2a00:64::101:192.168.1.10")).toBeUndefined();
    expect(reach("2a00:64::192.168.1.10")).toBe("refused-destination");
    expect(reach("2a00:64::101:192.168.1.10", 54)).toBe("refused-destination");
    expect(reach("2a00:64::101:192.168.1.11")).toBe("refused-destination");
    expect(reach("2a00:64::101:93.184.216.34")).toBe("refused-destination");
    expect(reach("2a00:64::93.184.216.34")).toBeUndefined();
  });

  test("… also in a laboratory: only documentation addresses are allowed there", () => {
    const published = new ExitPolicy([
      { network: parseIPv4("192.168.1.10"), length: 32, protocol: 17, firstPort: 53, lastPort: 53 },
    ]);
    const { nat } = withExit(1, { published, pinnable: true });
    const reach = (selector: number, destination: string) =>
      nat.fromIPv6(query(40_000, 4, via(selector, destination)), 0).dropped;
    expect(reach(0, "198.51.100.9")).toBeUndefined();
    expect(reach(SELECTOR[1], "192.168.1.10")).toBeUndefined();
    for (const selector of [0, SELECTOR[1]]) {
      for (const other of ["192.168.1.11", "10.0.0.1", "172.16.0.1", "100.64.0.1", "198.18.0.1", "169.254.169.254"]) {
        expect(reach(selector, other), `${selector} ${other}`).toBe("refused-destination");
      }
    }
    expect(reach(0, "192.168.1.10")).toBe("refused-destination");
  });

  test("a Teredo source of no active pair, or of another pair, is dropped", () => {
    const { nat, exits } = withExit();
    exits.add(2, peerExit(2));
    exits.setUp(2, true);
    const back = (source: string, selector: number) =>
      nat.fromIPv6(
        withChecksum(
          ipv6({ source, destination: via(selector, SERVER), protocol: 17, payload: udp(53, 20_000, filler(4)) }),
        ),
        0,
      ).dropped;
    expect(back("2001:0:c000:205:1111:5678:39cd:9bf9", SELECTOR[1])).toBe("not-a-pair");
    expect(back(TEREDO[2], SELECTOR[1])).toBe("not-a-pair");
    expect(back(TEREDO[1], 0)).toBe("not-a-pair");
    expect(back(TEREDO[1], SELECTOR[1])).toBe("no-binding");
  });
});

describe("an exit changes", () => {
  const syn = () => {
    const segment = tcp(40_000, 80, new Uint8Array(0));
    segment[13] = 2;
    return withChecksum(ipv6({ source: CLIENT, destination: SERVER6, protocol: 6, payload: segment }));
  };

  test("a new mapping of the same pair: sessions continue under the new Teredo address", () => {
    const { nat, exits } = withExit();
    const before = only(nat.fromIPv6(query(), 0));
    exits.setTeredo(1, words(TEREDO[2]));
    const after = only(nat.fromIPv6(query(), 1));
    expect([to6(after), portAt(after, 40)]).toEqual([hex6(TEREDO[2]), portAt(before, 40)]);
  });

  test("an exit that is down lets nothing out and says so", () => {
    const { nat, exits } = withExit();
    only(nat.fromIPv6(query(), 0));
    exits.setUp(1, false);
    expect(nat.fromIPv6(query(), 1).dropped).toBe("no-exit");
  });

  test("an exit that is gone: connections that are over are not reset", () => {
    const { nat, engine } = withExit();
    const exit = ipv4Peer();
    const refusal = answer(only(exit.fromIPv6(only(nat.fromIPv6(syn(), 0)), 0)));
    refusal[33] = 0x14;
    const heard = only(nat.fromIPv6(only(exit.fromIPv4(refusal, 0)), 0));
    expect(heard[53]).toBe(0x14);
    engine.endExit(1);
    const sent = [];
    for (let round = 0; engine.isEndingExit(1) && round < 10; round++) sent.push(...nat.advance(round).packets);
    expect([sent.length, nat.counters.sessions]).toEqual([0, 0]);
  });

  test("an exit that is gone: TCP clients are reset with the number they expect, others find another exit", () => {
    const { nat, exits, engine } = withExit();
    only(nat.fromIPv6(syn(), 0));
    const ack = tcp(40_000, 80, new Uint8Array(0));
    ack[13] = 0x10;
    only(nat.fromIPv6(withChecksum(ipv6({ source: CLIENT, destination: SERVER6, protocol: 6, payload: ack })), 0));
    only(nat.fromIPv6(query(), 0));
    exits.add(2, peerExit(2));
    exits.setUp(2, true);
    exits.setUp(1, false);
    expect([engine.sessionsOf(1), engine.sessionsOf(2)]).toEqual([2, 0]);
    engine.endExit(1);
    const resets = [];
    for (let round = 0; engine.isEndingExit(1) && round < 10; round++) resets.push(...nat.advance(round).packets);
    expect(resets).toHaveLength(1);
    expect(engine.sessionsOf(1)).toBe(0);
    const reset = resets[0].packet;
    expect([from6(reset), to6(reset), portAt(reset, 42), reset[53]]).toEqual([hex6(SERVER6), hex6(CLIENT), 40_000, 4]);
    // The acknowledgment number that `tcp` writes.
    expect(toHex(reset.subarray(44, 48))).toBe("05060708");
    expect(checksumError(reset)).toBe(0);
    expect(nat.counters.sessions).toBe(0);
    expect(to6(only(nat.fromIPv6(query(), 20)))).toBe(hex6(TEREDO[2]));
  });
});

describe("the IPv4 peer enforces its policy, whatever the IPv6 peer lets through", () => {
  const through = (exit: Nat64, destination: string, port = 53, protocol = 17) => {
    const payload = protocol === 17 ? udp(20_000, port, filler(4)) : tcp(20_000, port, filler(4));
    const packet = ipv6({ source: via(SELECTOR[1], destination), destination: TEREDO[1], protocol, payload });
    const outcome = exit.fromIPv6(withChecksum(packet), 0);
    return outcome.dropped ?? to4(only(outcome));
  };
  const rows = (network: string, length: number, protocol = 0, firstPort = 0, lastPort = 65_535) => [
    { network: parseIPv4(network), length, protocol, firstPort, lastPort },
  ];

  test("nothing chosen: nothing goes out", () => {
    expect(through(ipv4Peer({ internet: false }), SERVER)).toBe("refused-by-policy");
  });

  test("refused networks and ports stay refused, and published services are allowed", () => {
    const exit = ipv4Peer({
      refused: [...rows("198.51.100.128", 25), ...rows("0.0.0.0", 0, 6, 25, 25)],
      published: rows("198.51.100.200", 32, 6, 80, 80),
    });
    expect(through(exit, SERVER)).toBe(SERVER);
    expect(through(exit, "198.51.100.200")).toBe("refused-by-policy");
    expect(through(exit, SERVER, 25, 6)).toBe("refused-by-policy");
    expect(through(exit, SERVER, 25, 17)).toBe(SERVER);
    expect(through(exit, "198.51.100.200", 80, 6)).toBe("198.51.100.200");
  });

  test("a refusal is told to the client as administratively prohibited", () => {
    const { nat } = withExit();
    const exit = ipv4Peer({ internet: false });
    const home = only(nat.fromIPv6(only(exit.fromIPv6(only(nat.fromIPv6(query(), 0)), 0)), 0));
    expect([to6(home), home[40], home[41]]).toEqual([hex6(CLIENT), 1, 1]);
  });

  test("packets of no pair, or with a source outside its prefix, are dropped silently", () => {
    const exit = ipv4Peer();
    const other = ipv6({
      source: via(SELECTOR[1], SERVER),
      destination: TEREDO[2],
      protocol: 17,
      payload: udp(1, 2, filler(4)),
    });
    const strange = ipv6({
      source: via(SELECTOR[2], SERVER),
      destination: TEREDO[1],
      protocol: 17,
      payload: udp(1, 2, filler(4)),
    });
    for (const each of [other, strange]) {
      const outcome = exit.fromIPv6(withChecksum(each), 0);
      expect([outcome.dropped, outcome.packets.length]).toEqual(["not-a-pair", 0]);
    }
  });
});
