import { type ComparisonRules, compareFiles, type FileChanges } from "@nat64/daemon-kit/config";
import type { ConfigFile } from "./config/config-file.ts";

/** Keys that can take effect at once. All others are fixed into the firewall, sockets, or what the coordinator was told. */
const RULES: ComparisonRules<ConfigFile> = {
  live: {
    "log.level": true,
    "audit-log": true,
    // Only `v4peer abuse` uses it.
    "complaints.terms": true,
    "metrics.listen": true,
    "exit.refused-networks": true,
    "exit.refused-tcp": true,
    "exit.refused-udp": true,
  },
};

/** Compares the configuration in use with a new one, key by key. */
export function planReload(before: ConfigFile, after: ConfigFile): FileChanges<ConfigFile> {
  return compareFiles(before, after, RULES);
}
