import { cpus, release } from "node:os";
import { packageVersion } from "../translators/versions.ts";

/** When, where and with what a bench was run. */
export interface Setting {
  /** When it began: ISO 8601, in UTC. */
  readonly date: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly kernel: string; readonly node: string };
  /** The measured programs, and the one that measured bulk data, each with its version. */
  readonly versions: readonly string[];
  /** Of each measurement. */
  readonly seconds: number;
}

/** Describes this machine. `versions` may contain duplicates or unknown ones. */
export async function settingNow(versions: readonly (string | undefined)[], seconds: number): Promise<Setting> {
  const known = [...versions, await packageVersion("iperf3")].filter((version) => version !== undefined);
  return {
    date: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model ?? "unknown",
      cores: cpus().length,
      kernel: release(),
      node: process.versions.node,
    },
    versions: [...new Set(known)],
    seconds,
  };
}
