/** The configuration file of the IPv6 peer: read, checked, explained. */
export type { CapsFile, ConfigFile, CoordinatorFile, LocalExitFile, PeerExitsFile, PoolRangeFile } from "./file.ts";
export { ConfigFileError, DEFAULT_CONFIG_PATH, loadConfig, parseConfig } from "./load.ts";
export { type PeerAddresses, peerAddresses } from "./prefix.ts";
export { type ConfigProblem, formatProblem } from "./problem.ts";
export type { DaemonConfig } from "./resolve.ts";
