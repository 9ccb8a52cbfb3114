/** Whose packet it is, for the fair queues. */
import { get32 } from "@nat64/rfc6052/bytes";
import type { KeyedHash } from "../hash/keyed-hash.ts";
import { ClientAt, flowOf, isOfClient } from "./flow-key.ts";

/** Words of the keys that {@link PacketOwner.identify} writes. */
export const OWNER_WORDS = 5;

/** Places of the keys: two words for the site, two for the client, one for the flow. */
export const OwnerKey = { site: 0, client: 2, flow: 4 } as const;

/** Says to which site, client and flow an IPv6 packet belongs: the three levels of the fair queues. */
export interface PacketOwner {
  /** Whether a limit applies to a packet at all. */
  isLimited(bytes: Uint8Array, at: number, length: number): boolean;
  /** Writes the keys of a limited packet: see {@link OwnerKey}. A client's key is unique among all sites. */
  identify(bytes: Uint8Array, at: number, length: number, hash: KeyedHash, keys: Int32Array): void;
}

/** The bits of the second word of an address that belong to its /48. */
const SITE_MASK = 0xffff0000 | 0;

/** At an IPv6 peer: a site is a /48, a client is a /64. Packets from and to Teredo addresses are those of IPv4 peers: no limit. */
export class ClientOwner implements PacketOwner {
  readonly #clientAt: number;

  /** @param direction `up` for packets from clients, `down` for packets to them */
  constructor(direction: "up" | "down") {
    this.#clientAt = direction === "up" ? ClientAt.source : ClientAt.destination;
  }

  isLimited(bytes: Uint8Array, at: number, length: number): boolean {
    return isOfClient(bytes, at, length, this.#clientAt);
  }

  identify(bytes: Uint8Array, at: number, length: number, hash: KeyedHash, keys: Int32Array): void {
    const high = get32(bytes, at + this.#clientAt);
    const low = get32(bytes, at + this.#clientAt + 4);
    keys[OwnerKey.site] = high;
    keys[OwnerKey.site + 1] = low & SITE_MASK;
    keys[OwnerKey.client] = high;
    keys[OwnerKey.client + 1] = low;
    keys[OwnerKey.flow] = flowOf(bytes, at, length, this.#clientAt, hash);
  }
}
