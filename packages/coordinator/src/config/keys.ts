/**
 * The keys of the configuration file: the shape, limits and default of each, as a zod schema. To add one: here, its type in
 * `config-file.ts`, its explanation in `coordinator.example.toml`, and in `reload.ts` if a reload can change it.
 */
import {
  absolutePath,
  bandwidth,
  EXPECTED,
  flag,
  integer,
  invite,
  list,
  listenAddress,
  listenAddressOrOff,
  logLevel,
  oneOf,
  parseListen,
  peerId,
  refuseGroup,
  socketPath,
  table,
  text,
} from "@nat64/daemon-kit/config";
import { MAX_COORDINATOR_ADDRESSES, MAX_SOLICITATION_INTERVAL_SECONDS } from "@nat64/peer-protocol";
import type { z } from "zod";
import { checkIP, refuseNonGlobal } from "./addresses.ts";
import type { ConfigFile } from "./config-file.ts";

/** The port is for examples in messages. */
const listen = listenAddress(9466);
const listenOrOff = listenAddressOrOff(9466);
const path = absolutePath("a file");

/** `address:port` of one family as the internet sees it. */
function publicEndpoint(family: 4 | 6, isLab: boolean): z.ZodString {
  const what = family === 4 ? 'an IPv4 address and port such as "192.0.2.1:3544"' : 'such as "[2001:db8::1]:3544"';
  return text(what, (value) => {
    const endpoint = parseListen(value);
    if (endpoint === undefined || endpoint.port === 0) return `${EXPECTED}${what}`;
    return refuseNonGlobal(endpoint.host, family, isLab);
  });
}

/** The whole file. @param isLab the value of its `lab` key, which decides which addresses are refused */
export function configSchema(isLab: boolean): z.ZodType<ConfigFile> {
  return table({
    lab: flag().default(false),
    tls: table({
      listen: list("addresses with ports", listen, 1).default(["0.0.0.0:3544", "[::]:3544"]),
      name: text("a host name").default("nat64-coordinator"),
      certificate: path.optional(),
      key: path.optional(),
      "self-signed": path.optional(),
    }),
    teredo: table({
      primary: publicEndpoint(4, isLab),
      secondary: publicEndpoint(4, isLab),
      "bind-primary": listen.optional(),
      "bind-secondary": listen.optional(),
      interval: integer(5, MAX_SOLICITATION_INTERVAL_SECONDS, " of seconds").default(MAX_SOLICITATION_INTERVAL_SECONDS),
    }),
    "prefix-proofs": table({ source: publicEndpoint(6, isLab), bind: listen.optional() }),
    "further-addresses": list("addresses", text("an address", checkIP), 0, MAX_COORDINATOR_ADDRESSES - 3).default([]),
    enrolment: table({
      mode: oneOf(["open", "invite", "list"]),
      invites: list("invites", invite(8)).default([]),
      peers: list("peer ids", peerId()).default([]),
      "peers-file": path.optional(),
    }),
    limits: table({
      connections: integer(1, 100_000).default(10_000),
      "connections-per-address": integer(1, 100_000).default(32),
      peers: integer(1, 100_000).default(10_000),
      pairs: integer(1, 1_000_000).default(40_000),
      "pair-bandwidth": bandwidth().optional(),
    }).prefault({}),
    timers: table({
      "keep-alive": integer(5, 300, " of seconds").default(30),
      drain: integer(0, 3600, " of seconds").default(2),
    }).prefault({}),
    prefixes: table({ listen: listenOrOff.default("127.0.0.1:8064") }).prefault({}),
    metrics: table({ listen: listenOrOff.default("127.0.0.1:9466") }).prefault({}),
    control: table({
      socket: socketPath().optional(),
      group: text("the name of a group", refuseGroup).optional(),
    }).prefault({}),
    log: table({
      level: logLevel().default("info"),
    }).prefault({}),
  });
}
