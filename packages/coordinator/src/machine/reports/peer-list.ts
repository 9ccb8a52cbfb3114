/** What an operator can see about each peer. */
import type { Endpoint, NatKind, Role } from "@nat64/peer-protocol";
import type { Context } from "../context.ts";
import { formatEndpoint } from "../endpoint.ts";
import type { Peer } from "../state/peer.ts";

/** One known peer. */
export interface PeerReport {
  readonly id: string;
  readonly role: Role;
  /** `registered`: it proved its prefix or mapping and gets pairs; `disconnected`: it may come back. */
  readonly state: "registered" | "connected" | "disconnected";
  /** When it connected or disconnected, in milliseconds of the machine's clock. */
  readonly since: number;
  readonly isDraining: boolean;
  /** Name and version of its program, as it said. */
  readonly software?: string;
  /** Of an IPv4 peer that has registered. */
  readonly nat?: NatKind;
  /** Proposals that wait for an answer. */
  readonly proposals: number;
  /** Pairs that were agreed on, by the path state that the IPv6 peer reports. */
  readonly pairs: { readonly up: number; readonly down: number; readonly unknown: number };
  /** The prefix of an IPv6 peer, and whether it is in the public list. */
  readonly prefix?: { readonly text: string; readonly isListed: boolean };
  /** The remote address of its connection. Secret: never log it. */
  readonly address?: string;
  /** The mapping of an IPv4 peer. Secret: never log it. */
  readonly mapping?: Endpoint;
}

/** All known peers: IPv6 peers before IPv4 peers, each in the order of their ids. */
export function listPeers(context: Context): PeerReport[] {
  const { peers } = context.state;
  return [peers.v6, peers.v4].flatMap((ofRole) =>
    [...ofRole].sort((a, b) => (a.id < b.id ? -1 : 1)).map((peer) => describe(context, peer)),
  );
}

function describe({ state }: Context, peer: Peer): PeerReport {
  const pairs = state.pairs.of(peer);
  const live = pairs.filter((pair) => pair.state === "live");
  const count = (path: "up" | "down"): number => live.filter(({ reports }) => reports.v6peer === path).length;
  const [up, down] = [count("up"), count("down")];
  const connection = peer.connection === undefined ? undefined : state.connections.get(peer.connection);
  return {
    id: peer.id,
    role: peer.role,
    state: connection === undefined ? "disconnected" : peer.isRegistered ? "registered" : "connected",
    since: peer.since,
    isDraining: peer.isDraining,
    ...(peer.software !== undefined && { software: peer.software }),
    proposals: pairs.length - live.length,
    pairs: { up, down, unknown: live.length - up - down },
    ...(connection !== undefined && { address: connection.address }),
    ...detailsOf(peer),
  };
}

function detailsOf(peer: Peer): Pick<PeerReport, "prefix" | "nat" | "mapping"> {
  if (peer.role === "v4peer") {
    return peer.mapping === undefined ? {} : { nat: peer.nat, mapping: formatEndpoint(peer.mapping) };
  }
  const { registration } = peer;
  return registration === undefined ? {} : { prefix: { text: registration.prefix, isListed: registration.listed } };
}
