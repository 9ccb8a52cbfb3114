/** The requests that `v4peer` accepts on its control socket, and its answers. */
import type { AuditLogStatus } from "@nat64/daemon-kit/audit-log";
import type { HostHealth } from "@nat64/daemon-kit/host";
import type { ReloadReport, ReloadStatus } from "@nat64/daemon-kit/program";
import { MAX_DRAIN_SECONDS } from "@nat64/peer-protocol";
import { z } from "zod";
import type { DataPathView } from "../data-path/messages.ts";
import type { Uplink } from "../host/routes.ts";

/** Answer to `status`; what `v4peer status --json` prints. */
export interface Status extends DataPathView {
  readonly version: string;
  readonly pid: number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly config: ReloadStatus;
  readonly peerId: string;
  readonly coordinator: {
    readonly host: string;
    readonly port: number;
    readonly connected: boolean;
    /** Why not, when it is not. */
    readonly lost?: string;
  };
  /** Whether anything is forwarded at all. */
  readonly forwards: boolean;
  /** Whether this host is as v4peer set it up. */
  readonly host: HostHealth;
  readonly udpPort: number;
  readonly uplink?: Uplink;
  /** Public IPv6 addresses of the published services, for each pair. */
  readonly published: readonly string[];
  /** Absent when none is kept. */
  readonly auditLog?: AuditLogStatus;
  /** Seconds until it ends, when it drains. */
  readonly endsIn?: number;
}

/** What `drain` takes. */
export interface DrainRequest {
  /** Seconds until the end. */
  readonly within: number;
}

/** Answer to `drain`. */
export interface DrainReport {
  /** Seconds until the end. */
  readonly endsIn: number;
  readonly pairs: number;
}

/** What `unpair` takes. */
export interface UnpairRequest {
  /** The IPv6 peer: its id, the beginning of it, or its prefix. */
  readonly peer: string;
  /** Seconds for open connections to end; 0: at once. */
  readonly within: number;
}

/** Answer to `unpair`. */
export interface UnpairReport {
  readonly peer: string;
  readonly prefix: string;
  readonly within: number;
}

/** What each method answers. */
export interface Answers {
  readonly status: Status;
  readonly reload: ReloadReport;
  readonly drain: DrainReport;
  readonly unpair: UnpairReport;
}

const within = z.int().min(0).max(MAX_DRAIN_SECONDS);

/** See {@link DrainRequest}. */
export const drainSchema: z.ZodType<DrainRequest> = z.object({ within });

/** See {@link UnpairRequest}. */
export const unpairSchema: z.ZodType<UnpairRequest> = z.object({ peer: z.string().min(1).max(64), within });
