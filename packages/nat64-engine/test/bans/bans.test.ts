/** Banned clients and IPv4 destinations: refused both ways at once, told so, and without sessions soon after. */
import { compileRefusals, LABORATORY_BLOCKS, parseBlock, parseIPv4, parseIPv6 } from "@nat64/rfc6052";
import { describe, expect, it } from "vitest";
import { createEngine } from "../../src/create-engine.ts";
import { ExitPolicy } from "../../src/exits/exit-policy.ts";
import { ExitRules } from "../../src/exits/exit-rules.ts";
import { Nat64 } from "../../src/simple.ts";
import { CLIENT, only, POOL, repeatableRandom, SERVER, SERVER6, STATEFUL, stateless } from "../engine/support.ts";
import { filler, fragment, ipv6, udp } from "../packet/build.ts";
import {
  error4,
  error6,
  fate,
  feed,
  packet4,
  packet6,
  ping6,
  pong4,
  seen,
  send,
  tcp4,
  tcp6,
  udp4,
  udp6,
} from "../rfc/packets.ts";

const OTHER = "2001:db8:c2::1";
const OTHER_SERVER = "198.51.100.3";
const OTHER_SERVER6 = "2001:db8:64::198.51.100.3";
const POOL6 = `2001:db8:64::${POOL}`;
const BANNED = "banned 1/1";

function lists({ clients = [], destinations = [] }: { clients?: string[]; destinations?: string[] }) {
  return { clients: clients.map(parseBlock), destinations: destinations.map(parseBlock) };
}

function local(changes: object = {}) {
  const config = { ...STATEFUL, icmpErrors: { perSecond: 10_000, burst: 10_000 }, ...changes };
  const engine = createEngine(config, { random: repeatableRandom() });
  return { engine, nat: new Nat64(engine), config };
}

/** Opens a TCP connection of the client; returns its port on the pool's side. */
function connect(nat: Nat64, port = 40_000, fields: { source?: string; destination?: string } = {}): number {
  const pool = send(nat, tcp6("SYN", port, 80, fields)).sourcePort;
  const source = fields.destination === OTHER_SERVER6 ? OTHER_SERVER : SERVER;
  send(nat, tcp4("SYN ACK", 80, pool, { source }));
  send(nat, tcp6("ACK", port, 80, fields));
  return pool;
}

const BOTH = [
  ["a client", { clients: ["2001:db8:c1::/48"] }],
  ["an IPv4 destination", { destinations: ["198.51.100.0/31", "198.51.100.2"] }],
] as const;

