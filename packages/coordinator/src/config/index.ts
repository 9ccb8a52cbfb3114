/** The configuration file of the coordinator: read, checked, explained. */
export type { ConfigFile } from "./file.ts";
export { ConfigFileError, DEFAULT_CONFIG_PATH, loadConfig, parseConfig } from "./load.ts";
export { type ConfigProblem, formatProblem } from "./problem.ts";
export { machineOptions } from "./resolve.ts";
