/** The configuration as zod sees it: shape, limits and defaults of every key. `v4peer.example.toml` explains each. */
import { MAX_PAIRS, MAX_SERVICES, MAX_WANTS, SMALLEST_PORT_BLOCK } from "@nat64/peer-protocol";
import { isPin } from "@nat64/peer-protocol/node";
import { compilePool, parseCidr, parseIPv4 } from "@nat64/rfc6052";
import { z } from "zod";
import type { ConfigFile, Ports } from "./file.ts";

const text = (what: string, check: (value: string) => boolean): z.ZodString => {
  const error = `expected ${what}`;
  return z.string({ error }).refine((value) => isGood(() => check(value)), error);
};
const integer = (least: number, most: number): z.ZodNumber => {
  const error = `expected a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, error).max(most, error);
};
const flag = (): z.ZodBoolean => z.boolean({ error: "expected true or false" });

const port = integer(1, 65_535);
const peerId = text("a peer id: 32 characters a-z and 2-7", (value) => /^[a-z2-7]{32}$/.test(value));
const device = text('a name for a network interface: 1 to 15 letters, digits, "-" and "_"', (value) =>
  /^[A-Za-z0-9][A-Za-z0-9_-]{0,14}$/.test(value),
);
const path = text("an absolute path", (value) => value.startsWith("/"));
const ipv4 = text("an IPv4 address", (value) => Number.isInteger(parseIPv4(value)));
const alias = text(
  "an address in 192.0.0.0/24 above 192.0.0.10",
  (value) => /^192\.0\.0\.\d+$/.test(value) && parseIPv4(value) > parseIPv4("192.0.0.10"),
);
const network = text('an IPv4 network such as "192.168.1.0/24", without host bits', (value) => {
  const { family, length, words } = parseCidr(value);
  return family === 4 && (length === 32 || (words[0] & (-1 >>> length)) === 0);
});
const protocol = z.enum(["tcp", "udp"], { error: 'expected "tcp" or "udp"' });
const ports: z.ZodType<Ports> = z
  .union([port.transform((each) => [each, each] as const), z.tuple([port, port]).readonly()], {
    error: "expected a port, or [first, last]",
  })
  .refine(([first, last]) => first <= last, "the first port is above the last");

const publish = z.strictObject({
  ports,
  protocol: protocol.default("tcp"),
  /** Left out: this host's address on the way out. */
  address: ipv4.optional(),
  alias: alias.optional(),
});

const networkRule = z.strictObject({ network, protocol, ports });

const HOST = /^(?!.*[:/\s])[^.].*$|^[0-9a-fA-F:.]+$/;

/** The whole file. */
export const configSchema: z.ZodType<ConfigFile> = z.strictObject({
  lab: flag().default(false),
  identity: path.optional(),
  coordinator: z.strictObject(
    {
      host: text("a host name or an address", (value) => HOST.test(value)),
      port: port.default(3544),
      pin: text('a pin such as "sha256//" and 44 characters of base64', isPin).optional(),
      ca: path.optional(),
      invite: text("1 to 128 printable characters", (value) => /^[ -~]{1,128}$/.test(value)).optional(),
    },
    { error: "expected a table with the coordinator's host" },
  ),
  exit: z
    .strictObject({
      internet: flag().default(false),
      "pinned-internet": flag().default(false),
      publish: z.array(publish).max(MAX_SERVICES).default([]),
      networks: z.array(networkRule).max(MAX_SERVICES).default([]),
      /** Bits per second, each direction. */
      bandwidth: integer(8_000, 1_000_000_000_000).optional(),
      "max-pairs": integer(1, MAX_PAIRS).default(4),
      "ports-per-pair": integer(SMALLEST_PORT_BLOCK, 16_384).default(4096),
      "refused-tcp": z
        .array(ports)
        .max(20)
        .default([
          [25, 25],
          [139, 139],
          [445, 445],
        ]),
      "refused-udp": z
        .array(ports)
        .max(20)
        .default([
          [19, 19],
          [123, 123],
          [137, 139],
          [389, 389],
          [1900, 1900],
          [11_211, 11_211],
        ]),
    })
    .prefault({}),
  peers: z
    .strictObject({
      wants: z.array(peerId).max(MAX_WANTS).default([]),
      "only-wanted": flag().default(false),
      pins: z
        .record(
          text("a /80 in canonical text", (value) => compilePool(value).text === value),
          peerId,
        )
        .default({}),
    })
    .prefault({}),
  host: z
    .strictObject({
      interface: device.default("v4peer"),
      "way-out": device.optional(),
      "udp-port": integer(0, 65_535).default(0),
    })
    .prefault({}),
  control: z.strictObject({ socket: path.optional() }).prefault({}),
  metrics: z
    .strictObject({
      listen: text('an address and port such as "127.0.0.1:9465", or "off"', (value) =>
        /^off$|^[0-9.]+:\d{1,5}$|^\[[0-9a-fA-F:.]+\]:\d{1,5}$/.test(value),
      ).default("off"),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
    })
    .prefault({}),
});

function isGood(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
