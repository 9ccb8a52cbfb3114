/** Requests and answers on `v6peerd`'s control socket. */
import type { AuditLogStatus } from "@nat64/daemon-kit/audit-log";
import type { BanReport, BansReport } from "@nat64/daemon-kit/bans";
import type { CoordinatorStatus } from "@nat64/daemon-kit/coordinator";
import type { HostHealth } from "@nat64/daemon-kit/host";
import type { ReloadReport, ReloadStatus } from "@nat64/daemon-kit/program";
import { MAX_DRAIN_SECONDS, type SharedPrefix } from "@nat64/peer-protocol";
import { z } from "zod";
import type { ConfigFile } from "../config/config-file.ts";
import type { DataPathCounters } from "../data-path/messages/all-messages.ts";
import type { DrainView } from "../data-path/messages/draining.ts";
import type { PeerExitsStatus } from "../data-path/messages/peer-exits.ts";
import type { BandwidthStatus } from "./bandwidth.ts";

/** Maximum number of sessions in the answer to one request. */
export const MAX_LISTED_SESSIONS = 1_000_000;

/** The names of the requests. */
export type Method = keyof Answers;

/** Which sessions to list. */
export interface SessionFilter {
  /** Maximum number of sessions to list. */
  readonly limit?: number | undefined;
  readonly protocol?: "tcp" | "udp" | "icmp" | undefined;
  /** Only those of this client, an IPv6 address, or of the clients in this IPv6 prefix. */
  readonly client?: string | undefined;
  /** Only those to this IPv4 address. */
  readonly destination?: string | undefined;
}

/** Parameters of `drain`; `cancel-drain` only takes `exit`. */
export interface DrainRequest {
  /** `local`, or the number, selector or peer id of a peer exit; left out: everything. */
  readonly exit?: string | undefined;
  /** Seconds until open sessions are reset, at most 3600. */
  readonly within: number;
}

/** Answer to `drain` and `cancel-drain`. */
export interface DrainReport {
  /** The exit, and for a peer exit the IPv4 peer's short id; absent for everything. */
  readonly exit?: string;
  readonly peer?: string;
  /** Seconds until open sessions are reset; absent if the drain was cancelled. */
  readonly endsIn?: number;
  /** Open sessions now. */
  readonly sessions: number;
  /** Whether another exit takes new clients; otherwise they are refused. */
  readonly othersTakeClients: boolean;
}

/** Answer to `status`. */
export interface Status {
  readonly version: string;
  readonly pid: number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly uptimeSeconds: number;
  readonly config: ReloadStatus & { readonly path: string };
  readonly prefix: string;
  /** The prefix to put into a DNS64. */
  readonly nat64Prefix: string;
  readonly extraPrefixes: readonly string[];
  readonly interface: string;
  /** Bandwidth limits and use. */
  readonly bandwidth: BandwidthStatus;
  /** The local exit. */
  readonly exit: { readonly mode: "pool" | "masquerade" | "none"; readonly pool: readonly string[] };
  /** Coordinator and peer exits; absent if none are configured. */
  readonly peer?: PeerStatus;
  /** The state of drains, and open sessions. */
  readonly draining: DrainView;
  readonly bans: BansStatus;
  /** Absent if there is no audit log. */
  readonly auditLog?: AuditLogStatus;
  /** Whether this host is as v6peerd set it up. */
  readonly host: HostHealth;
  readonly offloads: Readonly<Record<string, boolean>>;
  readonly counters: DataPathCounters;
}

/** Numbers of bans in effect. */
export interface BansStatus {
  readonly clients: number;
  readonly destinations: number;
  readonly peers: number;
  /** Addresses and blocks of the local exit's pool. */
  readonly pool: number;
  /** Why they cannot be saved. */
  readonly problem?: string;
}

/** Coordinator and peer exits. */
export interface PeerStatus extends PeerExitsStatus {
  /** Peer id of this IPv6 peer. */
  readonly id: string;
  readonly coordinator: CoordinatorStatus;
}

/** The answer to each request. */
export interface Answers {
  readonly status: Status;
  readonly counters: DataPathCounters;
  readonly config: ConfigFile;
  readonly reload: ReloadReport;
  readonly bandwidth: BandwidthStatus;
  readonly "set-bandwidth": BandwidthStatus;
  readonly drain: DrainReport;
  readonly "cancel-drain": DrainReport;
  readonly ban: BanReport;
  readonly unban: BanReport;
  /** The parts are lists of bans. */
  readonly bans: BansReport;
  readonly sessions: { readonly listed: number; readonly complete: boolean };
  /** The parts are pages of {@link SharedPrefix}es. */
  readonly prefixes: { readonly listed: number; readonly complete: boolean };
}

export type { ReloadReport, SharedPrefix };

/** Names of exits are short. */
const exitName = z.string().min(1).max(100);

/** See {@link DrainRequest}. */
export const drainSchema: z.ZodType<DrainRequest> = z.object({
  exit: exitName.optional(),
  within: z.int().min(0).max(MAX_DRAIN_SECONDS),
});

/** See {@link DrainRequest}. */
export const cancelDrainSchema: z.ZodType<Pick<DrainRequest, "exit">> = z.object({ exit: exitName.optional() });

/** See {@link SessionFilter}. */
export const sessionFilterSchema: z.ZodType<SessionFilter> = z.object({
  limit: z.int().min(1).max(MAX_LISTED_SESSIONS).optional(),
  protocol: z.enum(["tcp", "udp", "icmp"]).optional(),
  client: z.string().max(64).optional(),
  destination: z.string().max(64).optional(),
});
