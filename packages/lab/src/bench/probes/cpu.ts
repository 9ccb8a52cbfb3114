/** CPU seconds of everything that carries packets: in total, and for each host if there are several. */
import { processCpuSeconds } from "../../traffic/usage.ts";
import type { RunningTranslator } from "../../translators/translator.ts";
import { sum, type Values } from "./probe.ts";

/**
 * Starts counting. The returned function gives the CPU seconds used since then, or nothing if only the kernel carries
 * packets.
 */
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
  /** `undefined` if only the kernel carries packets. */
  readonly total: number | undefined;
  /** By host, if there are several; otherwise it would equal the total. */
  readonly perHost: Values;
}

/** The same as values of the metrics `key` and `key-HOST`, each divided by `unit`. */
export function cpuValues(key: string, { total, perHost }: CpuSeconds, unit: number): Values {
  const parts = Object.entries(perHost).map(([host, seconds]) => [`${key}-${host}`, seconds / unit]);
  return { ...(total !== undefined && { [key]: total / unit }), ...Object.fromEntries(parts) };
}
