/**
 * The keys of the configuration file: the shape, limits and default of each, as a zod schema. To add one: here, its type in
 * `config-file.ts`, its explanation in `v4peer.example.toml`, and in `reload.ts` if a reload can change it.
 */
import {
  absolutePath,
  auditLogTable,
  bandwidth,
  complaintsTable,
  deviceName,
  flag,
  hostName,
  integer,
  invite,
  list,
  listenAddressOrOff,
  logLevel,
  matching,
  oneOf,
  peerId,
  pin,
  socketPath,
  table,
  text,
} from "@nat64/daemon-kit/config";
import { ipv4Network, ports, refusedFields } from "@nat64/daemon-kit/exit-policy";
import { DEFAULT_PORT, MAX_PAIRS, MAX_SERVICES, MAX_WANTS, SMALLEST_PORT_BLOCK } from "@nat64/peer-protocol";
import { compilePool, parseIPv4 } from "@nat64/rfc6052";
import { z } from "zod";
import type { ConfigFile } from "./config-file.ts";

const port = integer(1, 65_535);
const ipv4 = text("an IPv4 address", (value) => {
  parseIPv4(value);
  return undefined;
});
const alias = matching(
  "an address in 192.0.0.0/24 above 192.0.0.10",
  (value) => /^192\.0\.0\.\d+$/.test(value) && parseIPv4(value) > parseIPv4("192.0.0.10"),
);
/** Names that this program does not choose, such as `eth0.100`. */
const device = matching("the name of a network interface", /^(?!\.{1,2}$)[^\s/"\\]{1,15}$/);
const protocol = oneOf(["tcp", "udp"]);
const publish = table({
  ports,
  protocol: protocol.default("tcp"),
  address: ipv4.optional(),
  alias: alias.optional(),
});

const networkRule = table({ network: ipv4Network(), protocol, ports });

/** The whole file. */
export const configSchema: z.ZodType<ConfigFile> = table({
  lab: flag().default(false),
  identity: absolutePath("a file").optional(),
  coordinator: table(
    {
      host: hostName(),
      port: port.default(DEFAULT_PORT),
      pin: pin().optional(),
      ca: absolutePath("a file").optional(),
      invite: invite(1).optional(),
    },
    "a table with the coordinator's host",
  ),
  exit: table({
    internet: flag().default(false),
    "pinned-internet": flag().default(false),
    publish: list("tables", publish, 0, MAX_SERVICES).default([]),
    networks: list("tables", networkRule, 0, MAX_SERVICES).default([]),
    bandwidth: bandwidth().optional(),
    "max-pairs": integer(1, MAX_PAIRS).default(4),
    "ports-per-pair": integer(SMALLEST_PORT_BLOCK, 16_384).default(4096),
    ...refusedFields,
  }).prefault({}),
  peers: table({
    wants: list("peer ids", peerId(), 0, MAX_WANTS).default([]),
    "only-wanted": flag().default(false),
    pins: z
      .record(
        matching("a /80 in canonical text", (value) => compilePool(value).text === value),
        peerId(),
      )
      .default({}),
  }).prefault({}),
  host: table({
    interface: deviceName().default("v4peer"),
    "way-out": device.optional(),
    "udp-port": integer(0, 65_535).default(0),
  }).prefault({}),
  control: table({ socket: socketPath().optional() }).prefault({}),
  metrics: table({
    listen: listenAddressOrOff(9465).default("off"),
  }).prefault({}),
  "audit-log": auditLogTable().prefault({}),
  complaints: complaintsTable().prefault({}),
  log: table({
    level: logLevel().default("info"),
  }).prefault({}),
});
