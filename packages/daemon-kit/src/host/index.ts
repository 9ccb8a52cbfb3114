/** Changes to the host, each of them undone at the end, or by the next run after a crash. */
export { HostSetup, SetupError, type SetupObserver, type SetupOptions } from "./host-setup.ts";
export { isAlive, type JournalEntry, type JournalOwner, readJournal } from "./journal.ts";
export { logSteps } from "./log-steps.ts";
export { nftTableName, nftTableStep, runNft, undoNftTable } from "./nft-table.ts";
export type { Found, Step, Undo } from "./step.ts";
export {
  configuredInterfaces,
  readSysctl,
  type SysctlFound,
  sysctlStep,
  undoSysctl,
  writeSysctl,
  writeSysctlIfThere,
} from "./sysctl.ts";
export { runTool, ToolError } from "./tool.ts";
