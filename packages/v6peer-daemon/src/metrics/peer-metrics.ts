/** Metrics of the coordinator, the peer exits and the built-in relay. Labels do not name peers: there may be many over time. */
import { counter, type Definition, gauge, type Sample } from "@nat64/daemon-kit/metrics";
import type { PeerStatus } from "../control/protocol.ts";

const STATES = ["trying", "up", "suspect", "down"] as const;

/** All metrics of peers. */
export const PEER_METRICS: readonly Definition<PeerStatus>[] = [
  gauge("nat64_coordinator_connected", "1 while connected to the coordinator.", ({ coordinator }) =>
    coordinator.state === "open" ? 1 : 0,
  ),
  gauge("nat64_prefix_registered", "1 while the prefix is registered with the coordinator.", ({ registration }) =>
    registration === "registered" ? 1 : 0,
  ),
  {
    type: "gauge",
    name: "nat64_exits",
    help: "Peer exits, by the state of their path.",
    labels: ["state"],
    read: ({ exits }) =>
      STATES.map((state): Sample => [{ state }, exits.filter((exit) => exit.state === state).length]),
  },
  perExit("nat64_exit_rtt_seconds", "Median round-trip time to an IPv4 peer.", (exit) =>
    exit.rtt === undefined ? undefined : exit.rtt / 1000,
  ),
  perExit(
    "nat64_exit_probe_loss_ratio",
    "Share of an exit's latest probes that were not answered.",
    (exit) => exit.loss,
  ),
  perExit(
    "nat64_exit_data_suspect",
    "1 while data of clients does not come back through an exit, or only a part.",
    (exit) => (exit.data.lost.length > 0 ? 1 : 0),
  ),
  {
    type: "gauge",
    name: "nat64_exit_answered_ratio",
    help: "Share of clients' new flows of the last half minute that were answered, by exit and protocol.",
    labels: ["exit", "protocol"],
    read: ({ exits }) =>
      exits.flatMap(({ exit, data }) =>
        (["tcp", "udp"] as const).flatMap((protocol): readonly Sample[] => {
          const { opened, answered } = data[protocol];
          return opened === 0 ? [] : [[{ exit: String(exit), protocol }, answered / opened]];
        }),
      ),
  },
  perExit("nat64_exit_sessions", "Sessions that leave through an exit.", (exit) => exit.sessions),
  counter("nat64_exit_packets_total", "Packets of clients, by exit and direction; a super-packet counts as one.", {
    labels: ["exit", "direction"],
    read: ({ exits }) =>
      exits.flatMap(({ exit, sent, received }): readonly Sample[] => [
        [{ exit: String(exit), direction: "out" }, sent],
        [{ exit: String(exit), direction: "in" }, received],
      ]),
  }),
  counter("nat64_exit_bytes_total", "Bytes of clients' packets, by exit and direction.", {
    labels: ["exit", "direction"],
    read: ({ exits }) =>
      exits.flatMap(({ exit, sentBytes, receivedBytes }): readonly Sample[] => [
        [{ exit: String(exit), direction: "out" }, sentBytes],
        [{ exit: String(exit), direction: "in" }, receivedBytes],
      ]),
  }),
  counter("nat64_probe_faults_total", "Invalid path probes, by fault.", {
    labels: ["fault"],
    read: ({ probeFaults }) => Object.entries(probeFaults).map(([fault, value]): Sample => [{ fault }, value]),
  }),
  ofRelay(
    "nat64_relay_packets_total",
    "Packets through the built-in relay without bubbles; a super-packet counts as one.",
    "direction",
    (relay) => ({
      "to-teredo": relay.packetsToTeredo,
      "from-teredo": relay.packetsFromTeredo,
    }),
  ),
  ofRelay("nat64_relay_sent_total", "Packets that the built-in relay originated.", "kind", (relay) => ({
    bubble: relay.bubblesSent,
    "icmp-error": relay.errorsSent,
  })),
  ofRelay(
    "nat64_relay_dropped_total",
    "Packets that the built-in relay dropped, by reason.",
    "reason",
    ({ drops }) => drops,
  ),
  ofRelay(
    "nat64_relay_socket_errors_total",
    "Datagrams that could not be sent or received, by the system's error or kind.",
    "error",
    (relay) => relay.socketErrors,
  ),
  {
    type: "gauge",
    name: "nat64_relay_peers",
    help: "Teredo clients known to the built-in relay.",
    labels: [],
    read: ({ relay }) => (relay === undefined ? [] : [[{}, relay.peers]]),
  },
];

/** A gauge with one sample per exit, labelled by its number. Numbers are reused, so there are at most 32. */
function perExit(
  name: string,
  help: string,
  read: (exit: PeerStatus["exits"][number]) => number | undefined,
): Definition<PeerStatus> {
  return {
    type: "gauge",
    name,
    help,
    labels: ["exit"],
    read: ({ exits }) =>
      exits.flatMap((exit): readonly Sample[] => {
        const value = read(exit);
        return value === undefined ? [] : [[{ exit: String(exit.exit) }, value]];
      }),
  };
}

function ofRelay(
  name: string,
  help: string,
  label: string,
  read: (relay: NonNullable<PeerStatus["relay"]>) => Readonly<Record<string, number>>,
): Definition<PeerStatus> {
  return counter(name, help, {
    labels: [label],
    read: ({ relay }) =>
      relay === undefined
        ? []
        : Object.entries(read(relay)).map(([value, count]): Sample => [{ [label]: value }, count]),
  });
}
