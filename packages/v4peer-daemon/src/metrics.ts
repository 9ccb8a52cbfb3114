/** Prometheus metrics, at /metrics. */
import type { HostHealth } from "@nat64/daemon-kit/host";
import {
  byName,
  counter,
  createRegistry,
  type Definition,
  gauge,
  register,
  type Sample,
} from "@nat64/daemon-kit/metrics";
import type { Registry } from "prom-client";
import type { DataPathView, ShapingView } from "./data-path/messages.ts";
import { VERSION } from "./version.ts";

type Waiting = ShapingView["ipv4"];

const STATES = ["agreed", "trying", "up"] as const;

const DEFINITIONS: readonly Definition<DataPathView>[] = [
  gauge("v4peer_registered", "1 while the coordinator knows the mapping.", ({ peer }) => (peer.registered ? 1 : 0)),
  gauge("v4peer_draining", "1 while the peer accepts no new pairs.", ({ peer }) => (peer.draining ? 1 : 0)),
  {
    type: "gauge",
    name: "v4peer_pairs",
    help: "Pairs by state.",
    labels: ["state"],
    read: ({ peer }) =>
      STATES.map((state): Sample => [{ state }, peer.pairs.filter((pair) => pair.state === state).length]),
  },
  counter("v4peer_packets_total", "Translated packets; a super-packet counts as one.", {
    labels: ["to"],
    read: ({ engine }) => byName("to", { ipv4: engine.packetsToIPv4, ipv6: engine.packetsToIPv6 }),
  }),
  counter("v4peer_bytes_total", "Bytes of translated IP packets; the headers of a super-packet count once.", {
    labels: ["to"],
    read: ({ engine }) => byName("to", { ipv4: engine.bytesToIPv4, ipv6: engine.bytesToIPv6 }),
  }),
  counter(
    "v4peer_drops_total",
    "Dropped packets and datagrams, by the stable code of the reason; a super-packet counts as one.",
    {
      labels: ["where", "reason"],
      read: ({ engine, counters, loop }) =>
        Object.entries({ engine: engine.drops, peer: counters.drops, path: loop.drops }).flatMap(([where, drops]) =>
          Object.entries(drops).map(([reason, value]): Sample => [{ where, reason }, value]),
        ),
    },
  ),
  counter("v4peer_probes_answered_total", "Answered path probes.", {
    read: ({ counters }) => [[{}, counters.probesAnswered]],
  }),
  counter("v4peer_bubbles_sent_total", "Bubbles sent to relays.", {
    read: ({ counters }) => [[{}, counters.bubblesSent]],
  }),
  counter("v4peer_bandwidth_bytes_total", "Bytes of IPv6 packets that the bandwidth limits let pass.", {
    labels: ["to"],
    read: waiting(({ bytes }) => bytes),
  }),
  counter("v4peer_bandwidth_dropped_bytes_total", "Bytes of IPv6 packets dropped because of the bandwidth limits.", {
    labels: ["to"],
    read: waiting(({ droppedBytes }) => droppedBytes),
  }),
  queue("v4peer_bandwidth_queued_bytes", "Bytes of IPv6 packets waiting in the queues.", (each) => each.queuedBytes),
  queue(
    "v4peer_bandwidth_delay_seconds",
    "Moving average of the time packets wait in the queues.",
    (each) => each.meanDelay / 1000,
  ),
];

/** Samples by direction; none while there is no limit. */
function waiting(read: (waiting: Waiting) => number): Definition<DataPathView>["read"] {
  return ({ shaping }) =>
    shaping === undefined ? [] : byName("to", { ipv4: read(shaping.ipv4), ipv6: read(shaping.ipv6) });
}

function queue(name: string, help: string, read: (waiting: Waiting) => number): Definition<DataPathView> {
  return { type: "gauge", name, help, labels: ["to"], read: waiting(read) };
}

const HOST: readonly Definition<HostHealth>[] = [
  gauge(
    "v4peer_host_problems",
    "Things that v4peer set up on this host, that are gone, and that could not be put right.",
    ({ problems }) => problems.length,
  ),
  counter("v4peer_host_mends_total", "Things that somebody undid on this host, and that v4peer put right.", {
    read: ({ mends }) => [[{}, mends]],
  }),
];

/** A registry that calls `look` and `health` at each scrape. */
export function v4peerRegistry(look: () => Promise<DataPathView>, health: () => Promise<HostHealth>): Registry {
  const registry = createRegistry("v4peer", VERSION);
  register(registry, DEFINITIONS, look);
  register(registry, HOST, health);
  return registry;
}
