/** Metrics of what drains. */
import { type Definition, gauge } from "@nat64/daemon-kit/metrics";
import type { DrainView } from "../thread/messages/draining.ts";

/** All of them. */
export const DRAIN_METRICS: readonly Definition<DrainView>[] = [
  gauge("nat64_draining", "1 while everything drains: no new sessions are taken.", ({ all }) => (all ? 1 : 0)),
  gauge("nat64_local_exit_draining", "1 while the local exit takes no new clients.", ({ local }) => (local ? 1 : 0)),
  gauge(
    "nat64_open_sessions",
    "Sessions over which something may still come: all but closed TCP sessions.",
    ({ openSessions }) => openSessions.reduce((sum, each) => sum + each, 0),
  ),
];
