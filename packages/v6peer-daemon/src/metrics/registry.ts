/** The daemon's numbers as Prometheus metrics; they are asked for at each scrape, nothing is counted twice. */
import { Counter, Gauge, Registry } from "prom-client";
import type { PeerStatus } from "../control/protocol.ts";
import type { DataPathCounters } from "../datapath/messages.ts";
import { DATA_PATH_METRICS } from "./data-path-metrics.ts";
import type { Definition } from "./definition.ts";
import { PEER_METRICS } from "./peer-metrics.ts";

/** Where the numbers come from. */
export interface MetricsSources {
  readonly counters: () => Promise<DataPathCounters>;
  /** Left out, there are no peer exits and no metrics of them. */
  readonly peer?: () => Promise<PeerStatus>;
}

/** A registry whose metrics are read at each scrape. */
export function createRegistry(version: string, sources: MetricsSources): Registry {
  const registry = new Registry();
  register(registry, DATA_PATH_METRICS, sources.counters);
  if (sources.peer !== undefined) register(registry, PEER_METRICS, sources.peer);
  new Gauge({
    name: "nat64_info",
    help: "Always 1; the version is a label.",
    labelNames: ["version"],
    registers: [registry],
  }).set({ version }, 1);
  new Gauge({
    name: "process_start_time_seconds",
    help: "Start of the process, seconds since 1970.",
    registers: [registry],
  }).set(Math.round(performance.timeOrigin / 1000));
  return registry;
}

/** Metrics with one source. */
function register<Source>(
  registry: Registry,
  definitions: readonly Definition<Source>[],
  read: () => Promise<Source>,
): void {
  let current: Promise<Source> | undefined;
  // All metrics of one scrape share one question: they are collected in the same turn.
  const readOnce = (): Promise<Source> => {
    current ??= read().finally(() => {
      current = undefined;
    });
    return current;
  };
  for (const { type, name, help, labels, read: samplesOf } of definitions) {
    const collect = async (metric: Counter | Gauge): Promise<void> => {
      const samples = samplesOf(await readOnce());
      metric.reset();
      for (const [values, value] of samples) metric.inc(values, value);
    };
    const common = { name, help, labelNames: [...labels], registers: [registry] };
    if (type === "counter") {
      new Counter({
        ...common,
        collect: function (this: Counter) {
          return collect(this);
        },
      });
    } else {
      new Gauge({
        ...common,
        collect: function (this: Gauge) {
          return collect(this);
        },
      });
    }
  }
}
