/** The status for `v6peer status` and the status page. */
import type { HostHealth } from "@nat64/daemon-kit/host";
import type { ReloadStatus } from "@nat64/daemon-kit/program";
import type { Tun } from "@nat64/tun";
import type { AuditRecorder } from "./audit-log/recorder.ts";
import type { Bandwidth } from "./bandwidth/bandwidth.ts";
import type { Bans } from "./bans/bans.ts";
import type { DaemonConfig } from "./config/resolve.ts";
import type { PeerStatus, Status } from "./control/protocol.ts";
import type { DataPath } from "./data-path/main-thread/data-path.ts";
import type { Draining } from "./draining/draining.ts";
import type { PeerExits } from "./peer-exits/peer-exits.ts";
import { VERSION } from "./version.ts";

/** The parts of a running daemon that the status describes. */
export interface StatusSources {
  /** Path of the configuration file. */
  readonly path: string;
  readonly config: DaemonConfig;
  readonly reload: ReloadStatus;
  readonly startedAt: Date;
  readonly tun: Tun | undefined;
  readonly dataPath: DataPath;
  readonly bandwidth: Bandwidth;
  readonly draining: Draining;
  readonly bans: Bans;
  readonly peerExits: PeerExits | undefined;
  readonly auditLog: AuditRecorder | undefined;
  readonly host: HostHealth;
}

/** Collects the status. Rejects if the data path does not answer. */
export async function statusOf(sources: StatusSources): Promise<Status> {
  const { path, config, reload, startedAt, tun, dataPath, bandwidth, draining, bans, peerExits, auditLog, host } =
    sources;
  const { file, nat64Prefix, engine } = config;
  return {
    version: VERSION,
    pid: process.pid,
    startedAt: startedAt.toISOString(),
    uptimeSeconds: Math.round(process.uptime()),
    config: { path, ...reload },
    prefix: file.prefix,
    nat64Prefix,
    extraPrefixes: file["extra-prefixes"],
    interface: file.host.interface,
    bandwidth: await bandwidth.status(),
    exit: { mode: file["local-exit"]?.mode ?? "none", pool: engine.pool.map((range) => range.address) },
    ...(peerExits !== undefined && { peer: await peerStatusOf(peerExits, dataPath) }),
    draining: await draining.view(),
    bans: bans.status,
    ...(auditLog !== undefined && { auditLog: auditLog.status }),
    host,
    offloads: { ...tun?.offloads },
    counters: await dataPath.counters(),
  };
}

/** The state of the coordinator and the peer exits. */
export async function peerStatusOf({ peerId, coordinator }: PeerExits, dataPath: DataPath): Promise<PeerStatus> {
  return { id: peerId, coordinator, ...(await dataPath.peerExits()) };
}
