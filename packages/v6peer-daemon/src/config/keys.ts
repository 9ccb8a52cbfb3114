/**
 * The keys of the configuration file: type, limits and default of each, as a zod schema. To add one: here, its type in
 * `config-file.ts`, its explanation in `v6peer.example.toml`, and in `reload.ts` if a reload can change it.
 */
import {
  absolutePath,
  clientAuditLogTable,
  complaintsTable,
  deviceName,
  flag,
  hostName,
  integer,
  invite,
  list,
  listenAddressOrOff,
  logLevel,
  oneOf,
  peerId,
  pin,
  printable,
  refuseGroup,
  socketPath,
  table,
  text,
} from "@nat64/daemon-kit/config";
import { refusedFields } from "@nat64/daemon-kit/exit-policy";
import { DEFAULT_EXITS, DEFAULT_PORT, MAX_EXITS, MAX_WANTS } from "@nat64/peer-protocol";
import { z } from "zod";
import { bandwidthSchema } from "./bandwidth.ts";
import type { ConfigFile } from "./config-file.ts";
import { checkIPv4, checkIPv4Block, checkIPv6, checkIPv6Prefix, portRange, wordOrInteger } from "./fields.ts";
import { refuseExtraPrefix, refusePeerPrefix, refuseRelayAddress } from "./prefix.ts";
import { sharingSchema } from "./sharing.ts";

const DAY = 86_400;

/** Minimum values: RFC 4787 REQ-5, RFC 5382 REQ-4 and REQ-5, RFC 5508 REQ-2, RFC 6146 §4. */
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
  policy: table(refusedFields).prefault({}),
  "static-bindings": list("tables", staticBinding).default([]),
});

const coordinator = table({
  host: hostName(),
  port: integer(1, 65_535).default(DEFAULT_PORT),
  pin: pin().optional(),
  ca: absolutePath("a file").optional(),
  invite: invite(1).optional(),
  listed: flag().default(false),
  abuse: printable("an e-mail address or URL", 254),
  state: absolutePath("a directory").default("/var/lib/v6peer"),
});

const peerExits = (isLab: boolean) =>
  table({
    count: integer(1, MAX_EXITS).default(DEFAULT_EXITS),
    relay: oneOf(["system", "builtin"]).default("system"),
    "relay-address": text("an IPv4 address of this host", (value) => refuseRelayAddress(value, isLab)).optional(),
    "relay-port": integer(1024, 65_535).default(3545),
    serves: list("IPv6 prefixes", text("an IPv6 prefix", checkIPv6Prefix)).default([]),
    wants: list("peer ids", peerId(), 0, MAX_WANTS).default([]),
    "only-wanted": flag().default(false),
    "pinned-internet": flag().default(false),
    weights: z
      .record(peerId(), integer(1, 1000), { error: "expected a table of peer ids with whole numbers from 1 to 1000" })
      .default({}),
    "local-weight": integer(0, 1000).default(1),
  });

const translator = table({
  "own-ipv4": text("an IPv4 address", checkIPv4).default("192.0.0.8"),
  filtering: oneOf(["endpoint-independent", "address-dependent", "address-and-port-dependent"]).default(
    "endpoint-independent",
  ),
  hairpinning: flag().default(true),
  "reset-unknown-connections": flag().default(true),
  "udp-zero-checksum": oneOf(["compute", "drop"]).default("compute"),
  "traffic-class-to-ipv6": wordOrInteger("copy", 0, 255).default("copy"),
  "traffic-class-to-ipv4": wordOrInteger("copy", 0, 255).default("copy"),
});

const host = table({
  interface: deviceName().default("nat64"),
  "forward-others": flag().default(false),
});

/** The whole file. @param isLab value of its `lab` key, which decides which prefixes are refused */
export function configSchema(isLab: boolean): z.ZodType<ConfigFile> {
  return table({
    prefix: text('a routed IPv6 prefix of length 80 such as "2001:db8:64::/80"', (value) =>
      refusePeerPrefix(value, isLab),
    ),
    "extra-prefixes": list(
      "IPv6 prefixes",
      text("an IPv6 prefix", (value) => refuseExtraPrefix(value, isLab)),
    ).default([]),
    bandwidth: bandwidthSchema().optional(),
    lab: flag().default(false),
    "local-exit": localExit.optional(),
    coordinator: coordinator.optional(),
    "peer-exits": peerExits(isLab).optional(),
    sharing: sharingSchema(isLab).prefault({}),
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
      socket: socketPath().default("/run/v6peer/control.sock"),
      group: text("the name of a group", refuseGroup).optional(),
    }).prefault({}),
    metrics: table({ listen: listenAddressOrOff(9464).default("127.0.0.1:9464") }).prefault({}),
    "status-page": table({ listen: listenAddressOrOff(9465).default("127.0.0.1:9465") }).prefault({}),
    "audit-log": clientAuditLogTable().prefault({}),
    complaints: complaintsTable().prefault({}),
    bans: table({ file: absolutePath("a file").optional() }).prefault({}),
    log: table({
      level: logLevel().default("info"),
    }).prefault({}),
  });
}

/** "none" for a table means "none" for each of its keys. */
function orNone<Table extends z.ZodType>(inner: Table, keys: readonly string[]): z.ZodPreprocess<Table> {
  return z.preprocess(
    (value) => (value === "none" ? Object.fromEntries(keys.map((key) => [key, "none"])) : value),
    inner,
  );
}
