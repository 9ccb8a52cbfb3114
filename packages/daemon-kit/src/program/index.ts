/** The life of a daemon: start, reload, stop, and what the service manager is told. */
export { changeAllOrNothing, onCommit, type PrepareChange, type PreparedChange } from "./all-or-nothing.ts";
export { createLog } from "./log.ts";
export type { ReloadReport, ReloadStatus } from "./reload-report.ts";
export { type Reload, type Reloaded, type ReloadObserver, Reloads } from "./reloads.ts";
export { type OwnEnd, type RunnableDaemon, runDaemon } from "./run-daemon.ts";
export { type LookAlive, type SendDatagram, ServiceManager } from "./service-manager.ts";
export { type Recoverable, undoLeftovers } from "./undo-leftovers.ts";
export { versionOf } from "./version.ts";
