export { ExitCode } from "@nat64/daemon-kit/command-line";
export { ConfigFileError } from "@nat64/daemon-kit/config";
export type { ConfigFile } from "./config/config-file.ts";
export { loadConfig } from "./config/load.ts";
export { type Paths, pathsOf } from "./config/paths.ts";
export { askStatus, V4PeerClient } from "./control/client.ts";
export type { Answers, DrainReport, DrainRequest, Status, UnpairReport, UnpairRequest } from "./control/protocol.ts";
export { Daemon } from "./daemon.ts";
