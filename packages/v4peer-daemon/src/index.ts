export type { ConfigFile } from "./config/file.ts";
export { ConfigError, loadConfig } from "./config/load.ts";
export { askStatus } from "./control/client.ts";
export { Daemon, type Paths, type Status } from "./daemon.ts";
export { ExitCode } from "./exit-code.ts";
