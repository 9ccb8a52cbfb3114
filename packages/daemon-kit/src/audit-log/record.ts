/**
 * What an audit log says, a JSON object on each line. It is apart from the debug log: it is kept for complaints, by pair
 * and by block of ports and never by connection, for days that the operator sets (RFC 6302, RFC 6888 §4, RFC 7422).
 */
import { z } from "zod";

/** Interval of records that only say that the log is still written, in milliseconds: a gap means that the daemon was killed. */
export const ALIVE_INTERVAL_MS = 600_000;

/** First and last port, both included. */
export type AuditPorts = readonly [number, number];

/** How a client is recorded: not at all, as a keyed hash of its /64, or as its /64. */
export type ClientPolicy = "off" | "hashed" | "plain";

/** A pair of an IPv6 peer and an IPv4 peer, from `at` on until its `pair-end`, or until another one with its place. */
export interface PairRecord {
  readonly event: "pair";
  readonly at: string;
  /** Pair id, base64url. */
  readonly pair: string;
  /** The exit of the IPv6 peer, or the place of the IPv4 peer. */
  readonly place: number;
  /** Peer id of the other end. */
  readonly peer: string;
  /** The /80; in the log of an IPv4 peer. */
  readonly prefix?: string | undefined;
  readonly selector: number;
  readonly ports: AuditPorts;
  /** The pair's Teredo address; missing until there is one. */
  readonly teredo?: string | undefined;
  /** The public IPv4 address as the IPv4 peer knows it, and whether it is behind a NAT. */
  readonly mapped?: string | undefined;
  readonly behindNat?: boolean | undefined;
}

/** A block of ports that was given to a client's /64, until its `block-end`. */
export interface BlockRecord {
  readonly event: "block";
  readonly at: string;
  readonly exit: number;
  readonly protocol: "tcp" | "udp" | "icmp";
  /** The address of the pool; missing for a peer exit, whose pair tells the address. */
  readonly address?: string | undefined;
  readonly ports: AuditPorts;
  /** As the policy wants it: see `ClientNames`. */
  readonly client?: string | undefined;
}

/** The operator banned something, lifted a ban, or a ban's time is over. */
export interface BanRecord {
  readonly event: "ban" | "unban" | "ban-over";
  readonly at: string;
  /** What was banned, in the words of the program: a client, a destination, a peer, … */
  readonly kind: string;
  /** A client as the policy wants it: see `ClientNames`; missing if clients are not recorded. */
  readonly target?: string | undefined;
  readonly by?: string | undefined;
  readonly until?: string | undefined;
  readonly why?: string | undefined;
}

/** One line. */
export type AuditRecord =
  /** The daemon began to write, or a day began: whatever is held then follows. */
  | { readonly event: "start"; readonly at: string; readonly program: string; readonly clients: ClientPolicy }
  | { readonly event: "day"; readonly at: string; readonly program: string; readonly clients: ClientPolicy }
  | { readonly event: "stop"; readonly at: string }
  /** Nothing else was to be said for {@link ALIVE_INTERVAL_MS}. */
  | { readonly event: "alive"; readonly at: string }
  | PairRecord
  | { readonly event: "pair-end"; readonly at: string; readonly pair: string; readonly place: number }
  | BlockRecord
  | (Omit<BlockRecord, "event" | "client"> & { readonly event: "block-end" })
  /** A client got a port from another client's block, because no block was free. The block no longer identifies one client. */
  | (Omit<BlockRecord, "event"> & { readonly event: "borrowed" })
  | BanRecord
  /** A new configuration: blocks are given out anew. */
  | { readonly event: "reset"; readonly at: string }
  /** Lines that are missing, and why. */
  | { readonly event: "lost"; readonly at: string; readonly count: number; readonly reason: string };

const at = z.string().max(40);
const port = z.int().min(0).max(65_535);
const ports = z.tuple([port, port]).readonly();
const place = z.int().min(0).max(65_535);
const clients = z.enum(["off", "hashed", "plain"]);
const text = z.string().max(200);
const block = {
  at,
  exit: place,
  protocol: z.enum(["tcp", "udp", "icmp"]),
  address: text.optional(),
  ports,
};

const ban = {
  at,
  kind: text,
  target: text.optional(),
  by: text.optional(),
  until: at.optional(),
  why: text.optional(),
};

const schema: z.ZodType<AuditRecord> = z.discriminatedUnion("event", [
  z.object({ event: z.literal("start"), at, program: text, clients }),
  z.object({ event: z.literal("day"), at, program: text, clients }),
  z.object({ event: z.literal("stop"), at }),
  z.object({ event: z.literal("alive"), at }),
  z.object({
    event: z.literal("pair"),
    at,
    pair: text,
    place,
    peer: text,
    prefix: text.optional(),
    selector: port,
    ports,
    teredo: text.optional(),
    mapped: text.optional(),
    behindNat: z.boolean().optional(),
  }),
  z.object({ event: z.literal("pair-end"), at, pair: text, place }),
  z.object({ event: z.literal("block"), ...block, client: text.optional() }),
  z.object({ event: z.literal("block-end"), ...block }),
  z.object({ event: z.literal("borrowed"), ...block, client: text.optional() }),
  z.object({ event: z.literal("ban"), ...ban }),
  z.object({ event: z.literal("unban"), ...ban }),
  z.object({ event: z.literal("ban-over"), ...ban }),
  z.object({ event: z.literal("reset"), at }),
  z.object({ event: z.literal("lost"), at, count: z.int(), reason: text }),
]);

/** Reads a line; `undefined` for one that was cut off or is none of ours. */
export function parseAuditLine(line: string): AuditRecord | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(line));
    return parsed.success && !Number.isNaN(Date.parse(parsed.data.at)) ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
