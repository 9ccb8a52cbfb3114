/** The keys of an exit's policy that both kinds of exits have: networks and ports that they refuse. */
import { parseCidr } from "@nat64/rfc6052";
import { z } from "zod";
import { integer, list, text } from "../config/fields.ts";

/** First and last port, both included. */
export type Ports = readonly [number, number];

/** Refused destinations, keys as in the file. */
export interface RefusedTable {
  /** IPv4 networks. */
  readonly "refused-networks": readonly string[];
  readonly "refused-tcp": readonly Ports[];
  readonly "refused-udp": readonly Ports[];
}

const MAX_NETWORKS = 256;
const MAX_PORTS = 20;

/** SMTP and file sharing: spam and worms. */
const REFUSED_TCP: readonly Ports[] = [
  [25, 25],
  [139, 139],
  [445, 445],
];

/** Services that answer with much more than they are asked: chargen, NTP, NetBIOS, LDAP, SSDP, memcached. */
const REFUSED_UDP: readonly Ports[] = [
  [19, 19],
  [123, 123],
  [137, 139],
  [389, 389],
  [1900, 1900],
  [11_211, 11_211],
];

const port = integer(1, 65_535);

/** A port, or a range as `[first, last]`. */
export const ports: z.ZodType<Ports> = z
  .union([port.transform((each) => [each, each] as const), z.tuple([port, port]).readonly()], {
    error: "expected a port, or [first, last]",
  })
  .refine(([first, last]) => first <= last, "the first port is above the last");

/** An IPv4 network. */
export function ipv4Network(): z.ZodString {
  return text('an IPv4 network such as "192.168.1.0/24"', (value) =>
    parseCidr(value).family === 4 ? undefined : "this is an IPv6 network; expected an IPv4 network",
  );
}

/** The keys of {@link RefusedTable}, for a table of the file. */
export const refusedFields: {
  readonly "refused-networks": z.ZodDefault<z.ZodArray<z.ZodString>>;
  readonly "refused-tcp": z.ZodDefault<z.ZodArray<z.ZodType<Ports>>>;
  readonly "refused-udp": z.ZodDefault<z.ZodArray<z.ZodType<Ports>>>;
} = {
  "refused-networks": list("IPv4 networks", ipv4Network(), 0, MAX_NETWORKS).default([]),
  "refused-tcp": list("ports", ports, 0, MAX_PORTS).default([...REFUSED_TCP]),
  "refused-udp": list("ports", ports, 0, MAX_PORTS).default([...REFUSED_UDP]),
};
