/** How a daemon's program starts and ends. */
export { ExitCode } from "./exit-code.ts";
export { createLog } from "./log.ts";
export { whenOutputEnds } from "./output-ends.ts";
export { type OwnEnd, type Recoverable, type RunnableDaemon, runDaemon, undoLeftovers } from "./run-daemon.ts";
export { type LookAlive, type SendDatagram, ServiceManager } from "./service-manager.ts";
export { versionOf } from "./version.ts";
