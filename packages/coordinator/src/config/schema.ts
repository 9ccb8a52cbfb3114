/** The configuration file as zod sees it: shape, limits and defaults of every key. */
import { LONGEST_SOLICITATION_INTERVAL, MAX_COORDINATOR_ADDRESSES } from "@nat64/peer-protocol";
import type { z } from "zod";
import { refuseNonGlobal } from "./addresses.ts";
import { checkIP, flag, integer, list, oneOf, parseListen, table, text } from "./fields.ts";
import type { ConfigFile } from "./file.ts";

const LISTEN = 'an address and port such as "127.0.0.1:9466" or "[::1]:9466"';

const listen = text(LISTEN, (value) => (parseListen(value) === undefined ? `expected ${LISTEN}` : undefined));
const listenOrOff = text(`${LISTEN}, or "off"`, (value) =>
  value === "off" || parseListen(value) !== undefined ? undefined : `expected ${LISTEN}, or "off"`,
);

const path = text("the absolute path of a file", (value) =>
  value.startsWith("/") ? undefined : "expected an absolute path",
);

const peerId = text("a peer id", (value) =>
  /^[a-z2-7]{32}$/.test(value) ? undefined : "expected a peer id: 32 characters of a to z and 2 to 7",
);

const invite = text("an invite", (value) =>
  /^[\x20-\x7e]{8,128}$/.test(value) ? undefined : "an invite has 8 to 128 printable ASCII characters",
);

/** `address:port` of one family as the world sees it. */
function publicEndpoint(family: 4 | 6, isLab: boolean): z.ZodString {
  const what = family === 4 ? 'an IPv4 address and port such as "192.0.2.1:3544"' : 'such as "[2001:db8::1]:3544"';
  return text(what, (value) => {
    const endpoint = parseListen(value);
    if (endpoint === undefined || endpoint.port === 0) return `expected ${what}`;
    return refuseNonGlobal(endpoint.host, family, isLab);
  });
}

/** The whole file. `isLab` is the value of its `lab` key: it decides which addresses are refused. */
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
      interval: integer(5, LONGEST_SOLICITATION_INTERVAL, " of seconds").default(LONGEST_SOLICITATION_INTERVAL),
    }),
    "prefix-proofs": table({ source: publicEndpoint(6, isLab), bind: listen.optional() }),
    "further-addresses": list("addresses", text("an address", checkIP))
      .max(MAX_COORDINATOR_ADDRESSES - 3, { error: `at most ${MAX_COORDINATOR_ADDRESSES - 3} further addresses` })
      .default([]),
    enrolment: table({
      mode: oneOf(["open", "invite", "list"]),
      invites: list("invites", invite).default([]),
      peers: list("peer ids", peerId).default([]),
      "peers-file": path.optional(),
    }),
    limits: table({
      connections: integer(1, 100_000).default(10_000),
      "connections-per-address": integer(1, 100_000).default(32),
      peers: integer(1, 100_000).default(10_000),
      pairs: integer(1, 1_000_000).default(40_000),
      "pair-bandwidth": integer(1, 1e12, " of bits per second").optional(),
    }).prefault({}),
    timers: table({
      "keep-alive": integer(5, 300, " of seconds").default(30),
      drain: integer(0, 3600, " of seconds").default(2),
    }).prefault({}),
    prefixes: table({ listen: listenOrOff.default("127.0.0.1:8064") }).prefault({}),
    metrics: table({ listen: listenOrOff.default("127.0.0.1:9466") }).prefault({}),
    log: table({
      level: oneOf(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
    }).prefault({}),
  });
}
