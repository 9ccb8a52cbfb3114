/** The coordinator's numbers as Prometheus metrics; they are read at each scrape, nothing is counted twice. */
import { byName, createRegistry, type Definition, register, type Sample } from "@nat64/daemon-kit/metrics";
import type { Registry } from "prom-client";
import type { Coordinator, Status } from "../machine/index.ts";
import { VERSION } from "../version.ts";

/** What is read at each scrape. */
export interface Source {
  readonly machine: Pick<Coordinator, "counters" | "teredo" | "status">;
  /** Datagrams that this host could not send. */
  readonly sendFailures: () => number;
}

/** What the metrics are read out of. */
interface Numbers extends Source {
  readonly status: Status;
}

const DEFINITIONS: readonly Definition<Numbers>[] = [
  gauge("connections", "Connections that are open.", (status) => status.connections),
  {
    name: "coordinator_peers",
    help: "Peers that are known, and those whose registration counts now.",
    type: "gauge",
    labels: ["role", "state"],
    read: ({ status }) => [
      [{ role: "v6peer", state: "known" }, status.v6peers],
      [{ role: "v6peer", state: "registered" }, status.v6peersRegistered],
      [{ role: "v4peer", state: "known" }, status.v4peers],
      [{ role: "v4peer", state: "registered" }, status.v4peersRegistered],
    ],
  },
  gauge("prefixes", "Prefixes that were proved, of peers that are known.", (status) => status.prefixes),
  gauge("proposals", "Proposals that wait for an answer.", (status) => status.proposals),
  gauge("pairs", "Pairs that were agreed on.", (status) => status.pairs),
  gauge("pairs_up", "Pairs whose path is up, as their IPv6 peers say.", (status) => status.pairsUp),
  gauge("held_pairs", "Claims of held pairs that wait for the other end.", (status) => status.heldPairs),
  counter("messages_in_total", "Messages from peers.", ["type"], ({ machine }) =>
    byName("type", machine.counters.messagesIn),
  ),
  counter("messages_out_total", "Messages to peers.", ["type"], ({ machine }) =>
    byName("type", machine.counters.messagesOut),
  ),
  counter("errors_total", "Errors that were sent, by code.", ["code"], ({ machine }) =>
    byName("code", machine.counters.errors),
  ),
  one("connections_opened_total", "Connections that were let in.", ({ machine }) => machine.counters.connectionsOpened),
  counter("connections_closed_total", "Connections that ended, by reason.", ["reason"], ({ machine }) =>
    byName("reason", machine.counters.connectionsClosed),
  ),
  one("challenges_total", "Proofs of prefix that were begun.", ({ machine }) => machine.counters.challenges),
  one("prefixes_proven_total", "… that succeeded.", ({ machine }) => machine.counters.prefixesProven),
  one(
    "prefixes_lost_total",
    "Prefixes that another peer has proved since.",
    ({ machine }) => machine.counters.prefixesLost,
  ),
  one("mappings_proven_total", "Mappings that were proved.", ({ machine }) => machine.counters.mappingsProven),
  one(
    "solicitations_refused_total",
    "Router Solicitations without good authentication.",
    ({ machine }) => machine.counters.solicitationsRefused,
  ),
  counter("proposals_total", "Proposals by what became of them.", ["fate"], ({ machine }) =>
    byName("fate", machine.counters.proposals),
  ),
  one("pairs_resumed_total", "Held pairs that were taken up again.", ({ machine }) => machine.counters.pairsResumed),
  one(
    "fresh_addresses_total",
    "Teredo addresses for paths that were down.",
    ({ machine }) => machine.counters.freshAddresses,
  ),
  counter("bubbles_total", "Bubbles by what became of them.", ["fate"], ({ machine }) =>
    byName("fate", machine.counters.bubbles),
  ),
  one("advertisements_total", "Router Advertisements that were sent.", ({ machine }) => machine.teredo.advertisements),
  counter("teredo_drops_total", "UDP datagrams that were dropped, by reason.", ["reason"], ({ machine }) =>
    byName("reason", machine.teredo.drops),
  ),
  one("send_failures_total", "UDP datagrams that this host could not send.", ({ sendFailures }) => sendFailures()),
];

/** A registry whose metrics come from `source` at each scrape: then the tables are counted, once for all. */
export function coordinatorRegistry(source: Source): Registry {
  const registry = createRegistry("coordinator", VERSION);
  register(registry, DEFINITIONS, async () => ({ ...source, status: source.machine.status() }));
  return registry;
}

function gauge(name: string, help: string, read: (status: Status) => number): Definition<Numbers> {
  return {
    name: `coordinator_${name}`,
    help,
    type: "gauge",
    labels: [],
    read: ({ status }) => [[{}, read(status)]],
  };
}

function counter(
  name: string,
  help: string,
  labels: readonly string[],
  read: (numbers: Numbers) => readonly Sample[],
): Definition<Numbers> {
  return { name: `coordinator_${name}`, help, type: "counter", labels, read };
}

function one(name: string, help: string, read: (numbers: Numbers) => number): Definition<Numbers> {
  return counter(name, help, [], (numbers) => [[{}, read(numbers)]]);
}
