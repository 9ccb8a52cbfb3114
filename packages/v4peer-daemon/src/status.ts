/** What `v4peer status` is told. */
import type { CoordinatorStatus } from "@nat64/daemon-kit/coordinator";
import type { HostHealth } from "@nat64/daemon-kit/host";
import type { ReloadStatus } from "@nat64/daemon-kit/program";
import type { AuditRecorder } from "./audit-log/recorder.ts";
import type { Status } from "./control/protocol.ts";
import type { DataPathView } from "./data-path/messages.ts";
import type { LocalService } from "./host/firewall.ts";
import type { Uplink } from "./host/routes.ts";
import { publicAddress } from "./policy/public-address.ts";
import { VERSION } from "./version.ts";

/** Facts in addition to the state of the data path. */
export interface StatusSources {
  readonly startedAt: Date;
  readonly peerId: string;
  readonly coordinator: { readonly host: string; readonly port: number };
  readonly connection: CoordinatorStatus | undefined;
  /** Why the last connection to the coordinator was lost. */
  readonly lost: string | undefined;
  readonly forwards: boolean;
  readonly auditLog: AuditRecorder | undefined;
  /** Seconds. */
  readonly endsIn: number | undefined;
  readonly udpPort: number;
  readonly uplink: Uplink | undefined;
  readonly services: readonly LocalService[];
  readonly reload: ReloadStatus;
  readonly host: HostHealth;
}

/** The state of everything. */
export function statusOf(sources: StatusSources, view: DataPathView): Status {
  const { startedAt, peerId, coordinator, connection, lost, forwards, auditLog, endsIn, uplink, services } = sources;
  return {
    version: VERSION,
    pid: process.pid,
    startedAt: startedAt.toISOString(),
    config: sources.reload,
    peerId,
    coordinator: {
      host: coordinator.host,
      port: coordinator.port,
      connected: connection?.state === "open",
      ...(lost !== undefined && { lost }),
    },
    forwards,
    ...(auditLog !== undefined && { auditLog: auditLog.status }),
    ...(endsIn !== undefined && { endsIn }),
    host: sources.host,
    udpPort: sources.udpPort,
    ...(uplink !== undefined && { uplink }),
    published: view.peer.pairs.flatMap((pair) =>
      services.map((service) => publicAddress(pair.prefix, pair.selector, service)),
    ),
    ...view,
  };
}
