/** The audit log: which pair and which block of ports belonged to whom, kept apart from the debug log. */
export { AuditLog, type AuditLogOptions, type AuditLogStatus } from "./audit-log.ts";
export { type ClientMatch, ClientNames, matchClient } from "./client-names.ts";
export { PairChanges, type PairNow } from "./pair-changes.ts";
export {
  type AuditPorts,
  type AuditRecord,
  type BlockRecord,
  type ClientPolicy,
  type PairRecord,
  parseAuditLine,
} from "./record.ts";
export {
  type AuditAnswer,
  type AuditQuestion,
  type Holding,
  searchAuditLog,
  type TimeWindow,
} from "./search.ts";
