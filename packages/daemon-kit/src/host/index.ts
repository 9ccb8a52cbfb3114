/** Changes to the host, each of them undone at the end, or by the next run after a crash. */
export { HostSetup, SetupError, type SetupObserver, type SetupOptions } from "./host-setup.ts";
export { isAlive, type JournalEntry, type JournalOwner, readJournal } from "./journal.ts";
export { KernelNews, type News } from "./kernel-news.ts";
export { type LeakGuardFound, leakGuardChains, leakGuardStep, undoLeakGuard } from "./leak-guard.ts";
export { logRepairs, logSteps } from "./log-steps.ts";
export { type NftTablePlan, nftTableName, nftTableStep, runNft, undoNftTable } from "./nft-table.ts";
export { type HostHealth, type HostProblem, Repairs, type RepairsObserver } from "./repairs.ts";
export { SetupWatch } from "./setup-watch.ts";
export type { Found, Step, Undo } from "./step.ts";
export {
  configuredInterfaces,
  readSysctl,
  type SysctlFound,
  sysctlStep,
  trySysctl,
  undoSysctl,
  writeSysctl,
  writeSysctlIfThere,
} from "./sysctl.ts";
export { runTool, ToolError } from "./tool.ts";
