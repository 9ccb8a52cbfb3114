/** What the metrics of a daemon tell about an attack. */
import type { RunningDaemon } from "../programs/daemon.ts";

const REFUSALS = /sessions_created|dropped|refused|suppressed|sent_total|evicted|faults|lost/;
const GAUGES = new Set(["nat64_sessions", "nat64_bindings", "nat64_client_prefixes", "nat64_held_packets"]);
/** Counters of everything that is carried: these rise without an attack. */
const TRAFFIC = /_bytes|relay_sent|audit_log_records/;

interface LinkJson {
  readonly ifname: string;
  readonly stats64: { readonly tx: { readonly dropped: number } };
}

/** The metrics of a daemon, and the packets that its TUN devices' full queues dropped before it could read them. */
export async function readCounters({ host, metrics }: RunningDaemon): Promise<Map<string, number>> {
  const counters = await metrics();
  const links: readonly LinkJson[] = JSON.parse(await host.ip("-json -statistics link show type tun"));
  for (const { ifname, stats64 } of links) counters.set(`queue_dropped_total{device="${ifname}"}`, stats64.tx.dropped);
  return counters;
}

/** The counters of refusals that rose, and the gauges at the end, by their metric. */
export function countersOf(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): Record<string, number> {
  const counters: Record<string, number> = {};
  for (const [metric, value] of after) {
    const name = metric.split("{")[0];
    const rise = value - (before.get(metric) ?? 0);
    if (GAUGES.has(name)) counters[metric] = value;
    else if (name.endsWith("_total") && REFUSALS.test(name) && !TRAFFIC.test(name) && rise > 0) counters[metric] = rise;
  }
  return counters;
}
