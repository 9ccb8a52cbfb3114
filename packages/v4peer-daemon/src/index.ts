export { ConfigFileError } from "@nat64/daemon-kit/config";
export type { ConfigFile } from "./config/file.ts";
export { loadConfig } from "./config/load.ts";
export { askStatus } from "./control/client.ts";
export { Daemon, type Paths, type Status } from "./daemon.ts";
export { ExitCode } from "./exit-code.ts";
