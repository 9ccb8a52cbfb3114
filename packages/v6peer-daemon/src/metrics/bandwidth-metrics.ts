/** Metrics of bandwidth: what passed, what waits, what was dropped, and what was used of the month. */
import { counter, type Definition, type Sample } from "@nat64/daemon-kit/metrics";
import type { BandwidthStatus } from "../control/bandwidth.ts";
import type { BandwidthCounters } from "../thread/messages/bandwidth.ts";
import type { DataPathCounters } from "../thread/messages/data-path.ts";

type Direction = BandwidthCounters["up"];

/** Of the data path. None has samples while bandwidth is neither limited nor counted. */
export const SHAPING_METRICS: readonly Definition<DataPathCounters>[] = [
  counter("nat64_bandwidth_bytes_total", "Bytes of IP packets of clients (up) and to them (down) that went on.", {
    labels: ["direction"],
    read: byDirection(({ bytes }) => bytes),
  }),
  counter("nat64_bandwidth_dropped_bytes_total", "Bytes of IP packets that were dropped for want of bandwidth.", {
    labels: ["direction"],
    read: byDirection(({ droppedBytes }) => droppedBytes),
  }),
  counter("nat64_bandwidth_marked_packets_total", "Packets that CoDel marked (ECN) instead of dropping them.", {
    labels: ["direction"],
    read: byDirection(({ marked }) => marked),
  }),
  perDirection(
    "nat64_bandwidth_queued_bytes",
    "Bytes of IP packets that wait for bandwidth.",
    (each) => each.queuedBytes,
  ),
  perDirection("nat64_bandwidth_queue_memory_bytes", "Memory that they lie in.", (each) => each.queuedMemory),
  perDirection(
    "nat64_bandwidth_queued_clients",
    "Clients, by /64, of which packets wait.",
    (each) => each.queuedClients,
  ),
  perDirection(
    "nat64_bandwidth_delay_seconds",
    "How long packets waited for bandwidth, a moving mean.",
    (each) => each.meanDelay / 1000,
  ),
  perDirection(
    "nat64_bandwidth_longest_delay_seconds",
    "The longest that a packet waited for bandwidth in the last one to two minutes.",
    (each) => each.longestDelay / 1000,
  ),
];

/** Of the limits. */
export const BUDGET_METRICS: readonly Definition<BandwidthStatus>[] = [
  {
    type: "gauge",
    name: "nat64_bandwidth_limit_bits_per_second",
    help: "The rate that clients may use; a direction without limit has none.",
    labels: ["direction"],
    read: ({ up, down }) =>
      Object.entries({ up, down }).flatMap(([direction, rate]): readonly Sample[] =>
        rate === undefined ? [] : [[{ direction }, rate.rate]],
      ),
  },
  monthly("nat64_budget_bytes", "Bytes that may pass in a month, both directions together.", ({ limit }) => limit),
  monthly("nat64_budget_used_bytes", "Bytes of them that have passed.", ({ used }) => used),
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
