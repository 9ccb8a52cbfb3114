import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatProblem, loadConfig, parseConfig } from "../src/config/index.ts";

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

function binding(ipv6: string, ipv6Port: number, ipv4Port: number): string {
  return `[[local-exit.static-bindings]]
protocol = "udp"
ipv6 = "${ipv6}"
ipv6-port = ${ipv6Port}
ipv4 = "192.88.98.64"
ipv4-port = ${ipv4Port}
`;
}

describe("a good configuration", () => {
  it("may have the translator's own IPv4 address in the pool, which is then routed once", () => {
    const config = parseConfig(`${GOOD}[translator]\nown-ipv4 = "192.88.98.65"\n`);
    expect(config).toMatchObject({
      routedIPv4: ["192.88.98.64/28"],
      engine: { ownAddresses: { ipv4: "192.88.98.65" }, pool: [{ address: "192.88.98.64/28" }] },
    });
  });

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
        caps: {
          "64": { sessions: 4096 },
          "56": { sessions: 8192 },
          "48": { sessions: 16_384 },
        },
        tables: { sessions: 65_536, clients: 65_536 },
        trafficClass: { toIPv6: "copy", toIPv4: "copy" },
      },
    });
  });

  it("refuses the lab switch together with a prefix that the world can reach", () => {
    expect(problems(`lab = true\n${GOOD}`)[0]).toMatch(/^2:1: prefix: .* globally routable, and "lab = true" would/);
  });

  it("refuses the lab switch together with a further prefix that the world can reach, too", () => {
    const lab = `lab = true\n${GOOD.replace("2a00:1234:5678:9::", "2001:db8:64::")}`;
    expect(problems(`extra-prefixes = ["64:ff9b::/96", "2a00:1:2::/96"]\n${lab}`)).toEqual([
      expect.stringMatching(/^1:35: extra-prefixes\[1\]: 2a00:1:2::\/96 is globally routable, and "lab = true" would/),
    ]);
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
[caps]
56 = "none"
[caps.64]
sessions = 2000
new-sessions-per-second = "none"
[caps.48]
new-sessions-per-second = 300
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
      },
    });
    expect(config).toHaveProperty("engine.caps", {
      "64": { sessions: 2000 },
      "56": {},
      "48": { sessions: 16_384, newSessionsPerSecond: 300, packetsPerSecond: 100_000 },
    });
  });

  it("has caps that follow from the size of the session table, and none at all for caps = none", () => {
    expect(parseConfig(`${GOOD}[tables]\nsessions = 16\n`)).toMatchObject({
      engine: {
        caps: {
          "64": { sessions: 1 },
          "56": { sessions: 2 },
          "48": { sessions: 4 },
        },
      },
    });
    expect(parseConfig(`caps = "none"\n${GOOD}`)).toHaveProperty("engine.caps", { "64": {}, "56": {}, "48": {} });
  });

  it("hands on what becomes of the traffic class", () => {
    const text = `${GOOD}[translator]\ntraffic-class-to-ipv6 = 0\ntraffic-class-to-ipv4 = "copy"\n`;
    expect(parseConfig(text)).toMatchObject({ engine: { trafficClass: { toIPv6: 0, toIPv4: "copy" } } });
  });

  it("takes the name of a group that this host has", () => {
    expect(problems(`${GOOD}[control]\ngroup = "root"\n`)).toEqual([]);
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
      '1:1: prefix: "2a00:1:2:3:ab00::/80" sets bits 64–71. RFC 6052 §2.2 requires them to be zero, so the fifth group must be 00xx.',
    ],
    ["2a00:1:2:3:0:1::/80", '1:1: prefix: "2a00:1:2:3:0:1::/80" has bits set after the first 80.'],
    [
      "2001:0:1::/80",
      "1:1: prefix: 2001:0:1::/80 is not globally routable (2001::/32: TEREDO, RFC 4380, RFC 8190), so nobody could reach it; use a prefix that your provider routes to you",
    ],
    ["2a00:1:2:3::/96", '1:1: prefix: "2a00:1:2:3::/96" is a /96; expected a /80.'],
    ["192.0.2.0/24", '1:1: prefix: "192.0.2.0/24" is an IPv4 prefix; expected an IPv6 /80.'],
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
    [
      "a key of three letters like no other",
      `foo = 1\n${GOOD}`,
      "1:1: foo: unknown key; expected one of prefix, extra-prefixes, bandwidth, lab, ",
    ],
    ["a short key that is misspelt", `${GOOD}[logs]\n`, '5:2: logs: unknown key; did you mean "log"?'],
    [
      "a key like no other",
      `${GOOD}[control]\nport = 1\n`,
      "6:1: control.port: unknown key; expected one of socket, group",
    ],
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
      "1:19: extra-prefixes[0]: A /80 cannot embed IPv4 addresses. RFC 6052 allows only /32, /40, /48, /56, /64, /96.",
    ],
    [
      "a cap of nothing",
      `${GOOD}[caps.64]\nsessions = 0\n`,
      '6:1: caps.64.sessions: expected "none" or a whole number from 1 to 16777216, found 0',
    ],
    ["a word for a table of caps", `caps = "off"\n${GOOD}`, '1:1: caps: expected a table or "none", found "off"'],
    ["caps of another length", `${GOOD}[caps.60]\nsessions = 1\n`, "5:2: caps.60: unknown key"],
    [
      "a traffic class that does not fit a byte",
      `${GOOD}[translator]\ntraffic-class-to-ipv4 = 256\n`,
      '6:1: translator.traffic-class-to-ipv4: expected "copy" or a whole number from 0 to 255, found 256',
    ],
    [
      "a group that does not exist",
      `${GOOD}[control]\ngroup = "no-such-group"\n`,
      '6:1: control.group: there is no group "no-such-group" on this host',
    ],
    ["a number for a group", `${GOOD}[control]\ngroup = "0"\n`, '6:1: control.group: there is no group "0"'],
    [
      "two static bindings of one port",
      GOOD + binding("2a00::1", 1, 80) + binding("2a00::1", 2, 80),
      "11:3: local-exit.static-bindings[1]: an earlier static binding has the same IPv4 address and port",
    ],
    [
      "two static bindings of one host and port",
      GOOD + binding("2a00::1", 1, 80) + binding("2a00:0::1", 1, 81),
      "11:3: local-exit.static-bindings[1]: an earlier static binding has the same IPv6 address and port",
    ],
    [
      "a static binding of port 0",
      GOOD + binding("2a00::1", 0, 80),
      "8:1: local-exit.static-bindings[0].ipv6-port: expected a port from 1 to 65535, found 0",
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
      '6:1: host.interface: expected a name for a network interface: 1 to 15 letters, digits, "-" and "_", found "a/b"',
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

describe("a file that", () => {
  const directory = mkdtempSync(join(tmpdir(), "v6pd-"));
  const [large, pipe] = [join(directory, "large"), join(directory, "pipe")];
  beforeAll(() => {
    writeFileSync(large, `${GOOD}#${"é".repeat(512 * 1024)}`);
    execFileSync("mkfifo", [pipe]);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it.each([
    ["never ends", "/dev/zero", "it is not a regular file"],
    ["is a pipe that nobody writes to", pipe, "it is not a regular file"],
    ["is a directory", directory, "it is a directory"],
    ["is not there", join(directory, "absent"), "there is no such file"],
    ["has more bytes than any configuration", large, "it has more than 1048576 bytes"],
  ])("%s is refused with the reason", (_, path, reason) => {
    expect(() => loadConfig(path)).toThrow(
      expect.objectContaining({ message: `${path}:1:1: cannot be read: ${reason}` }),
    );
  });

  it("is as large as a file may be is read", () => {
    const text = `${GOOD}#`;
    writeFileSync(large, text + "x".repeat(1024 * 1024 - text.length));
    expect(loadConfig(large).nat64Prefix).toBe("2a00:1234:5678:9::/96");
  });
});
