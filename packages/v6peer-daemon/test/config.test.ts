import { describe, expect, it } from "vitest";
import { formatProblem, parseConfig } from "../src/config/index.ts";

const GOOD = `prefix = "2a00:1234:5678:9::/80"
[local-exit]
mode = "pool"
pool = ["192.88.98.64/28"]
`;

/** The problems of a text as `line:column: key: message`. */
function problems(text: string): readonly string[] {
  const result = parseConfig(text);
  if (!("length" in result)) return [];
  return result.map((problem) => formatProblem("f", problem).replace("f:", ""));
}

describe("a good configuration", () => {
  it("gets every default and the addresses of design §3", () => {
    const config = parseConfig(GOOD);
    expect(config).toMatchObject({
      nat64Prefix: "2a00:1234:5678:9::/96",
      routedPrefixes: ["2a00:1234:5678:9::/80"],
      routedIPv4: ["192.88.98.64/28", "192.0.0.8"],
      metrics: { host: "127.0.0.1", port: 9464 },
      engine: {
        mode: "stateful",
        prefixes: ["2a00:1234:5678:9::/96"],
        ownAddresses: { ipv6: "2a00:1234:5678:9:0:ffff:0:1", ipv4: "192.0.0.8" },
        pool: [{ address: "192.88.98.64/28" }],
        timers: { udp: 300, tcpEstablished: 7440, tcpTransitory: 240, tcpIncomingSyn: 6, icmp: 60, fragment: 10 },
        allowSpecialPurpose: false,
        caps: {},
      },
    });
  });

  it("takes a documentation prefix with the lab switch", () => {
    expect(problems(`lab = true\n${GOOD.replace("2a00:1234:5678:9::", "2001:db8:64::")}`)).toEqual([]);
  });

  it("needs no pool for a masquerade and then uses an address of 198.18.0.0/15", () => {
    const config = parseConfig('prefix = "2a00:1234:5678:9::/80"\n[local-exit]\nmode = "masquerade"\n');
    expect(config).toMatchObject({ engine: { pool: [{ address: "198.18.64.1" }] } });
  });

  it("hands on port ranges, static bindings and caps", () => {
    const config = parseConfig(`${GOOD.replace('"192.88.98.64/28"', '{ address = "192.88.98.64", tcp = [2000, 2999] }')}
[[local-exit.static-bindings]]
protocol = "tcp"
ipv6 = "2a00:1234:5678:1::80"
ipv6-port = 8080
ipv4 = "192.88.98.64"
ipv4-port = 80
[caps.64]
sessions = 2000
[caps.48]
packets-per-second = 100000
[metrics]
listen = "off"
`);
    expect(config).toMatchObject({
      metrics: undefined,
      engine: {
        pool: [{ address: "192.88.98.64", tcp: [2000, 2999] }],
        staticBindings: [
          { protocol: "tcp", ipv6: "2a00:1234:5678:1::80", ipv6Port: 8080, ipv4: "192.88.98.64", ipv4Port: 80 },
        ],
        caps: { "64": { sessions: 2000 }, "48": { packetsPerSecond: 100_000 } },
      },
    });
  });
});

describe("the prefix", () => {
  const withPrefix = (prefix: string) => problems(GOOD.replace("2a00:1234:5678:9::/80", prefix));
  it.each([
    [
      "fd00:1::/80",
      "1:1: prefix: fd00:1::/80 is not globally routable (fc00::/7: Unique-Local, RFC 4193, RFC 8190), so nobody could reach it; use a prefix that your provider routes to you",
    ],
    [
      "2001:db8:64::/80",
      '1:1: prefix: 2001:db8:64::/80 is a documentation prefix (2001:db8::/32, RFC 3849), which no network routes; only "lab = true" allows it',
    ],
    [
      "2a00:1:2:3::/64",
      '1:1: prefix: expected a prefix of length 80, such as 2a00:1:2:3::/80, found "2a00:1:2:3::/64"',
    ],
    [
      "2a00:1:2:3:ab00::/80",
      "1:1: prefix: 2a00:1:2:3:ab00::/80 sets bits 64–71, which RFC 6052 §2.2 wants to be zero: the fifth group has to be 00xx",
    ],
    ["2a00:1:2:3:0:1::/80", '1:1: prefix: "2a00:1:2:3:0:1::/80" has bits set behind its first 80.'],
    [
      "2001:0:1::/80",
      "1:1: prefix: 2001:0:1::/80 is not globally routable (2001::/32: TEREDO, RFC 4380, RFC 8190), so nobody could reach it; use a prefix that your provider routes to you",
    ],
    ["192.0.2.0/24", "1:1: prefix: 192.0.2.0/24 is an IPv4 prefix; a routed IPv6 prefix of length 80 is needed"],
    ["hello", '1:1: prefix: "hello" is not a prefix: expected an address, "/" and a length.'],
  ])("%s is refused with the reason", (prefix, expected) => {
    expect(withPrefix(prefix)).toEqual([expected]);
  });

  it("is needed", () => {
    expect(problems(GOOD.replace(/^prefix.*\n/, ""))).toEqual([
      '1:1: prefix: expected a routed IPv6 prefix of length 80 such as "2001:db8:64::/80", found nothing',
    ]);
  });
});

