/** The configuration file of the IPv4 peer: read, checked, explained. */
export { ConfigFileError, type ConfigProblem, formatProblem } from "@nat64/daemon-kit/config";
export type { ConfigFile } from "./config-file.ts";
export { loadConfig, parseConfig } from "./load.ts";
