export {
  type ConfigFile,
  ConfigFileError,
  type ConfigProblem,
  type DaemonConfig,
  loadConfig,
  parseConfig,
} from "./config/index.ts";
export { Daemon } from "./daemon.ts";
export { ExitCode } from "./exit-code.ts";
