/** A daemon's numbers as Prometheus metrics; they are asked for at each scrape, nothing is counted twice. */
import { Counter, Gauge, Registry } from "prom-client";
import type { Definition } from "./definition.ts";

/** A registry with nothing but the version: `NAME_info`, always 1, with the version as its label. */
export function createRegistry(name: string, version: string): Registry {
  const registry = new Registry();
  new Gauge({
    name: `${name}_info`,
    help: "Always 1; the version is a label.",
    labelNames: ["version"],
    registers: [registry],
  }).set({ version }, 1);
  return registry;
}

/** Adds metrics that have one source, which is read once for each scrape. */
export function register<Source>(
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
