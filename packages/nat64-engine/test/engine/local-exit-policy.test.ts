/** What the local exit refuses: RFC 6146 leaves it to policy (§3.5), and the client is told with ICMPv6 1/1. */
import { parseIPv4, parseIPv6 } from "@nat64/rfc6052";
import { describe, expect, test } from "vitest";
import type { StatefulConfig } from "../../src/config/config.ts";
import { createEngine } from "../../src/create-engine.ts";
import { ExitPolicy, type ExitPolicyRow } from "../../src/exits/exit-policy.ts";
import { Nat64 } from "../../src/simple.ts";
import { filler, fragment, icmp, ipv4, ipv6, tcp, u32, udp, withChecksum } from "../packet/build.ts";
import { CLIENT, FLAG, only, POOL, repeatableRandom, SERVER, STATEFUL, stateful } from "./support.ts";

const TCP = 6;
const UDP = 17;
const REFUSED: readonly ExitPolicyRow[] = [
  { network: parseIPv4("198.51.100.80"), length: 32, protocol: 0, firstPort: 0, lastPort: 65_535 },
  { network: 0, length: 0, protocol: TCP, firstPort: 25, lastPort: 25 },
  { network: 0, length: 0, protocol: UDP, firstPort: 1900, lastPort: 1900 },
];
const to = (address: string, dport: number, sport = 40_000) =>
  withChecksum(
    ipv6({
      source: CLIENT,
      destination: `2001:db8:64::${address}`,
      protocol: UDP,
      payload: udp(sport, dport, filler(8)),
    }),
  );
const syn = (address: string, dport: number) => {
  const segment = tcp(40_000, dport, filler(0));
  segment[13] = FLAG.syn;
  return withChecksum(
    ipv6({ source: CLIENT, destination: `2001:db8:64::${address}`, protocol: TCP, payload: segment }),
  );
};
const ping = (address: string) =>
  withChecksum(
    ipv6({
      source: CLIENT,
      destination: `2001:db8:64::${address}`,
      protocol: 58,
      payload: icmp(128, 0, [1, 2, 0, 1], filler(8)),
    }),
  );

function engineWith(changes: Partial<StatefulConfig> = {}, continues?: ReturnType<typeof createEngine>) {
  const config = { ...STATEFUL, refusedByLocalExit: REFUSED, ...changes };
  return createEngine(config, { random: repeatableRandom(), ...(continues && { continues }) });
}

