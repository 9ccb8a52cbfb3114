/** The daemon's metrics. */
import type { AuditLogStatus } from "@nat64/daemon-kit/audit-log";
import type { HostHealth } from "@nat64/daemon-kit/host";
import { createRegistry, register } from "@nat64/daemon-kit/metrics";
import { Gauge, type Registry } from "prom-client";
import { AUDIT_LOG_METRICS } from "../audit-log/metrics.ts";
import type { BandwidthStatus } from "../control/bandwidth.ts";
import type { BansStatus, PeerStatus } from "../control/protocol.ts";
import type { DataPathCounters } from "../data-path/messages/all-messages.ts";
import type { DrainView } from "../data-path/messages/draining.ts";
import { VERSION } from "../version.ts";
import { BAN_METRICS } from "./ban-metrics.ts";
import { BUDGET_METRICS, SHAPING_METRICS } from "./bandwidth-metrics.ts";
import { CONFIG_METRICS, type ConfigHealth } from "./config-metrics.ts";
import { DATA_PATH_METRICS } from "./data-path-metrics.ts";
import { DRAIN_METRICS } from "./drain-metrics.ts";
import { HOST_METRICS } from "./host-metrics.ts";
import { PEER_METRICS } from "./peer-metrics.ts";

/** The sources of the values. */
export interface MetricsSources {
  readonly counters: () => Promise<DataPathCounters>;
  readonly config: () => Promise<ConfigHealth>;
  readonly bandwidth: () => Promise<BandwidthStatus>;
  readonly drains: () => Promise<DrainView>;
  /** Left out if there are no peer exits. */
  readonly peer?: () => Promise<PeerStatus>;
  readonly bans: () => Promise<BansStatus>;
  readonly auditLog: () => Promise<AuditLogStatus | undefined>;
  readonly host: () => Promise<HostHealth>;
}

/** A registry whose metrics are read at each scrape. */
export function daemonRegistry(sources: MetricsSources): Registry {
  const registry = createRegistry("nat64", VERSION);
  register(registry, [...DATA_PATH_METRICS, ...SHAPING_METRICS], sources.counters);
  register(registry, CONFIG_METRICS, sources.config);
  register(registry, BUDGET_METRICS, sources.bandwidth);
  register(registry, AUDIT_LOG_METRICS, sources.auditLog);
  register(registry, DRAIN_METRICS, sources.drains);
  register(registry, HOST_METRICS, sources.host);
  register(registry, BAN_METRICS, sources.bans);
  if (sources.peer !== undefined) register(registry, PEER_METRICS, sources.peer);
  new Gauge({
    name: "process_start_time_seconds",
    help: "Start of the process, seconds since 1970.",
    registers: [registry],
  }).set(Math.round(performance.timeOrigin / 1000));
  return registry;
}
