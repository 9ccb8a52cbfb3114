/** CPU seconds of what carries packets: of all of it, and of each host's part where there are several. */
import { processCpuSeconds } from "../../traffic/usage.ts";
import type { RunningTranslator } from "../../translators/translator.ts";
import { sum, type Values } from "./probe.ts";

/** Starts counting; the function that it returns gives what was used since, in seconds. Nothing where the kernel carries alone. */
export function countCpu({ carriers }: RunningTranslator): () => CpuSeconds {
  const before = carriers.map(({ pid }) => processCpuSeconds(pid));
  return () => {
    const used = carriers.map(({ at, pid }, i) => ({ at, seconds: processCpuSeconds(pid) - before[i] }));
    const hosts = [...new Set(used.map(({ at }) => at))];
    const of = (host: string): number => sum(used.filter(({ at }) => at === host).map(({ seconds }) => seconds));
    return {
      total: hosts.length === 0 ? undefined : sum(used.map(({ seconds }) => seconds)),
      perHost: hosts.length < 2 ? {} : Object.fromEntries(hosts.map((host) => [host, of(host)])),
    };
  };
}

/** CPU seconds that were used. */
export interface CpuSeconds {
  /** `undefined` where the kernel carries alone. */
  readonly total: number | undefined;
  /** By host, where there are several: otherwise it would say the same again. */
  readonly perHost: Values;
}

/** The same as values of the metrics `key` and `key-HOST`, each divided by `unit`. */
export function cpuValues(key: string, { total, perHost }: CpuSeconds, unit: number): Values {
  const parts = Object.entries(perHost).map(([host, seconds]) => [`${key}-${host}`, seconds / unit]);
  return { ...(total !== undefined && { [key]: total / unit }), ...Object.fromEntries(parts) };
}
