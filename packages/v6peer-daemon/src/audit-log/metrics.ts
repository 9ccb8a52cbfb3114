import type { AuditLogStatus } from "@nat64/daemon-kit/audit-log";
import { counter, type Definition, type Sample } from "@nat64/daemon-kit/metrics";

/** Metrics of the audit log. They have no samples if there is none. */
export const AUDIT_LOG_METRICS: readonly Definition<AuditLogStatus | undefined>[] = [
  counter("nat64_audit_log_records_total", "Lines written to the audit log.", {
    read: (log) => (log === undefined ? [] : [[{}, log.written]]),
  }),
  counter("nat64_audit_log_lost_total", "Lines that could not be written to the audit log.", {
    read: (log) => (log === undefined ? [] : [[{}, log.lost]]),
  }),
  {
    type: "gauge",
    name: "nat64_audit_log_failing",
    help: "1 while the audit log cannot be written.",
    labels: [],
    read: (log): readonly Sample[] => (log === undefined ? [] : [[{}, log.trouble === undefined ? 0 : 1]]),
  },
];
