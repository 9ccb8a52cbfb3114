import { type ComparisonRules, compareFiles, type FileChanges } from "@nat64/daemon-kit/config";
import type { ConfigFile } from "./config/index.ts";

/** Keys that take effect on a reload. All others are in use by sockets or were sent to peers. */
const RULES: ComparisonRules<ConfigFile> = {
  live: {
    enrolment: true,
    "tls.certificate": true,
    "tls.key": true,
    "tls.self-signed": true,
    "tls.name": true,
    "timers.drain": true,
    "prefixes.listen": true,
    "metrics.listen": true,
    "log.level": true,
  },
};

/** Compares the configuration in use with a new one, key by key. */
export function planReload(before: ConfigFile, after: ConfigFile): FileChanges<ConfigFile> {
  return compareFiles(before, after, RULES);
}
