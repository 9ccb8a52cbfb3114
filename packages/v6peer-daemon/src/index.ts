export { ExitCode } from "@nat64/daemon-kit/program";
export {
  type ConfigFile,
  ConfigFileError,
  type ConfigProblem,
  type DaemonConfig,
  loadConfig,
  parseConfig,
} from "./config/index.ts";
export { Daemon } from "./daemon.ts";