describe.each(BOTH)("a ban of %s", (_, banned) => {
  it("refuses packets of an open connection from the first moment, both ways, and tells the sender", () => {
    const { nat, engine } = local();
    const pool = connect(nat);
    engine.ban(lists(banned as never));
    // The client ignores ICMP errors about an open connection, so it gets a reset with the number that its segment asks for.
    const { dropped, packets } = feed(nat, tcp6("ACK", 40_000, 80));
    expect([dropped, packets.length]).toEqual(["banned", 1]);
    expect(seen(packets[0].packet)).toMatchObject({ destination: CLIENT, sourcePort: 80, destinationPort: 40_000 });
    expect([packets[0].packet.slice(44, 48), packets[0].packet[53]]).toEqual([Uint8Array.of(5, 6, 7, 8), 4]);
    expect(fate(nat, tcp4("ACK", 80, pool))).toBe("banned 3/13");
    expect(engine.counters.dropsByReason()).toEqual({ banned: 2 });
  });

  it("ends open connections, with a reset for the client, and others continue", () => {
    const { nat, engine } = local();
    connect(nat);
    connect(nat, 41_000, { source: OTHER, destination: OTHER_SERVER6 });
    send(nat, udp6(42_000, 53));
    engine.ban(lists(banned as never));
    expect(engine.isBanning).toBe(true);
    const { packets } = nat.advance(10);
    expect(packets.map(({ packet }) => seen(packet))).toMatchObject([
      { source: "2001:db8:64::c633:6402", destination: CLIENT, sourcePort: 80, destinationPort: 40_000 },
    ]);
    expect(packets[0].packet[53] & 4, "RST").toBe(4);
    expect(engine.isBanning).toBe(false);
    nat.advance(20);
    expect(engine.counters).toMatchObject({ sessionsCreated: 3, sessionsEnded: 2, sessions: 1 });
    expect(fate(nat, tcp6("ACK", 41_000, 80, { source: OTHER, destination: OTHER_SERVER6 }))).toBe("translated");
  });

  it("refuses new sessions of every kind, makes no state for them, and a lifted ban is over at once", () => {
    const { nat, engine } = local();
    engine.ban(lists(banned as never));
    expect(fate(nat, tcp6("SYN", 40_000, 80))).toBe(BANNED);
    expect(fate(nat, udp6(40_000, 53))).toBe(BANNED);
    expect(fate(nat, ping6(7))).toBe(BANNED);
    expect([engine.counters.sessions, engine.counters.bindings, engine.counters.clients]).toEqual([0, 0, 0]);
    engine.ban(lists({}));
    expect(fate(nat, udp6(40_000, 53))).toBe("translated");
  });

  it("applies to fragments: they are not held, and those that were held stay here", () => {
    const { nat, engine } = local();
    const payload = packet6(17, udp(40_000, 53, filler(40))).subarray(40);
    const [first, last] = [[0, true] as const, [24, false] as const].map(([at, more]) =>
      ipv6({
        source: CLIENT,
        destination: SERVER6,
        protocol: 17,
        extensions: [fragment(at, more, 9)],
        payload: more ? payload.subarray(0, 24) : payload.subarray(24),
      }),
    );
    expect(fate(nat, last)).toBe("held");
    engine.ban(lists(banned as never));
    expect(fate(nat, first)).toBe(BANNED);
    expect(fate(nat, last)).toMatch(/^banned/);
    expect(engine.counters.packetsToIPv4).toBe(0);
  });

  it("applies to ICMP errors of both sides", () => {
    const { nat, engine } = local();
    const pool = send(nat, udp6(40_000, 53)).sourcePort;
    const inner4 = packet4(17, udp(pool, 53, filler(12)), { source: POOL, destination: SERVER });
    const reply = only(feed(nat, udp4(53, pool)));
    engine.ban(lists(banned as never));
    expect(fate(nat, error4(3, 3, inner4, { source: SERVER }))).toBe("banned");
    expect(fate(nat, error4(11, 0, inner4, { source: "192.0.2.254" }))).toBe("banned");
    expect(fate(nat, error6(1, 4, reply))).toBe("banned");
  });

  it("applies to static bindings: nobody reaches them, and no session is made", () => {
    const binding = { protocol: "tcp", ipv6: CLIENT, ipv6Port: 80, ipv4: POOL, ipv4Port: 8080 };
    const { nat, engine } = local({ staticBindings: [binding] });
    send(nat, tcp4("SYN", 5000, 8080));
    engine.ban(lists(banned as never));
    expect(fate(nat, tcp4("ACK", 5000, 8080))).toBe("banned 3/13");
    nat.advance(1);
    expect(fate(nat, tcp4("SYN", 5001, 8080))).toBe("banned 3/13");
    expect(engine.counters.sessions).toBe(0);
  });

  it("applies to a stateless translator with mapped hosts, both ways", () => {
    const nat = stateless({ eam: [{ ipv4: "192.0.2.10", ipv6: CLIENT }] });
    nat.ban(lists(banned as never));
    expect(fate(nat, udp6(1000, 53))).toBe(BANNED);
    expect(fate(nat, udp4(53, 1000, { destination: "192.0.2.10" }))).toBe("banned 3/13");
    const inner = udp4(1000, 53, { source: "192.0.2.10", destination: SERVER });
    expect(fate(nat, error4(3, 3, inner, { source: "192.0.2.254", destination: "192.0.2.10" }))).toBe("banned");
  });

  it("continues in an engine that replaces this one", () => {
    const { nat, engine, config } = local();
    connect(nat);
    engine.ban(lists(banned as never));
    const next = createEngine(config, { random: repeatableRandom(), continues: engine });
    const after = new Nat64(next);
    expect(fate(after, tcp6("SYN", 41_000, 80))).toBe(BANNED);
    after.advance(1);
    after.advance(2);
    expect([next.counters.sessions, next.isBanning]).toEqual([0, false]);
  });
});

describe("between clients", () => {
  it("a banned one is not reached by hairpinning, and does not reach others", () => {
    const { nat, engine } = local();
    const pool = send(nat, udp6(7000, 53, { source: OTHER })).sourcePort;
    expect(fate(nat, udp6(40_000, pool, { destination: POOL6 }))).toBe("translated");
    engine.ban(lists({ clients: [OTHER] }));
    expect(fate(nat, udp6(40_000, pool, { destination: POOL6 }))).toBe(BANNED);
    expect(fate(nat, udp6(7000, 53, { source: OTHER, destination: POOL6 }))).toBe(BANNED);
  });

  it("a banned host with a mapping is not reached through a stateless translator", () => {
    const eam = [
      { ipv4: "192.0.2.10", ipv6: CLIENT },
      { ipv4: "192.0.2.20", ipv6: OTHER },
    ];
    const to = "2001:db8:64::192.0.2.20";
    const byClient = stateless({ eam });
    byClient.ban(lists({ clients: [OTHER] }));
    expect(fate(byClient, udp6(1000, 53, { destination: to }))).toBe(BANNED);
    const byAddress = stateless({ eam });
    byAddress.ban(lists({ destinations: ["192.0.2.20"] }));
    expect(fate(byAddress, udp6(1000, 53, { destination: to }))).toBe(BANNED);
    expect(fate(byAddress, udp6(1000, 53, { source: OTHER }))).toBe(BANNED);
  });
});

