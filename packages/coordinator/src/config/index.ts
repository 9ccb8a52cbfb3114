/** The configuration file of the coordinator: reading and checking. */
export { ConfigFileError, type ConfigProblem, formatProblem } from "@nat64/daemon-kit/config";
export type { ConfigFile } from "./config-file.ts";
export { DEFAULT_CONFIG_PATH, loadConfig, parseConfig } from "./load.ts";
export { endpointOf, enrolmentOptions, machineOptions } from "./resolve.ts";
export { findSocket, socketPathOf } from "./socket-path.ts";
