import type { AuditLogStatus } from "@nat64/daemon-kit/audit-log";
import { counter, type Definition, type Sample } from "@nat64/daemon-kit/metrics";

/** Metrics of the audit log; without one they have no samples. */
export const AUDIT_LOG_METRICS: readonly Definition<AuditLogStatus | undefined>[] = [
  counter("nat64_audit_log_records_total", "Lines that were written to the audit log.", {
    read: (log) => (log === undefined ? [] : [[{}, log.written]]),
  }),
  counter("nat64_audit_log_lost_total", "Lines that the audit log could not keep.", {
    read: (log) => (log === undefined ? [] : [[{}, log.lost]]),
  }),
  {
    type: "gauge",
    name: "nat64_audit_log_failing",
    help: "Whether the audit log cannot be written now.",
    labels: [],
    read: (log): readonly Sample[] => (log === undefined ? [] : [[{}, log.trouble === undefined ? 0 : 1]]),
  },
];
