/** The configuration file as zod sees it: shape, limits and defaults of every key. */
import { z } from "zod";
import {
  checkIPv4,
  checkIPv4Block,
  checkIPv6,
  flag,
  integer,
  list,
  oneOf,
  parseListen,
  portRange,
  table,
  text,
  wordOrInteger,
} from "./fields.ts";
import type { ConfigFile } from "./file.ts";
import { refuseGroup } from "./group.ts";
import { refuseExtraPrefix, refusePeerPrefix } from "./prefix.ts";

const DAY = 86_400;

/** RFC 4787 REQ-5, RFC 5382 REQ-4 and REQ-5, RFC 5508 REQ-2, RFC 6146 §4: the least that each timer may be. */
const timers = table({
  udp: integer(120, 7 * DAY, " of seconds").default(300),
  "tcp-established": integer(7440, 7 * DAY, " of seconds").default(7440),
  "tcp-transitory": integer(240, 7 * DAY, " of seconds").default(240),
  "tcp-incoming-syn": integer(6, 7 * DAY, " of seconds").default(6),
  icmp: integer(60, 7 * DAY, " of seconds").default(60),
  fragment: integer(2, 7 * DAY, " of seconds").default(10),
});

const poolRange = z.preprocess(
  (value) => (typeof value === "string" ? { address: value } : value),
  table({
    address: text("an IPv4 address or block such as 203.0.113.64/28", checkIPv4Block),
    tcp: portRange(1).optional(),
    udp: portRange(1).optional(),
    icmp: portRange(0).optional(),
  }),
);

const staticBinding = table({
  protocol: oneOf(["tcp", "udp", "icmp"]),
  ipv6: text("an IPv6 address", checkIPv6),
  "ipv6-port": integer(0, 65_535),
  ipv4: text("an IPv4 address of the pool", checkIPv4),
  "ipv4-port": integer(0, 65_535),
});

const clientCaps = orNone(
  table(
    {
      sessions: wordOrInteger("none", 1, 2 ** 24).optional(),
      "new-sessions-per-second": wordOrInteger("none", 1, 1_000_000).optional(),
      "packets-per-second": wordOrInteger("none", 1, 100_000_000).optional(),
    },
    'a table or "none"',
  ),
  ["sessions", "new-sessions-per-second", "packets-per-second"],
);

const caps = orNone(
  table(
    { "64": clientCaps.prefault({}), "56": clientCaps.prefault({}), "48": clientCaps.prefault({}) },
    'a table or "none"',
  ),
  ["64", "56", "48"],
);

const localExit = table({
  mode: oneOf(["pool", "masquerade"]),
  pool: list("IPv4 addresses and blocks", poolRange, 1).optional(),
  "static-bindings": list("tables", staticBinding).default([]),
});

const translator = table({
  "own-ipv4": text("an IPv4 address", checkIPv4).default("192.0.0.8"),
  filtering: oneOf(["endpoint-independent", "address-dependent", "address-and-port-dependent"]).default(
    "endpoint-independent",
  ),
  hairpinning: flag().default(true),
  "udp-zero-checksum": oneOf(["compute", "drop"]).default("compute"),
  "traffic-class-to-ipv6": wordOrInteger("copy", 0, 255).default("copy"),
  "traffic-class-to-ipv4": wordOrInteger("copy", 0, 255).default("copy"),
});

const host = table({
  interface: text("a name for the TUN device", (value) =>
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,14}$/.test(value)
      ? undefined
      : `${JSON.stringify(value)} is no name for a network interface: 1 to 15 letters, digits, "-" and "_"`,
  ).default("nat64"),
  "forward-others": flag().default(false),
});

const socketPath = text("the absolute path of a Unix socket", (value) => {
  if (!value.startsWith("/")) return "expected an absolute path";
  // sun_path of struct sockaddr_un holds 108 bytes with the final zero (unix(7)).
  return Buffer.byteLength(value) > 107 ? "the path of a Unix socket has at most 107 bytes" : undefined;
});

const listen = text('an address and port such as "127.0.0.1:9464" or "[::1]:9464", or "off"', (value) =>
  value === "off" || parseListen(value) !== undefined
    ? undefined
    : 'expected an address and port such as "127.0.0.1:9464" or "[::1]:9464", or "off"',
);

/** The whole file. `isLab` is the value of its `lab` key: it decides which prefixes are refused. */
export function configSchema(isLab: boolean): z.ZodType<ConfigFile> {
  return table({
    prefix: text('a routed IPv6 prefix of length 80 such as "2001:db8:64::/80"', (value) =>
      refusePeerPrefix(value, isLab),
    ),
    "extra-prefixes": list(
      "IPv6 prefixes",
      text("an IPv6 prefix", (value) => refuseExtraPrefix(value, isLab)),
    ).default([]),
    lab: flag().default(false),
    "local-exit": localExit,
    translator: translator.prefault({}),
    mtu: table({
      ipv6: integer(1280, 65_535, " of bytes").default(1500),
      ipv4: integer(576, 65_535, " of bytes").default(1500),
      "lowest-ipv6": integer(1280, 65_535, " of bytes").default(1280),
    }).prefault({}),
    "icmp-errors": table({
      "per-second": integer(0, 1_000_000).default(1000),
      burst: integer(0, 1_000_000).default(100),
    }).prefault({}),
    timers: timers.prefault({}),
    tables: table({
      sessions: integer(16, 2 ** 24).default(65_536),
      clients: integer(16, 2 ** 24).optional(),
      "fragmented-packets": integer(16, 2 ** 20).default(1024),
      "held-bytes": integer(128 * 1024, 2 ** 30, " of bytes").default(2 * 1024 * 1024),
    }).prefault({}),
    caps: caps.prefault({}),
    host: host.prefault({}),
    control: table({
      socket: socketPath.default("/run/v6peer/control.sock"),
      group: text("the name of a group", refuseGroup).optional(),
    }).prefault({}),
    metrics: table({ listen: listen.default("127.0.0.1:9464") }).prefault({}),
    log: table({
      level: oneOf(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
    }).prefault({}),
  });
}

/** "none" for a table says so of each of its keys. */
function orNone<Table extends z.ZodType>(inner: Table, keys: readonly string[]): z.ZodPreprocess<Table> {
  return z.preprocess(
    (value) => (value === "none" ? Object.fromEntries(keys.map((key) => [key, "none"])) : value),
    inner,
  );
}