describe("a wrong file says line, column, key, what is expected and what was found", () => {
  it.each([
    [
      "a wrong type",
      `${GOOD}[timers]\nudp = "five"\n`,
      '6:1: timers.udp: expected a whole number of seconds from 120 to 604800, found "five"',
    ],
    [
      "a value below the least that an RFC allows",
      `${GOOD}[timers]\nudp = 60\n`,
      "6:1: timers.udp: expected a whole number of seconds from 120 to 604800, found 60",
    ],
    [
      "a word that is none of the few",
      GOOD.replace('"pool"', '"nat"'),
      '3:1: local-exit.mode: expected one of "pool", "masquerade", found "nat"',
    ],
    ["a misspelt key", `${GOOD}[log]\nlevle = "info"\n`, '6:1: log.levle: unknown key; did you mean "level"?'],
    [
      "a key with underscores",
      `extra_prefixes = []\n${GOOD}`,
      '1:1: extra_prefixes: unknown key; did you mean "extra-prefixes"?',
    ],
    ["a key like no other", `${GOOD}[control]\nport = 1\n`, "6:1: control.port: unknown key; expected socket"],
    ["a table where a value belongs", `${GOOD}[lab]\n`, "5:2: lab: expected true or false, found a table"],
    ["a value where a table belongs", `log = "info"\n${GOOD}`, '1:1: log: expected a table, found "info"'],
    [
      "one address of several",
      GOOD.replace('"192.88.98.64/28"', '"192.88.98.64/28", "192.88.98.300"'),
      '4:28: local-exit.pool[1]: "192.88.98.300" is not an IPv4 address.',
    ],
    [
      "a range that is empty",
      GOOD.replace('["192.88.98.64/28"]', '[{ address = "192.88.98.64", udp = [9, 8] }]'),
      "4:37: local-exit.pool[0].udp: the range is empty: its first number, 9, is larger than its last, 8",
    ],
    [
      "pool entries that overlap",
      GOOD.replace("/28", '/28", "192.88.98.65'),
      "4:28: local-exit.pool[1]: 192.88.98.65 overlaps 192.88.98.64/28",
    ],
    [
      "an empty pool",
      GOOD.replace('["192.88.98.64/28"]', "[]"),
      "4:1: local-exit.pool: expected a list of IPv4 addresses and blocks with at least 1 of them, found an empty array",
    ],
    [
      "a pool that is missing",
      GOOD.replace(/^pool.*\n/m, ""),
      '2:2: local-exit.pool: expected a list of routed IPv4 addresses, found nothing: mode "pool" needs them',
    ],
    [
      "a further prefix inside the /80",
      `extra-prefixes = ["2a00:1234:5678:9::/96"]\n${GOOD}`,
      '1:19: extra-prefixes[0]: 2a00:1234:5678:9::/96 overlaps "prefix" (2a00:1234:5678:9::/80)',
    ],
    [
      "a further prefix of a length that RFC 6052 does not know",
      `extra-prefixes = ["64:ff9b:1::/80"]\n${GOOD}`,
      '1:19: extra-prefixes[0]: expected a prefix of length 32, 40, 48, 56, 64 or 96 (RFC 6052 §2.2), found "64:ff9b:1::/80"',
    ],
    [
      "a relative socket path",
      `${GOOD}[control]\nsocket = "v6peer.sock"\n`,
      '6:1: control.socket: expected an absolute path, found "v6peer.sock"',
    ],
    [
      "a listen address without port",
      `${GOOD}[metrics]\nlisten = "::1"\n`,
      '6:1: metrics.listen: expected an address and port such as "127.0.0.1:9464" or "[::1]:9464", or "off", found "::1"',
    ],
    [
      "a name that no interface can have",
      `${GOOD}[host]\ninterface = "a/b"\n`,
      '6:1: host.interface: "a/b" is no name for a network interface: 1 to 15 letters, digits, "-" and "_"',
    ],
    ["a syntax error", `${GOOD}[log\n`, "6:1: not valid TOML: unterminated table-key"],
    ["a key that is there twice", `${GOOD}mode = "pool"\n`, "5:1: not valid TOML"],
    [
      "a static binding outside the pool",
      `${GOOD}[[local-exit.static-bindings]]\nprotocol = "udp"\nipv6 = "2a00::1"\nipv6-port = 1\nipv4 = "192.88.98.1"\nipv4-port = 1\n`,
      "9:1: local-exit.static-bindings[0].ipv4: 192.88.98.1 is not an address of the pool",
    ],
  ])("%s", (_, text, expected) => {
    expect(problems(text)).toEqual([expect.stringContaining(expected)]);
  });

  it("reports all problems at once, in the order of the file", () => {
    expect(problems(`${GOOD.replace("/80", "/79")}[log]\nlevel = 3\nnope = 1\n[mtu]\nipv6 = 1000\n`)).toEqual([
      expect.stringMatching(/^1:1: prefix: /),
      expect.stringMatching(/^6:1: log\.level: expected one of .*found 3$/),
      expect.stringMatching(/^7:1: log\.nope: unknown key/),
      expect.stringMatching(/^9:1: mtu\.ipv6: expected a whole number of bytes from 1280 to 65535, found 1000$/),
    ]);
  });
});