describe("the work of a ban", () => {
  it("is done in slices, and none of the sessions survives", () => {
    const tables = { sessions: 4096, clients: 64, fragmentedPackets: 64, heldBytes: 256 * 1024 };
    const { nat, engine } = local({ tables });
    for (let i = 0; i < 1500; i++) send(nat, udp6(1024 + i, 53));
    send(nat, udp6(5000, 53, { source: OTHER, destination: OTHER_SERVER6 }));
    engine.ban(lists({ clients: ["2001:db8:c1::/48"] }));
    let calls = 0;
    for (; engine.isBanning; calls++) {
      const before = engine.counters.sessions;
      const { nextInMs } = nat.advance(1);
      expect(nextInMs === 0).toBe(engine.isBanning);
      expect(before - engine.counters.sessions).toBeLessThanOrEqual(256);
    }
    expect(calls).toBeGreaterThanOrEqual(6);
    expect(engine.counters.sessions).toBe(1);
  });

  it("answers are limited in rate as all others are", () => {
    const { nat, engine } = local({ icmpErrors: { perSecond: 1, burst: 1 } });
    engine.ban(lists({ clients: [CLIENT] }));
    expect(fate(nat, udp6(1, 53))).toBe(BANNED);
    expect(fate(nat, udp6(2, 53))).toBe("banned");
    expect([engine.counters.icmpErrorsSent, engine.counters.icmpErrorsSuppressed]).toEqual([1, 1]);
  });
});

describe("peer exits", () => {
  const SELECTOR = 0x0101;
  const TEREDO = "2001:0:c000:205:1234:5678:39cd:9bf9";
  const P = "2001:db8:64::101:";

  it("a destination is banned through them too, both ways, and of peers no client ban takes note", () => {
    const peerExits = { pool: "2001:db8:64::/80" };
    const { nat, engine } = local({ pool: [], peerExits });
    engine.exits!.add(1, {
      selector: SELECTOR,
      teredo: parseIPv6(TEREDO),
      firstPort: 20_000,
      weight: 1,
      automatic: true,
      pinnable: true,
      published: new ExitPolicy([]),
    });
    engine.exits!.setUp(1, true);
    const out = send(nat, udp6(40_000, 53));
    const reply = () =>
      packet6(17, udp(53, out.sourcePort, filler(9)), { source: TEREDO, destination: `${P}${SERVER}` });
    engine.ban(lists({ clients: ["2001::/32"] }));
    expect(fate(nat, reply())).toBe("translated");
    engine.ban(lists({ destinations: [SERVER] }));
    expect(fate(nat, reply())).toMatch(/^banned/);
    expect(fate(nat, udp6(40_000, 53))).toBe(BANNED);
    expect(fate(nat, udp6(40_000, 53, { destination: SERVER6.replace("64::", "64::101:") }))).toBe(BANNED);
    engine.ban(lists({ clients: [CLIENT] }));
    expect(fate(nat, reply())).toMatch(/^banned/);
  });

  it("an IPv4 peer refuses banned destinations, tells the IPv6 peer, and drops what comes from them", () => {
    const engine = createEngine(
      {
        mode: "exit",
        ownAddresses: { ipv6: "::", ipv4: "192.0.0.8" },
        mtu: { ipv6: 1280, ipv4: 1500, lowestIPv6: 1280 },
        allowSpecialPurpose: true,
      },
      { random: repeatableRandom() },
    );
    const prefix = parseIPv6("2001:db8:64::101:0:0");
    const refusals = compileRefusals({ allow: LABORATORY_BLOCKS });
    engine.pairs!.set(0, {
      teredo: parseIPv6(TEREDO),
      prefix: [prefix[0], prefix[1], prefix[2]],
      local: parseIPv4("198.18.0.1"),
      rules: new ExitRules({ internet: true, published: [], refused: [] }, refusals),
    });
    const nat = new Nat64(engine);
    const out = (server: string) =>
      packet6(17, udp(20_001, 53, filler(9)), { source: `${P}${server}`, destination: TEREDO });
    expect(send(nat, out(SERVER))).toMatchObject({ destination: SERVER });
    engine.ban(lists({ destinations: [SERVER], clients: ["::/0"] }));
    const told = only(feed(nat, out(SERVER)));
    expect(seen(told)).toMatchObject({ icmp: "1/1", source: "2001:0:c000:205:1234:5678:39cd:9bf9" });
    expect(fate(nat, udp4(53, 20_001, { destination: "198.18.0.1" }))).toMatch(/^banned/);
    expect(send(nat, out(OTHER_SERVER))).toMatchObject({ destination: OTHER_SERVER });
  });
});

it("pongs of a banned destination are dropped", () => {
  const { nat, engine } = local();
  const identifier = send(nat, ping6(7)).sourcePort;
  engine.ban(lists({ destinations: [SERVER] }));
  expect(fate(nat, pong4(identifier))).toBe("banned 3/13");
});
