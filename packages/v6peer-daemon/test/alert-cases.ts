/** When each alert comes: series a value a minute (promtool's notation), and the minute by which it has come. */
export interface AlertCase {
  readonly alert: string;
  readonly series: Readonly<Record<string, string>>;
  /** Minutes. It has not come a minute or so after the trouble began, and has come then. */
  readonly quietAt: number;
  readonly firingAt: number;
}

export const ALERT_CASES: readonly AlertCase[] = [
  { alert: "V6PeerDown", series: { up: "1x3 0x20" }, quietAt: 4, firingAt: 6 },
  {
    alert: "V6PeerRestartsRepeatedly",
    series: { process_start_time_seconds: "100x4 200x4 300x4 400x20" },
    quietAt: 12,
    firingAt: 16,
  },
  { alert: "V6PeerCoordinatorAway", series: { nat64_coordinator_connected: "1x5 0x30" }, quietAt: 12, firingAt: 17 },
  {
    alert: "V6PeerPrefixNotRegistered",
    series: { nat64_coordinator_connected: "1x40", nat64_prefix_registered: "0x40" },
    quietAt: 8,
    firingAt: 11,
  },
  {
    alert: "V6PeerNoExitUp",
    series: {
      'nat64_exits{state="up"}': "1x5 0x20",
      'nat64_exits{state="suspect"}': "0x30",
      nat64_exit_is_local: "0x30",
    },
    quietAt: 7,
    firingAt: 9,
  },
  { alert: "V6PeerExitDown", series: { 'nat64_exits{state="down"}': "0x5 2x40" }, quietAt: 18, firingAt: 22 },
  {
    alert: "V6PeerExitLosesData",
    series: { 'nat64_exit_data_suspect{exit="2"}': "0x5 1x20" },
    quietAt: 9,
    firingAt: 12,
  },
  {
    alert: "V6PeerPathLoss",
    series: { 'nat64_exit_probe_loss_ratio{exit="2"}': "0x5 0.3x20" },
    quietAt: 9,
    firingAt: 12,
  },
  {
    alert: "V6PeerPathSlow",
    series: { 'nat64_exit_rtt_seconds{exit="2"}': "0.02x5 0.8x40" },
    quietAt: 18,
    firingAt: 22,
  },
  { alert: "V6PeerHostChanged", series: { nat64_host_problems: "0x5 1x20" }, quietAt: 5, firingAt: 8 },
  {
    alert: "V6PeerTableNearlyFull",
    series: { 'nat64_sessions_by_class{class="settled"}': "10x5 90x20", nat64_sessions_limit: "100x30" },
    quietAt: 9,
    firingAt: 12,
  },
  {
    alert: "V6PeerTableFull",
    series: { 'nat64_dropped_packets_total{reason="sessions-full"}': "0x5 0+60x20" },
    quietAt: 5,
    firingAt: 9,
  },
  {
    alert: "V6PeerPortsExhausted",
    series: { 'nat64_dropped_packets_total{reason="ports-exhausted"}': "0x5 0+60x30" },
    quietAt: 8,
    firingAt: 14,
  },
  {
    alert: "V6PeerCapsMet",
    series: { 'nat64_dropped_packets_total{reason="cap-sessions"}': "0x5 0+6000x60" },
    quietAt: 30,
    firingAt: 45,
  },
  {
    alert: "V6PeerDropsRising",
    series: {
      'nat64_dropped_packets_total{reason="refused-destination"}': "0+6000x60",
      'nat64_packets_total{direction="in"}': "0+60000x60",
    },
    quietAt: 12,
    firingAt: 30,
  },
  {
    alert: "V6PeerBudgetNearlyUsed",
    series: { nat64_budget_used_bytes: "70+5x10", nat64_budget_bytes: "100x20" },
    quietAt: 1,
    firingAt: 4,
  },
  {
    alert: "V6PeerBudgetUsed",
    series: { nat64_budget_used_bytes: "70+5x10", nat64_budget_bytes: "100x20" },
    quietAt: 4,
    firingAt: 7,
  },
  { alert: "V6PeerBusy", series: { nat64_datapath_busy_seconds_total: "0+57x40" }, quietAt: 8, firingAt: 20 },
  { alert: "V6PeerReloadRefused", series: { nat64_reload_refused: "0x5 1x30" }, quietAt: 12, firingAt: 17 },
  { alert: "V6PeerNeedsRestart", series: { nat64_keys_need_restart: "0x5 2x1500" }, quietAt: 1200, firingAt: 1450 },
  { alert: "V6PeerAuditLogFails", series: { nat64_audit_log_failing: "0x5 1x30" }, quietAt: 8, firingAt: 12 },
];

/** A busy IPv6 peer on an ordinary day, for two hours: nothing comes. */
export const ORDINARY_DAY: Readonly<Record<string, string>> = {
  up: "1x120",
  process_start_time_seconds: "100x60 200x60",
  nat64_coordinator_connected: "1x50 0x5 1x65",
  nat64_prefix_registered: "1x50 0x6 1x64",
  'nat64_exits{state="up"}': "3x30 0x1 3x89",
  'nat64_exits{state="suspect"}': "0x120",
  'nat64_exits{state="down"}': "0x30 1x8 0x82",
  nat64_exit_is_local: "0x120",
  'nat64_exit_probe_loss_ratio{exit="1"}': "0x30 0.4x3 0x87",
  'nat64_exit_rtt_seconds{exit="1"}': "0.04x120",
  nat64_sessions: "65536x120",
  'nat64_sessions_by_class{class="settled"}': "40000x120",
  'nat64_sessions_by_class{class="closed"}': "25536x120",
  nat64_sessions_limit: "65536x120",
  'nat64_packets_total{direction="in"}': "0+6000000x120",
  'nat64_dropped_packets_total{reason="no-binding"}': "0+900000x120",
  'nat64_dropped_packets_total{reason="queue-delay"}': "0+900000x120",
  'nat64_dropped_packets_total{reason="refused-destination"}': "0+60x120",
  nat64_budget_used_bytes: "10x120",
  nat64_budget_bytes: "100x120",
  nat64_datapath_busy_seconds_total: "0+20x120",
  nat64_host_problems: "0x120",
  nat64_reload_refused: "0x120",
  nat64_keys_need_restart: "0x40 1x80",
  nat64_audit_log_failing: "0x120",
};
