/** Metrics of drains. */
import { type Definition, gauge } from "@nat64/daemon-kit/metrics";
import type { DrainView } from "../data-path/messages/draining.ts";

/** All metrics of drains. */
export const DRAIN_METRICS: readonly Definition<DrainView>[] = [
  gauge("nat64_draining", "1 while everything is draining: new sessions are refused.", ({ all }) => (all ? 1 : 0)),
  gauge("nat64_local_exit_draining", "1 while the local exit is draining: it takes no new clients.", ({ local }) =>
    local ? 1 : 0,
  ),
  gauge(
    "nat64_open_sessions",
    "Sessions that may still carry traffic: all except closed TCP sessions.",
    ({ openSessions }) => openSessions.reduce((sum, each) => sum + each, 0),
  ),
];
