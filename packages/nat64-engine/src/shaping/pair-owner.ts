import { get16, get32 } from "@nat64/rfc6052/bytes";
import type { Pairs } from "../exits/pairs.ts";
import type { KeyedHash } from "../hash/keyed-hash.ts";
import { IPV6_HEADER } from "../packet/ipv6.ts";
import { Protocol } from "../packet/packet.ts";
import { BLOCK_PORTS } from "../state/ports/pool-address.ts";
import { ClientAt, flowOf } from "./flow-key.ts";
import { OwnerKey, type PacketOwner } from "./packet-owner.ts";

const NEXT_HEADER = 6;
/** Where an ICMPv6 echo message has its identifier (RFC 4443 §4). */
const ECHO_IDENTIFIER = 4;
const ECHO_REQUEST = 128;
const ECHO_REPLY = 129;
/** The key of packets without a port: fragments but the first, ICMPv6 errors. */
const NO_PORT = -1;

/**
 * At an IPv4 peer: a site is a pair, that is, an IPv6 peer. The clients behind it cannot be seen here. A client is therefore a
 * block of 64 ports: an IPv6 peer gives its clients' /64s ports in such blocks.
 */
export class PairOwner implements PacketOwner {
  readonly #pairs: Pairs;
  readonly #teredoAt: number;
  /** Where the client's port is among both ports. */
  readonly #portAt: number;
  readonly #teredo: Int32Array = new Int32Array(4);

  /** @param direction `up` for packets to the pair's Teredo address, `down` for packets from it */
  constructor(pairs: Pairs, direction: "up" | "down") {
    this.#pairs = pairs;
    this.#teredoAt = direction === "up" ? ClientAt.destination : ClientAt.source;
    this.#portAt = direction === "up" ? 0 : 2;
  }

  isLimited(bytes: Uint8Array, at: number, length: number): boolean {
    return length >= IPV6_HEADER && bytes[at] >>> 4 === 6;
  }

  identify(bytes: Uint8Array, at: number, length: number, hash: KeyedHash, keys: Int32Array): void {
    const teredo = this.#teredo;
    for (let word = 0; word < 4; word++) teredo[word] = get32(bytes, at + this.#teredoAt + 4 * word);
    const pair = this.#pairs.findByTeredo(teredo);
    const port = this.#clientPort(bytes, at, length);
    keys[OwnerKey.site] = pair;
    keys[OwnerKey.site + 1] = 0;
    keys[OwnerKey.client] = pair;
    keys[OwnerKey.client + 1] = port === NO_PORT ? NO_PORT : (port / BLOCK_PORTS) | 0;
    keys[OwnerKey.flow] = flowOf(bytes, at, length, this.#teredoAt, hash);
  }

  /** The port or ICMP identifier that the IPv6 peer has given to the client. */
  #clientPort(bytes: Uint8Array, at: number, length: number): number {
    if (length < IPV6_HEADER + 8) return NO_PORT;
    const protocol = bytes[at + NEXT_HEADER];
    const transport = at + IPV6_HEADER;
    if (protocol === Protocol.tcp || protocol === Protocol.udp) return get16(bytes, transport + this.#portAt);
    const isEcho = bytes[transport] === ECHO_REQUEST || bytes[transport] === ECHO_REPLY;
    return protocol === Protocol.icmpv6 && isEcho ? get16(bytes, transport + ECHO_IDENTIFIER) : NO_PORT;
  }
}
