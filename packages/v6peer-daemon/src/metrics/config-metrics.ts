/** Metrics of the configuration: what it allows, and whether it is the one in the file. */
import { type Definition, gauge } from "@nat64/daemon-kit/metrics";
import type { ConfigFile } from "../config/file.ts";
import type { Status } from "../control/protocol.ts";

/** The file that holds, and how it is with the one on disk. */
export interface ConfigHealth {
  readonly file: ConfigFile;
  /** Why the last reload was refused. */
  readonly refused: Status["config"]["refused"];
  readonly needsRestart: Status["config"]["needsRestart"];
}

/** All of them. */
export const CONFIG_METRICS: readonly Definition<ConfigHealth>[] = [
  gauge("nat64_sessions_limit", "Sessions that the table has room for.", ({ file }) => file.tables.sessions),
  gauge("nat64_exit_is_local", "Whether there is a local exit.", ({ file }) =>
    file["local-exit"] === undefined ? 0 : 1,
  ),
  gauge("nat64_reload_refused", "Whether the last reload was refused.", ({ refused }) =>
    refused === undefined ? 0 : 1,
  ),
  gauge("nat64_keys_need_restart", "Keys that were changed in the file and wait for a restart.", (config) => {
    return config.needsRestart.length;
  }),
];
