import { setTimeout as sleep } from "node:timers/promises";
import { DaemonClient, type PeerStatus } from "@nat64/v6peer-daemon/client";
import { type CoordinatorOptions, type RunningCoordinator, startCoordinator } from "../../programs/coordinator.ts";
import { type MiredoRelayMode, type RunningMiredo, startMiredoRelay } from "../../programs/miredo.ts";
import { type RunningV4Peer, startV4Peer, type V4PeerOptions } from "../../programs/v4peer.ts";
import { type RunningV6Peer, startV6Peer, type V6PeerOptions } from "../../programs/v6peer.ts";
import type { PeerTopology } from "../../topology/peer.ts";
import type { Carrier, RunningTranslator } from "../translator.ts";
import { ourVersion } from "../versions.ts";
import type { PeerTranslator } from "./translator.ts";

/** Options of our peer path. */
export interface PeerPathOptions {
  /** A Miredo relay in one of its modes, or the one in v6peerd. */
  readonly relay: MiredoRelayMode | "builtin";
  /** Whether the interfaces of our daemons' hosts can segment UDP. Default: yes. */
  readonly egress?: "segments UDP" | "cannot segment UDP";
  readonly coordinator?: CoordinatorOptions;
  readonly v6peers?: Omit<V6PeerOptions, "relay">;
  /** Options of each IPv4 peer. The last element also applies to all further ones. */
  readonly v4peers?: readonly V4PeerOptions[];
}

/** All running programs of ours, and the relay. */
export interface RunningPeerPath extends RunningTranslator {
  readonly coordinator: RunningCoordinator;
  readonly relay: RunningMiredo | undefined;
  readonly v6peers: readonly RunningV6Peer[];
  readonly v4peers: readonly RunningV4Peer[];
}

/** Coordinator, relay, IPv6 peers and IPv4 peers; each IPv6 peer gets a path through each IPv4 peer. */
export function oursOver(options: PeerPathOptions): PeerTranslator<RunningPeerPath> {
  const { relay, egress = "segments UDP" } = options;
  const name = relay === "builtin" ? "ours" : `ours-miredo-${relay}`;
  return {
    name: egress === "segments UDP" ? name : `${name}-no-uso`,
    version: ourVersion,
    relay: relay === "builtin" ? "builtin" : "host",
    start: (topology) => start(topology, options),
  };
}

async function start(topology: PeerTopology, options: PeerPathOptions): Promise<RunningPeerPath> {
  const { lab, serverNat64 } = topology;
  if (options.egress === "cannot segment UDP") await segmentNoUdp(topology);
  const coordinator = await startCoordinator(topology, options.coordinator);
  const relay =
    options.relay !== "builtin" && topology.relay
      ? await startMiredoRelay(lab, topology.relay, topology.relayIpv4, options.relay)
      : undefined;
  const v6options = { relay: relay ? ("system" as const) : ("builtin" as const), ...options.v6peers };
  const v4options = options.v4peers ?? [];
  const [v6peers, v4peers] = await Promise.all([
    Promise.all(topology.v6peers.map((host) => startV6Peer(topology, host, coordinator, v6options))),
    Promise.all(
      topology.v4peers.map((host, i) => startV4Peer(topology, host, coordinator, v4options[i] ?? v4options.at(-1))),
    ),
  ]);
  for (const v6peer of v6peers) await pathsUp(v6peer, v4peers.length);
  const relayPids = relay ? await relay.pids() : [];
  const stop = async (): Promise<void> => {
    for (const each of [...v6peers, ...v4peers, coordinator, ...(relay ? [relay] : [])]) await each.stop();
  };
  const carriers: Carrier[] = [
    ...v6peers.map(({ process }) => ({ at: "v6peer" as const, pid: process.pid })),
    ...relayPids.map((pid) => ({ at: "relay" as const, pid })),
    ...v4peers.map(({ process }) => ({ at: "v4peer" as const, pid: process.pid })),
  ];
  return { carriers, target: serverNat64, stop, coordinator, relay, v6peers, v4peers };
}

/** Disables the offload on every interface of the IPv6 peers and the IPv4 peers. */
async function segmentNoUdp({ relay, v6peers, v4peers }: PeerTopology): Promise<void> {
  const ofV6Peer = relay ? ["to-r6"] : ["to-r6", "to-r4"];
  const all = [
    ...v6peers.flatMap(({ host }) => ofV6Peer.map((device) => ({ host, device }))),
    ...v4peers.map(({ host, device }) => ({ host, device })),
  ];
  for (const { host, device } of all) await host.must(["ethtool", "-K", device, "tx-udp-segmentation", "off"]);
}

const TIMEOUT_MS = 30_000;

/** Waits until an IPv6 peer has a number of exits whose path is up. Rejects after `timeoutMs`. */
export async function pathsUp(v6peer: RunningV6Peer, count: number, timeoutMs: number = TIMEOUT_MS): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (let up = -1; up < count; await sleep(50)) {
    up = (await exitsOf(v6peer)).filter(({ state }) => state === "up").length;
    if (Date.now() > deadline) throw new Error(`${up} of ${count} paths are up: ${v6peer.process.stdout.slice(-2000)}`);
  }
}

/** The peer exits of an IPv6 peer, as it sees them. */
export async function exitsOf({ controlSocket }: RunningV6Peer): Promise<PeerStatus["exits"]> {
  const client = await DaemonClient.connect(controlSocket);
  try {
    return (await client.ask("status")).peer?.exits ?? [];
  } finally {
    client.close();
  }
}
