/** Metrics of packets, sessions and the data path's thread. */
import { byName, counter, type Definition, gauge, type Sample } from "@nat64/daemon-kit/metrics";
import type { DataPathCounters } from "../data-path/messages/all-messages.ts";

/** All metrics of the data path. */
export const DATA_PATH_METRICS: readonly Definition<DataPathCounters>[] = [
  counter(
    "nat64_packets_total",
    "Packets, by family and direction as seen from the translator; a super-packet counts as one.",
    {
      labels: ["family", "direction"],
      read: ({ engine }) =>
        byFamily(engine.packetsFromIPv6, engine.packetsToIPv6, engine.packetsFromIPv4, engine.packetsToIPv4),
    },
  ),
  counter(
    "nat64_bytes_total",
    "Bytes of IP packets, by family and direction as seen from the translator; the headers of a super-packet count once.",
    {
      labels: ["family", "direction"],
      read: ({ engine }) =>
        byFamily(engine.bytesFromIPv6, engine.bytesToIPv6, engine.bytesFromIPv4, engine.bytesToIPv4),
    },
  ),
  counter(
    "nat64_dropped_packets_total",
    "Dropped packets, by the stable code of the reason; a super-packet counts as one, except in the bandwidth queues, where each segment counts.",
    {
      labels: ["reason"],
      read: ({ engine }) => Object.entries(engine.drops).map(([reason, value]): Sample => [{ reason }, value]),
    },
  ),
  counter("nat64_icmp_errors_sent_total", "ICMP errors sent by the translator itself.", {
    read: ({ engine }) => [[{}, engine.icmpErrorsSent]],
  }),
  counter("nat64_icmp_errors_suppressed_total", "ICMP errors of the translator itself suppressed by the rate limit.", {
    read: ({ engine }) => [[{}, engine.icmpErrorsSuppressed]],
  }),
  counter("nat64_resets_sent_total", "TCP resets sent to clients whose connection is not in the table.", {
    read: ({ engine }) => [[{}, engine.resetsSent]],
  }),
  counter("nat64_resets_suppressed_total", "TCP resets to clients suppressed by the rate limit.", {
    read: ({ engine }) => [[{}, engine.resetsSuppressed]],
  }),
  counter("nat64_sessions_created_total", "Sessions that were created.", {
    read: ({ engine }) => [[{}, engine.sessionsCreated]],
  }),
  counter("nat64_sessions_expired_total", "Sessions that expired.", {
    read: ({ engine }) => [[{}, engine.sessionsExpired]],
  }),
  counter("nat64_sessions_evicted_total", "Sessions that ended early to make room for others, by class.", {
    labels: ["class"],
    read: ({ engine }) => byName("class", { ...engine.sessionsEvicted }),
  }),
  gauge("nat64_sessions", "Sessions in the table.", ({ engine }) => engine.sessions),
  {
    name: "nat64_sessions_by_class",
    help: "Sessions in the table, by class: settled, unconfirmed, uninvited (opened from IPv4), closed.",
    type: "gauge",
    labels: ["class"],
    read: ({ engine }) => byName("class", { ...engine.sessionsByClass }),
  },
  gauge("nat64_bindings", "Entries of the binding information base.", ({ engine }) => engine.bindings),
  gauge(
    "nat64_client_prefixes",
    "Client prefixes with state: /64, /56 and /48 together, so one client may count three times.",
    ({ engine }) => engine.clientPrefixes,
  ),
  gauge(
    "nat64_fragmented_packets",
    "Fragmented packets that are being tracked.",
    ({ engine }) => engine.fragmentedPackets,
  ),
  gauge("nat64_held_packets", "Fragments and inbound SYNs that are waiting.", ({ engine }) => engine.heldPackets),
  counter("nat64_tun_read_errors_total", "Packets from the TUN device that could not be read, by kind.", {
    labels: ["kind"],
    read: ({ tun }) => [
      [{ kind: "truncated" }, tun.truncatedReads],
      [{ kind: "refused" }, tun.refusedReads],
    ],
  }),
  counter(
    "nat64_tun_write_errors_total",
    "Packets that could not be written to the TUN device, by the system's error or kind.",
    {
      labels: ["error"],
      read: ({ tun }) => [
        [{ error: "refused" }, tun.refusedWrites],
        [{ error: "short" }, tun.shortWrites],
        ...Object.entries(tun.writeErrors).map(([error, value]): Sample => [{ error }, value]),
      ],
    },
  ),
  counter("nat64_datapath_wakeups_total", "Times the data path's thread woke up.", {
    read: ({ loop }) => [[{}, loop.wakeUps]],
  }),
  counter("nat64_datapath_batches_total", "Batches read from the TUN device.", {
    read: ({ loop }) => [[{}, loop.batches]],
  }),
  counter("nat64_datapath_busy_seconds_total", "Seconds the data path's thread was busy.", {
    read: ({ loop }) => [[{}, loop.busyMilliseconds / 1000]],
  }),
  gauge(
    "nat64_datapath_longest_round_seconds",
    "The longest round of the data path's thread in the last one to two minutes.",
    ({ loop }) => loop.longestRoundMilliseconds / 1000,
  ),
];

function byFamily(from6: number, to6: number, from4: number, to4: number): readonly Sample[] {
  return [
    [{ family: "ipv6", direction: "in" }, from6],
    [{ family: "ipv6", direction: "out" }, to6],
    [{ family: "ipv4", direction: "in" }, from4],
    [{ family: "ipv4", direction: "out" }, to4],
  ];
}
