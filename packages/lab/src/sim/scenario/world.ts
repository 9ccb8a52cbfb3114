/** A coordinator, relays, IPv6 peers, and IPv4 peers behind NATs of every kind. */
import { type BothWaysOptions, type Nat, type NatPreset, type Random, Simulation } from "@nat64/simnet";
import { CoordinatorNode } from "../nodes/coordinator-node.ts";
import { RelayNode } from "../nodes/relay-node.ts";
import { type Conduct, V4PeerNode } from "../nodes/v4peer-node.ts";
import { V6PeerNode } from "../nodes/v6peer-node.ts";
import { AT_HOME, COORDINATOR, IN_CARRIER, REFUSALS, relayAddresses, siteAddress, v6Addresses } from "./addresses.ts";
import type { ScenarioOptions } from "./options.ts";

/** Pairs that an IPv4 peer accepts (design §5). */
export const MAX_PAIRS = 4;

/** The NATs in front of the IPv4 peers, in rotation, the innermost first. */
const SITES: readonly (readonly NatPreset[])[] = [
  [],
  ["full-cone"],
  ["port-restricted"],
  ["address-restricted"],
  ["port-restricted"],
  ["symmetric"],
  ["full-cone"],
  ["port-restricted"],
  ["address-restricted"],
  ["port-restricted", "symmetric"],
];

/** Lifetime of unused UDP mappings of NATs, in milliseconds. RFC 4787 requires 120 s, but many NATs have less. */
const UDP_TIMEOUTS = [30_000, 60_000, 120_000, 300_000];

export interface World {
  readonly options: ScenarioOptions;
  readonly simulation: Simulation;
  readonly coordinator: CoordinatorNode;
  readonly relays: readonly RelayNode[];
  readonly v6peers: readonly V6PeerNode[];
  readonly v4peers: readonly V4PeerNode[];
}

/** What is unusual in a world. */
export interface Specials {
  /** How each IPv4 peer behaves, by its number. By default all are honest. */
  readonly conductOf?: (index: number) => Conduct;
  /** Sessions in the table of each IPv6 peer. */
  readonly sessions?: number;
}

export function buildWorld(options: ScenarioOptions, specials: Specials = {}): World {
  const conductOf = specials.conductOf ?? (() => "honest");
  const simulation = new Simulation({ seed: options.seed });
  const coordinator = new CoordinatorNode(simulation, {
    ...COORDINATOR,
    refusals: REFUSALS,
    link: { latencyMs: 5, jitterMs: 1 },
  });
  const v6peers = Array.from({ length: options.v6 }, (_, index) => addV6Peer(simulation, options, specials, index));
  const relays = addRelays(simulation, options, v6peers);
  const v4peers = Array.from({ length: options.v4 }, (_, index) =>
    addV4Peer(simulation, options, index, conductOf(index), v6peers),
  );
  return { options, simulation, coordinator, relays, v6peers, v4peers };
}

function addV6Peer(
  simulation: Simulation,
  { exits, loss }: ScenarioOptions,
  { sessions }: Specials,
  index: number,
): V6PeerNode {
  const name = `v6peer${index}`;
  return new V6PeerNode(simulation, {
    name,
    ...v6Addresses(index),
    coordinator: COORDINATOR.ipv6,
    exits,
    ...(sessions !== undefined && { sessions }),
    refusals: REFUSALS,
    link: accessLink(simulation.random(`link/${name}`), loss),
  });
}

function addRelays(simulation: Simulation, options: ScenarioOptions, v6peers: readonly V6PeerNode[]): RelayNode[] {
  const { peersPerRelay } = options;
  return Array.from({ length: Math.ceil(v6peers.length / peersPerRelay) }, (_, index) => {
    const users = v6peers.slice(index * peersPerRelay, (index + 1) * peersPerRelay);
    const relay = new RelayNode(simulation, {
      name: `relay${index}`,
      ...relayAddresses(index),
      serves: users.map(({ served }) => served),
      refusals: REFUSALS,
      link: { latencyMs: 2, jitterMs: 1 },
    });
    for (const user of users) user.routeTo(relay);
    return relay;
  });
}

function addV4Peer(
  simulation: Simulation,
  { loss }: ScenarioOptions,
  index: number,
  conduct: Conduct,
  v6peers: readonly V6PeerNode[],
): V4PeerNode {
  const name = `v4peer${index}`;
  const random = simulation.random(`site/${name}`);
  const kinds = SITES[index % SITES.length];
  const link = accessLink(random, loss);
  const nats = addNats(simulation, name, kinds, siteAddress(index), link, random);
  // One in twenty prefers one IPv6 peer, and half of those accept no other.
  const isChoosy = index % 20 === 7;
  return new V4PeerNode(simulation, {
    name,
    conduct,
    address: nats.length === 0 ? siteAddress(index) : AT_HOME,
    nats,
    ...(nats.length > 0 && { network: nats[0].inside }),
    coordinator: COORDINATOR.ipv4[0],
    maxPairs: MAX_PAIRS,
    wants: isChoosy ? [v6peers[random.below(v6peers.length)].identity.peerId] : [],
    onlyWanted: isChoosy && index % 40 === 7,
    refusals: REFUSALS,
    link: nats.length === 0 ? link : {},
  });
}

/** NATs in a row. @returns the innermost first */
function addNats(
  simulation: Simulation,
  name: string,
  kinds: readonly NatPreset[],
  address: number,
  link: BothWaysOptions,
  random: Random,
): Nat[] {
  const nats: Nat[] = [];
  for (const [depth, behaviour] of [...kinds].reverse().entries()) {
    const outer = nats[0];
    const nat = simulation.addNat(`${name}-nat${depth}`, {
      address: outer === undefined ? address : IN_CARRIER,
      behaviour,
      ...(outer === undefined ? { link } : { network: outer.inside }),
      udpTimeoutMs: UDP_TIMEOUTS[random.below(UDP_TIMEOUTS.length)],
      ports: random.chance(0.5) ? "preserving" : "random",
      refreshOnInbound: random.chance(0.5),
    });
    nats.unshift(nat);
  }
  return nats;
}

/** The link of a home. */
function accessLink(random: Random, loss: number): BothWaysOptions {
  return { latencyMs: 2 + random.below(40), jitterMs: 4, loss, reorder: 0.002, duplicate: 0.002 };
}
