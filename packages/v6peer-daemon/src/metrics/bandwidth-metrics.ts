/** Metrics of bandwidth: traffic, queues, drops and the use of the monthly quota. */
import { counter, type Definition, type Sample } from "@nat64/daemon-kit/metrics";
import type { BandwidthStatus } from "../control/bandwidth.ts";
import type { DataPathCounters } from "../data-path/messages/all-messages.ts";
import type { BandwidthCounters } from "../data-path/messages/bandwidth.ts";

type Direction = BandwidthCounters["up"];

/** Metrics of the data path. They have no samples while bandwidth is neither limited nor counted. */
export const SHAPING_METRICS: readonly Definition<DataPathCounters>[] = [
  counter("nat64_bandwidth_bytes_total", "Bytes of forwarded IP packets from clients (up) and to them (down).", {
    labels: ["direction"],
    read: byDirection(({ bytes }) => bytes),
  }),
  counter("nat64_bandwidth_dropped_bytes_total", "Bytes of IP packets dropped because of the bandwidth limit.", {
    labels: ["direction"],
    read: byDirection(({ droppedBytes }) => droppedBytes),
  }),
  counter("nat64_bandwidth_marked_packets_total", "Packets that CoDel marked (ECN) instead of dropping them.", {
    labels: ["direction"],
    read: byDirection(({ marked }) => marked),
  }),
  perDirection(
    "nat64_bandwidth_queued_bytes",
    "Bytes of IP packets waiting in the queues.",
    (each) => each.queuedBytes,
  ),
  perDirection("nat64_bandwidth_queue_memory_bytes", "Memory used by the queues.", (each) => each.queuedMemory),
  perDirection("nat64_bandwidth_queued_clients", "Client /64s with waiting packets.", (each) => each.queuedClients),
  perDirection(
    "nat64_bandwidth_delay_seconds",
    "Moving average of the time packets wait in the queues.",
    (each) => each.meanDelay / 1000,
  ),
  perDirection(
    "nat64_bandwidth_longest_delay_seconds",
    "Longest time a packet waited in the queues in the last one to two minutes.",
    (each) => each.longestDelay / 1000,
  ),
];

/** Metrics of the limits. */
export const BUDGET_METRICS: readonly Definition<BandwidthStatus>[] = [
  {
    type: "gauge",
    name: "nat64_bandwidth_limit_bits_per_second",
    help: "The configured rate; absent for a direction without limit.",
    labels: ["direction"],
    read: ({ up, down }) =>
      Object.entries({ up, down }).flatMap(([direction, rate]): readonly Sample[] =>
        rate === undefined ? [] : [[{ direction }, rate.rate]],
      ),
  },
  monthly("nat64_budget_bytes", "Monthly quota in bytes, both directions together.", ({ limit }) => limit),
  monthly("nat64_budget_used_bytes", "Bytes of the monthly quota that are used.", ({ used }) => used),
  {
    type: "gauge",
    name: "nat64_budget_client_share_bytes",
    help: "Bytes of the monthly quota that a single prefix of clients may use today; absent without such a limit.",
    labels: ["prefix"],
    read: ({ monthly: each }) =>
      each?.share === undefined
        ? []
        : [
            [{ prefix: "64" }, each.share.client],
            [{ prefix: "48" }, each.share.site],
          ],
  },
];

function byDirection(read: (direction: Direction) => number): Definition<DataPathCounters>["read"] {
  return ({ bandwidth }) =>
    bandwidth === undefined
      ? []
      : [
          [{ direction: "up" }, read(bandwidth.up)],
          [{ direction: "down" }, read(bandwidth.down)],
        ];
}

function perDirection(
  name: string,
  help: string,
  read: (direction: Direction) => number,
): Definition<DataPathCounters> {
  return { type: "gauge", name, help, labels: ["direction"], read: byDirection(read) };
}

function monthly(
  name: string,
  help: string,
  read: (budget: NonNullable<BandwidthStatus["monthly"]>) => number,
): Definition<BandwidthStatus> {
  return {
    type: "gauge",
    name,
    help,
    labels: [],
    read: ({ monthly: each }) => (each === undefined ? [] : [[{}, read(each)]]),
  };
}
