/** The invariants, each with a sentence for its violation. */
import { MAX_PEER_EXITS } from "@nat64/nat64-engine";
import type { RelayNode } from "../nodes/relay-node.ts";
import { isUp, type V6PeerNode } from "../nodes/v6peer-node.ts";
import { MAX_PAIRS, type World } from "./world.ts";

/** Milliseconds between two checks, and between two requests of each client. */
const LOOK_EVERY = 10_000;
export const ASK_EVERY = 10_000;

/** Consecutive unanswered requests over a path that is up that cannot be explained by random loss. */
const MAX_MISSED = 12;

/** Teredo addresses of one pair that a relay may know: it forgets those that never answered after 300 s. */
const ADDRESSES_PER_PAIR = 12;
/**
 * UDP mappings of a NAT: towards the coordinator's sockets and each relay, including those that have not timed out yet.
 */
const MAPPINGS = 64;
/** Timers of a coordinator for each connection, peer, pair, claim and quarantine together. */
const TIMERS_EACH = 3;
/** Maximum of pending events for each host: packets of bursts, timers, retransmissions. */
const EVENTS_PER_HOST = 200;

/** The highest values, for the report. */
export interface Peaks {
  pending: number;
  coordinatorTimers: number;
  relayPeers: number;
  natMappings: number;
  sessions: number;
  pairs: number;
}

export function watch(world: World): Peaks {
  const { simulation, coordinator, relays, v6peers, v4peers } = world;
  const peaks: Peaks = { pending: 0, coordinatorTimers: 0, relayPeers: 0, natMappings: 0, sessions: 0, pairs: 0 };
  const hold = (name: string, check: () => string | undefined): void =>
    void simulation.invariant(name, LOOK_EVERY, check);
  hold("coordinator", () => lookAtCoordinator(world, peaks));
  hold("relays", () => firstFault(relays, (relay) => lookAtRelay(relay, world, peaks)));
  hold("IPv6 peers", () => firstFault(v6peers, (peer) => lookAtV6Peer(peer, peaks)));
  hold("IPv4 peers", () =>
    firstFault(v4peers, (peer) => atMost(`${peer.options.name}: pairs`, peer.pairs().length, MAX_PAIRS)),
  );
  hold("NATs", () =>
    firstFault(
      v4peers.flatMap(({ options }) => options.nats),
      (nat) => {
        const { udpMappings, streamMappings } = nat;
        peaks.natMappings = Math.max(peaks.natMappings, udpMappings);
        return atMost(`${nat.name}: mappings`, udpMappings, MAPPINGS) ?? lookAtStreams(nat.name, streamMappings);
      },
    ),
  );
  const hosts = 1 + relays.length + v6peers.length + 2 * v4peers.length;
  hold("events", () => {
    peaks.pending = Math.max(peaks.pending, simulation.pending);
    return atMost("events that wait", simulation.pending, hosts * EVENTS_PER_HOST);
  });
  hold("streams", () => atMost("streams of the coordinator", coordinator.host.streams, 4 * hosts));
  return peaks;
}

/** Mappings of streams last for hours, so each attempt to connect leaves one behind for a while. */
function lookAtStreams(name: string, mappings: number): string | undefined {
  return atMost(`${name}: mappings of streams`, mappings, 1_000);
}

function lookAtCoordinator({ coordinator, v6peers, v4peers, options }: World, peaks: Peaks): string | undefined {
  const status = coordinator.machine?.status();
  if (status === undefined) return undefined;
  const { connections, pairs, proposals, addresses, heldPairs, holdOffs, timers, challenges } = status;
  const peers = v6peers.length + v4peers.length;
  const maxPairs = Math.min(v6peers.length * options.exits, v4peers.length * MAX_PAIRS);
  peaks.coordinatorTimers = Math.max(peaks.coordinatorTimers, timers);
  peaks.pairs = Math.max(peaks.pairs, pairs);
  return (
    atMost("connections", connections, 3 * peers) ??
    atMost("IPv6 peers", status.v6peers, v6peers.length) ??
    atMost("IPv4 peers", status.v4peers, v4peers.length) ??
    atMost("pairs and proposals", pairs + proposals, maxPairs) ??
    atMost("addresses", addresses, pairs) ??
    atMost("prefixes", status.prefixes, v6peers.length) ??
    atMost("challenges", challenges, v6peers.length) ??
    atMost("solicitors", status.solicitors, v4peers.length) ??
    atMost("claims of held pairs", heldPairs, 2 * maxPairs) ??
    atMost("hold-offs", holdOffs, v6peers.length * v4peers.length) ??
    atMost("timers", timers, TIMERS_EACH * (connections + peers + pairs + proposals + heldPairs + holdOffs + 8))
  );
}

function lookAtRelay({ machine, host }: RelayNode, { options }: World, peaks: Peaks): string | undefined {
  if (machine === undefined) return undefined;
  const { peerCount, queuedBytes } = machine;
  peaks.relayPeers = Math.max(peaks.relayPeers, peerCount);
  const most = options.peersPerRelay * options.exits * ADDRESSES_PER_PAIR;
  return atMost(`${host.name}: peers`, peerCount, most) ?? atMost(`${host.name}: bytes queued`, queuedBytes, 2 ** 20);
}

function lookAtV6Peer(peer: V6PeerNode, peaks: Peaks): string | undefined {
  const pairs = peer.pairs();
  const { name, exits } = peer.options;
  const { sessions, traffic } = peer;
  peaks.sessions = Math.max(peaks.sessions, sessions);
  const wanted = pairs.filter(({ isOrphan }) => !isOrphan).length;
  const deaf = pairs.find((pair) => isUp(pair) && (traffic.of(pair.pair)?.missed ?? 0) > MAX_MISSED);
  return (
    atMost(`${name}: pairs`, wanted, exits) ??
    atMost(`${name}: exits`, pairs.length, MAX_PEER_EXITS) ??
    atMost(`${name}: sessions`, sessions, 2 * MAX_PEER_EXITS) ??
    atMost(`${name}: pairs in its traffic`, traffic.size, MAX_PEER_EXITS) ??
    (deaf && `${name}: the path of pair ${deaf.pair} is ${deaf.state}, and nothing comes back over it.`)
  );
}

function atMost(what: string, is: number, most: number): string | undefined {
  return is <= most ? undefined : `${what}: ${is}, more than ${most}.`;
}

function firstFault<T>(those: readonly T[], look: (one: T) => string | undefined): string | undefined {
  for (const one of those) {
    const fault = look(one);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
