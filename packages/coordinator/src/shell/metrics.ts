/** The coordinator's numbers as Prometheus metrics, read from the machine at each scrape. */
import { byName, createRegistry, type Definition, register, type Sample } from "@nat64/daemon-kit/metrics";
import type { Registry } from "prom-client";
import type { Coordinator, StateCounts } from "../machine/index.ts";
import { VERSION } from "../version.ts";

/** Where the numbers come from. */
export interface Source {
  readonly machine: Pick<Coordinator, "counters" | "teredo" | "status">;
  /** Returns the number of datagrams that this host could not send. */
  readonly sendFailures: () => number;
}

/** The numbers of one scrape. */
interface Numbers extends Source {
  readonly status: StateCounts;
}

const DEFINITIONS: readonly Definition<Numbers>[] = [
  gauge("connections", "Open connections.", (status) => status.connections),
  {
    name: "coordinator_peers",
    help: "Known peers, and those that are registered.",
    type: "gauge",
    labels: ["role", "state"],
    read: ({ status }) => [
      [{ role: "v6peer", state: "known" }, status.v6peers],
      [{ role: "v6peer", state: "registered" }, status.v6peersRegistered],
      [{ role: "v4peer", state: "known" }, status.v4peers],
      [{ role: "v4peer", state: "registered" }, status.v4peersRegistered],
    ],
  },
  gauge("prefixes", "Proved prefixes of known peers.", (status) => status.prefixes),
  gauge("proposals", "Proposals that wait for an answer.", (status) => status.proposals),
  gauge("pairs", "Pairs that both peers agreed on.", (status) => status.pairs),
  gauge("pairs_up", "Pairs whose path is up, as their IPv6 peers report.", (status) => status.pairsUp),
  gauge("held_pairs", "Claims to held pairs that wait for the other end.", (status) => status.heldPairs),
  counter("messages_in_total", "Messages from peers.", ["type"], ({ machine }) =>
    byName("type", machine.counters.messagesIn),
  ),
  counter("messages_out_total", "Messages to peers.", ["type"], ({ machine }) =>
    byName("type", machine.counters.messagesOut),
  ),
  counter("errors_total", "Errors sent, by code.", ["code"], ({ machine }) => byName("code", machine.counters.errors)),
  one("connections_opened_total", "Connections accepted.", ({ machine }) => machine.counters.connectionsOpened),
  counter("connections_closed_total", "Connections that ended, by reason.", ["reason"], ({ machine }) =>
    byName("reason", machine.counters.connectionsClosed),
  ),
  one("challenges_total", "Proofs of prefix started.", ({ machine }) => machine.counters.challenges),
  one("prefixes_proven_total", "Proofs of prefix that succeeded.", ({ machine }) => machine.counters.prefixesProven),
  one(
    "prefixes_lost_total",
    "Prefixes that another peer proved later.",
    ({ machine }) => machine.counters.prefixesLost,
  ),
  one("mappings_proven_total", "Mappings proved.", ({ machine }) => machine.counters.mappingsProven),
  one(
    "changes_refused_total",
    "Changes by peers that were refused because there were too many.",
    ({ machine }) => machine.counters.changesRefused,
  ),
  one(
    "solicitations_refused_total",
    "Router Solicitations whose authentication failed.",
    ({ machine }) => machine.counters.solicitationsRefused,
  ),
  counter("proposals_total", "Proposals, by outcome.", ["fate"], ({ machine }) =>
    byName("fate", machine.counters.proposals),
  ),
  one("pairs_resumed_total", "Held pairs that were resumed.", ({ machine }) => machine.counters.pairsResumed),
  one(
    "fresh_addresses_total",
    "Teredo addresses for paths that were down.",
    ({ machine }) => machine.counters.freshAddresses,
  ),
  counter("bubbles_total", "Bubbles, by outcome.", ["fate"], ({ machine }) => byName("fate", machine.counters.bubbles)),
  one("advertisements_total", "Router Advertisements sent.", ({ machine }) => machine.teredo.advertisements),
  counter("teredo_drops_total", "Dropped UDP datagrams, by reason.", ["reason"], ({ machine }) =>
    byName("reason", machine.teredo.drops),
  ),
  one("send_failures_total", "UDP datagrams that this host could not send.", ({ sendFailures }) => sendFailures()),
];

/** A registry that reads its metrics from `source`. The tables are counted once per scrape. */
export function coordinatorRegistry(source: Source): Registry {
  const registry = createRegistry("coordinator", VERSION);
  register(registry, DEFINITIONS, async () => ({ ...source, status: source.machine.status() }));
  return registry;
}

function gauge(name: string, help: string, read: (status: StateCounts) => number): Definition<Numbers> {
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
