export { ExitCode } from "@nat64/daemon-kit/command-line";
export {
  type ConfigFile,
  ConfigFileError,
  type ConfigProblem,
  type DaemonConfig,
  loadConfig,
  parseConfig,
} from "./config/index.ts";
export { Daemon } from "./daemon.ts";
