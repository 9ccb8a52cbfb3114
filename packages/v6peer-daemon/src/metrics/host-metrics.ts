/** Metrics of what somebody else changed on this host. */
import type { HostHealth } from "@nat64/daemon-kit/host";
import { counter, type Definition, gauge } from "@nat64/daemon-kit/metrics";

/** All of them. */
export const HOST_METRICS: readonly Definition<HostHealth>[] = [
  gauge(
    "nat64_host_problems",
    "Things that v6peerd set up on this host, that are gone, and that could not be put right.",
    ({ problems }) => problems.length,
  ),
  counter("nat64_host_mends_total", "Things that somebody undid on this host, and that v6peerd put right.", {
    read: ({ mends }) => [[{}, mends]],
  }),
];
