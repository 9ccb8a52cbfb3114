/**
 * The control protocol: newline-delimited JSON over a Unix socket. Each line of the client is a {@link Request}; each
 * is answered with lines of the same `id`: none or more with a `part`, then one with a `result` or an `error`.
 */
import { z } from "zod";
import type { ConfigFile } from "../config/file.ts";
import type { CoordinatorStatus } from "../coordinator/client.ts";
import type { DataPathCounters } from "../datapath/messages.ts";
import type { PeerExitsStatus } from "../peer-exits/messages.ts";

/** Version of the protocol; a daemon answers requests of its own version only. */
export const PROTOCOL_VERSION = 1;

/** Longest line of a client, in bytes. */
export const LONGEST_REQUEST: number = 64 * 1024;

/** The most sessions that one request lists. */
export const MOST_SESSIONS = 1_000_000;

/** What can be asked. */
export type Method = "status" | "counters" | "config" | "reload" | "sessions";

/** One line of a client. */
export interface Request {
  readonly v: typeof PROTOCOL_VERSION;
  readonly id: number;
  readonly method: Method;
  readonly params: SessionFilter;
}

/** Which sessions to list; other methods take none of these. */
export interface SessionFilter {
  /** The most to list. */
  readonly limit?: number | undefined;
  readonly protocol?: "tcp" | "udp" | "icmp" | undefined;
  /** Only those of this client, an IPv6 address, or of the clients in this IPv6 prefix. */
  readonly client?: string | undefined;
  /** Only those to this IPv4 address. */
  readonly destination?: string | undefined;
}

/** Stable codes of errors. */
export type ControlErrorCode = "bad-request" | "unsupported-version" | "unknown-method" | "too-long" | "internal";

/** One line of the daemon. */
export type Response =
  | { readonly v: number; readonly id: number | null; readonly part: unknown }
  | { readonly v: number; readonly id: number | null; readonly result: unknown }
  | {
      readonly v: number;
      readonly id: number | null;
      readonly error: { readonly code: ControlErrorCode; readonly message: string };
    };

/** Answer to `status`. */
export interface Status {
  readonly version: string;
  readonly pid: number;
  /** When it was started and when its configuration was last loaded, as ISO 8601. */
  readonly startedAt: string;
  readonly uptimeSeconds: number;
  readonly config: {
    readonly path: string;
    readonly loadedAt: string;
    /** Why the last reload was refused; absent when it was not. */
    readonly refused?: string;
    /** Keys that were changed in the file and need a restart. */
    readonly needsRestart: readonly string[];
  };
  readonly prefix: string;
  /** The prefix to put into a DNS64. */
  readonly nat64Prefix: string;
  readonly extraPrefixes: readonly string[];
  readonly interface: string;
  /** The local exit. */
  readonly exit: { readonly mode: "pool" | "masquerade" | "none"; readonly pool: readonly string[] };
  /** Coordinator and peer exits; absent when none are configured. */
  readonly peer?: PeerStatus;
  readonly offloads: Readonly<Record<string, boolean>>;
  readonly counters: DataPathCounters;
}

/** Coordinator and peer exits. */
export interface PeerStatus extends PeerExitsStatus {
  /** Peer id of this IPv6 peer. */
  readonly id: string;
  readonly coordinator: CoordinatorStatus;
}

/** Answer to `reload`. */
export interface ReloadReport {
  readonly accepted: boolean;
  /** Keys whose new value is in use. */
  readonly applied: readonly string[];
  /** Keys that keep their old value until the next start. */
  readonly needsRestart: readonly string[];
  /** Why the file was refused, a line for each problem. */
  readonly problems: readonly string[];
}

/** What each method answers. */
export interface Answers {
  readonly status: Status;
  readonly counters: DataPathCounters;
  readonly config: ConfigFile;
  readonly reload: ReloadReport;
  readonly sessions: { readonly listed: number; readonly complete: boolean };
}

const requestSchema: z.ZodType<Request> = z.object({
  v: z.literal(PROTOCOL_VERSION),
  id: z.int().min(0),
  method: z.enum(["status", "counters", "config", "reload", "sessions"]),
  params: z
    .object({
      limit: z.int().min(1).max(MOST_SESSIONS).optional(),
      protocol: z.enum(["tcp", "udp", "icmp"]).optional(),
      client: z.string().max(64).optional(),
      destination: z.string().max(64).optional(),
    })
    .default({}),
});

const responseSchema = z.object({
  v: z.number(),
  id: z.number().nullable(),
  part: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});

/** Why a line is no request. */
export interface BadRequest {
  readonly id: number | null;
  readonly code: ControlErrorCode;
  readonly message: string;
}

/** Reads one line of a client. */
export function parseRequest(line: string): Request | BadRequest {
  let data: unknown;
  try {
    data = JSON.parse(line);
  } catch {
    return { id: null, code: "bad-request", message: "not JSON: expected one JSON object on each line" };
  }
  const parsed = requestSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  const { id, v } = (data ?? {}) as { id?: unknown; v?: unknown };
  const known = typeof id === "number" && Number.isSafeInteger(id) && id >= 0 ? id : null;
  const issue = parsed.error.issues.find((each) => each.path[0] === "v") ?? parsed.error.issues[0];
  if (issue.path[0] === "v" && typeof v === "number") {
    return { id: known, code: "unsupported-version", message: `this daemon speaks version ${PROTOCOL_VERSION}` };
  }
  const code = issue.path[0] === "method" ? "unknown-method" : "bad-request";
  const where = issue.path.length === 0 ? "" : `${issue.path.map(String).join(".")}: `;
  return { id: known, code, message: `${where}${issue.message}` };
}

/** Reads one line of a daemon; `undefined` when it is not of this protocol. */
export function parseResponse(line: string): Response | undefined {
  try {
    const parsed = responseSchema.safeParse(JSON.parse(line));
    return parsed.success ? (parsed.data as Response) : undefined;
  } catch {
    return undefined;
  }
}
