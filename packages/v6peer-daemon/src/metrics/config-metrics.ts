/** Metrics of the configuration: its limits, and whether it matches the file. */
import { type Definition, gauge } from "@nat64/daemon-kit/metrics";
import type { ConfigFile } from "../config/config-file.ts";
import type { Status } from "../control/protocol.ts";

/** The active configuration, and how it differs from the file on disk. */
export interface ConfigHealth {
  readonly file: ConfigFile;
  /** Why the last reload was rejected. */
  readonly refused: Status["config"]["refused"];
  readonly needsRestart: Status["config"]["needsRestart"];
}

/** All metrics of the configuration. */
export const CONFIG_METRICS: readonly Definition<ConfigHealth>[] = [
  gauge("nat64_sessions_limit", "Size of the session table.", ({ file }) => file.tables.sessions),
  gauge("nat64_exit_is_local", "1 if there is a local exit.", ({ file }) => (file["local-exit"] === undefined ? 0 : 1)),
  gauge("nat64_reload_refused", "1 if the last reload was rejected.", ({ refused }) => (refused === undefined ? 0 : 1)),
  gauge("nat64_keys_need_restart", "Number of changed keys that take effect after a restart.", (config) => {
    return config.needsRestart.length;
  }),
];