describe("the policy of the local exit", () => {
  const refused = { refusedByLocalExit: REFUSED };

  test.each([
    ["a network, by UDP", to("198.51.100.80", 53)],
    ["a network, by TCP", syn("198.51.100.80", 80)],
    ["a network, by ping", ping("198.51.100.80")],
    ["a TCP port", syn(SERVER, 25)],
    ["a UDP port", to(SERVER, 1900)],
  ])("refuses %s, tells the client, and keeps no session", (_, packet) => {
    const nat = stateful(refused);
    const outcome = nat.fromIPv6(packet, 0);
    expect(outcome.dropped).toBe("refused-by-policy");
    const error = only(outcome);
    expect([error[40], error[41]]).toEqual([1, 1]);
    expect(nat.counters).toMatchObject({ sessions: 0, bindings: 0, clients: 0 });
  });

  test("leaves everything else alone, and the same port of the other protocol", () => {
    const nat = stateful(refused);
    for (const packet of [to(SERVER, 53), to(SERVER, 25), syn(SERVER, 1900), ping(SERVER)])
      only(nat.fromIPv6(packet, 0));
  });

  test("refuses the later fragments with the first one", () => {
    const nat = stateful(refused);
    const whole = udp(40_000, 1900, filler(904 - 8), 2000);
    // UDP without a checksum is refused for that.
    whole[6] = 0x12;
    const first = ipv6({
      source: CLIENT,
      destination: `2001:db8:64::${SERVER}`,
      protocol: UDP,
      extensions: [fragment(0, true, 7)],
      payload: whole,
    });
    const second = ipv6({
      source: CLIENT,
      destination: `2001:db8:64::${SERVER}`,
      protocol: UDP,
      extensions: [fragment(904, false, 7)],
      payload: filler(1096),
    });
    for (const each of [first, second]) expect(nat.fromIPv6(each, 0).dropped).toBe("refused-by-policy");
  });

  test("holds for open sessions from the moment when it changes", () => {
    const before = engineWith({ refusedByLocalExit: [] });
    only(new Nat64(before).fromIPv6(to("198.51.100.80", 53), 0));
    const nat = new Nat64(engineWith({}, before));
    expect(nat.fromIPv6(to("198.51.100.80", 53), 1).dropped).toBe("refused-by-policy");
    // Neither data nor an ICMP error about what came from there.
    const inside = withChecksum(
      ipv6({
        source: "2001:db8:64::198.51.100.80",
        destination: CLIENT,
        protocol: UDP,
        payload: udp(53, 40_000, filler(8)),
      }),
    );
    const error = withChecksum(
      ipv6({
        source: CLIENT,
        destination: "2001:db8:64::198.51.100.80",
        protocol: 58,
        payload: icmp(1, 4, u32(0), inside),
      }),
    );
    expect(nat.fromIPv6(error, 1).dropped).toBe("refused-by-policy");
  });

  test("lets a published service answer to any port, but not to any address", () => {
    const binding = { protocol: "udp", ipv6: CLIENT, ipv6Port: 123, ipv4: POOL, ipv4Port: 123 } as const;
    const nat = stateful({ ...refused, staticBindings: [binding] });
    const question = withChecksum(
      ipv4({ source: SERVER, destination: POOL, protocol: UDP, payload: udp(1900, 123, filler(8)) }),
    );
    only(nat.fromIPv4(question, 0));
    only(nat.fromIPv6(to(SERVER, 1900, 123), 0));
    expect(nat.fromIPv6(to("198.51.100.80", 53, 123), 0).dropped).toBe("refused-by-policy");
  });

  describe("this host's own addresses", () => {
    const HOST = "198.51.100.7";
    const host = { hostAddresses: [`${HOST}/32`] };
    const fromHost = (dport: number, sport = 53) =>
      withChecksum(ipv4({ source: HOST, destination: POOL, protocol: UDP, payload: udp(sport, dport, filler(8)) }));

    test("are refused, except in what the host itself has opened", () => {
      const nat = stateful(host);
      only(nat.fromIPv6(to(SERVER, 53), 0));
      const [{ pool }] = nat.sessions(0);
      expect(nat.fromIPv6(to(HOST, 53), 0).dropped).toBe("refused-by-policy");
      only(nat.fromIPv4(fromHost(pool.port), 0));
      for (const now of [1, 2]) only(nat.fromIPv6(to(HOST, 53), now));
      expect(nat.fromIPv6(to(HOST, 54), 3).dropped).toBe("refused-by-policy");
      expect(nat.fromIPv6(ping(HOST), 3).dropped).toBe("refused-by-policy");
    });

    test("are not reached by a connection that the host had opened before", () => {
      const nat = stateful(host);
      only(nat.fromIPv6(syn(SERVER, 80), 0));
      const [{ pool }] = nat.sessions(0);
      const segment = tcp(5000, pool.port, filler(0));
      segment[13] = FLAG.syn;
      only(nat.fromIPv4(withChecksum(ipv4({ source: HOST, destination: POOL, protocol: TCP, payload: segment })), 0));
      expect(nat.fromIPv6(syn(HOST, 5000), 0).dropped).toBe("refused-by-policy");
    });

    test("are not reached by sessions that are older than the address", () => {
      const before = engineWith({ refusedByLocalExit: [] });
      const old = new Nat64(before);
      for (const address of [HOST, SERVER]) only(old.fromIPv6(to(address, 53), 0));
      const nat = new Nat64(engineWith(host, before));
      expect(nat.sessions(1)).toHaveLength(1);
      expect(nat.fromIPv6(to(HOST, 53), 1).dropped).toBe("refused-by-policy");
      expect(nat.counters).toMatchObject({ sessionsCreated: 2, sessionsLost: 1 });
      only(nat.fromIPv6(to(SERVER, 53), 1));
    });
  });

  test("does not concern clients of a peer exit", () => {
    const peers = { prefixes: ["2001:db8:64::/96"], peerExits: { pool: "2001:db8:64::/80" } };
    const withExit = (localWeight: number) => {
      const engine = engineWith({ ...peers, peerExits: { ...peers.peerExits, localWeight } });
      engine.exits?.add(1, {
        selector: 0x101,
        teredo: parseIPv6("2001:0:c000:205:1234:5678:39cd:9bf9"),
        firstPort: 20_000,
        weight: 1,
        automatic: true,
        pinnable: true,
        published: new ExitPolicy([]),
      });
      engine.exits?.setUp(1, localWeight === 0);
      return new Nat64(engine);
    };
    expect(only(withExit(0).fromIPv6(syn(SERVER, 25), 0))[0] >>> 4).toBe(6);
    const local = withExit(1);
    const outcome = local.fromIPv6(syn(SERVER, 25), 0);
    expect([outcome.dropped, outcome.packets.length]).toEqual(["refused-by-policy", 1]);
    expect(local.counters).toMatchObject({ sessions: 0, bindings: 0 });
  });
});
