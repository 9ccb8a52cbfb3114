/** The status of an IPv4 peer, for people and programs. */
import type { Endpoint, NatKind, PortBlock } from "@nat64/peer-protocol";
import { formatIPv4 } from "@nat64/rfc6052";
import type { V4Pair } from "./pairs/v4-pair.ts";
import { NO_RELAY, type ValidatedRelays } from "./relays/validated-relays.ts";

export interface V4PeerStatus {
  /** Whether the coordinator knows the mapping. */
  readonly registered: boolean;
  readonly draining: boolean;
  readonly nat: NatKind;
  /** The last known mapping towards the coordinator. */
  readonly mapping?: Endpoint;
  /** The address that the coordinator saw on the TLS connection. */
  readonly observed?: string;
  readonly pairs: readonly PairStatus[];
}

export interface PairStatus {
  /** Pair id, base64url. */
  readonly id: string;
  readonly place: number;
  /** Id of the IPv6 peer. */
  readonly peer: string;
  readonly prefix: string;
  readonly selector: number;
  readonly ports: PortBlock;
  /** `agreed`: no address yet; `trying`: no validated relay; `up`: at least one validated relay. */
  readonly state: "agreed" | "trying" | "up";
  /** Whether this peer is draining it. */
  readonly draining: boolean;
  /** The Teredo address. */
  readonly address?: string;
  /** Number of validated relays. */
  readonly relays: number;
  /** The relay that packets are sent to. */
  readonly relay?: Endpoint;
}

/** The status of one pair. */
export function describePair(pair: V4Pair, relays: ValidatedRelays, blocks: readonly PortBlock[]): PairStatus {
  const { id, place, peer, prefix, selector, address } = pair;
  const row = relays.relayOf(place);
  return {
    id,
    place,
    peer,
    prefix,
    selector,
    ports: blocks[place],
    state: address === undefined ? "agreed" : pair.isUp ? "up" : "trying",
    draining: pair.drainedAt !== Number.POSITIVE_INFINITY,
    ...(address !== undefined && { address }),
    relays: relays.count(place),
    ...(row !== NO_RELAY && { relay: { address: formatIPv4(relays.addressOf(row)), port: relays.portOf(row) } }),
  };
}
