/** Kernel parameters under /proc/sys, by path: "net/ipv4/ip_forward". */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Found, Step } from "./step.ts";

/** A parameter's value, or `undefined` when this kernel (or this interface) does not have it. */
export function readSysctl(path: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${path}`, "utf8").trim();
  } catch {
    return undefined;
  }
}

/**
 * The parameters that daemons change, and no way out of them: a journal that names others is not believed. What the
 * kernel takes for the name of an interface is anything but "." and "..".
 */
const OURS = /^net\/ipv[46](\/(?!\.\.?(\/|$))[^/]+)+$/;

/** Sets a parameter. Throws when the kernel refuses, and for a parameter that is none of the network's. */
export function writeSysctl(path: string, value: string): void {
  if (!OURS.test(path)) throw new Error(`${path} is not a parameter that daemons may set`);
  writeFileSync(`/proc/sys/${path}`, value);
}

/** Sets a parameter that not every kernel has. One that has the value is not written: in a container /proc/sys may be read-only. */
export function writeSysctlIfThere(path: string, value: string): void {
  const before = readSysctl(path);
  if (before !== undefined && before !== value) writeSysctl(path, value);
}

/** Sets a parameter that the daemon can do without: where the kernel refuses, it stays as it is. */
export function trySysctl(path: string, value: string): void {
  try {
    writeSysctlIfThere(path, value);
  } catch {
    // Nothing depends on it.
  }
}

/** Interfaces that have IPv4 or IPv6 parameters of their own, and "default" for those that come later. */
export function configuredInterfaces(family: "ipv4" | "ipv6"): readonly string[] {
  try {
    return readdirSync(`/proc/sys/net/${family}/conf`).filter((name) => name !== "all");
  } catch {
    return [];
  }
}

/** What undoing a parameter needs. */
export type SysctlFound = { readonly path: string; readonly before: string | null; readonly set: string };

/** Sets one parameter. */
export function sysctlStep(path: string, value: string): Step {
  return {
    kind: "sysctl",
    what: `set ${path} to ${value}`,
    inspect: (): SysctlFound => ({ path, before: readSysctl(path) ?? null, set: value }),
    apply: () => {
      if (readSysctl(path) !== value) writeSysctl(path, value);
    },
    // An interface that went took the parameter with it.
    isIntact: () => [value, undefined].includes(readSysctl(path)),
    mend: () => writeSysctlIfThere(path, value),
  };
}

/** Puts a parameter back, unless someone else has changed it since or it is gone with its interface. */
export function undoSysctl(found: Found): void {
  const { path, before, set } = found as SysctlFound;
  if (before !== null && readSysctl(path) === set && before !== set) writeSysctl(path, before);
}
