/**
 * What a UDP datagram is: data of a pair from a validated relay, something for the peer's machine, or nothing. Strangers are
 * turned away here, without allocation: the machine gets only what claims to come from the coordinator, and bubbles and
 * probes to a pair's Teredo address, which they would have to guess.
 */
import type { Pairs } from "@nat64/nat64-engine";
import type { V4Peer, ValidatedRelays } from "@nat64/peer-machines";
import { get16, get32 } from "@nat64/rfc6052/bytes";
import type { ForwarderDrops } from "../messages.ts";

/** Data: `length` bytes of IPv6 packet; for the machine; dropped and counted. */
export const FOR_MACHINE = -1;
export const DROPPED = 0;

const IPV6_HEADER = 40;
const NO_PAIR = -1;
/** Next Header values (RFC 8200 §3, RFC 4443, RFC 4380 §2.8). */
const ICMPV6 = 58;
const NO_NEXT_HEADER = 59;
/** Offset of ICMPv6 data behind an echo message's header, and "N64P", which path probes have there. */
const ECHO_DATA = 48;
const MAGIC = 0x4e363450;

export class DatagramSorter {
  /** After `sort` found data: its pair. */
  pair: number = NO_PAIR;
  readonly #pairs: Pairs;
  readonly #peer: Pick<V4Peer, "isFromServer">;
  readonly #relays: ValidatedRelays;
  readonly #counters: ForwarderDrops;
  readonly #destination: Int32Array = new Int32Array(4);

  constructor(pairs: Pairs, peer: Pick<V4Peer, "isFromServer" | "relays">, counters: ForwarderDrops) {
    this.#pairs = pairs;
    this.#peer = peer;
    this.#relays = peer.relays;
    this.#counters = counters;
  }

  /**
   * Sorts the datagram of `length` bytes at `offset`. @param address who sent it, an int32 word
   *
   * @returns the length of the IPv6 packet in it if that is data, without trailers (RFC 6081 §4); else `FOR_MACHINE` or
   * `DROPPED`
   */
  sort(bytes: Uint8Array, offset: number, length: number, address: number, port: number): number {
    // Encapsulations of RFC 4380 §5.1.1 come from Teredo servers, and ours is the only one that has to say something.
    if (length >= 2 && bytes[offset] === 0 && this.#peer.isFromServer(address, port)) return FOR_MACHINE;
    if (length < IPV6_HEADER || bytes[offset] >>> 4 !== 6) return this.#drop("malformed");
    const packetLength = IPV6_HEADER + get16(bytes, offset + 4);
    if (packetLength > length) return this.#drop("malformed");
    const pair = this.#findPair(bytes, offset + 24);
    if (pair === NO_PAIR) return this.#drop("unknownDestination");
    const nextHeader = bytes[offset + 6];
    if (nextHeader === NO_NEXT_HEADER || (nextHeader === ICMPV6 && isMarked(bytes, offset, packetLength))) {
      return FOR_MACHINE;
    }
    if (!this.#relays.hear(pair, address, port)) return this.#drop("relayNotValidated");
    this.pair = pair;
    return packetLength;
  }

  #drop(reason: "malformed" | "unknownDestination" | "relayNotValidated"): number {
    this.#counters[reason]++;
    return DROPPED;
  }

  #findPair(bytes: Uint8Array, at: number): number {
    const words = this.#destination;
    for (let i = 0; i < 4; i++) words[i] = get32(bytes, at + 4 * i);
    return this.#pairs.findByTeredo(words);
  }
}

/** Whether an ICMPv6 message may be a path probe. */
function isMarked(bytes: Uint8Array, offset: number, length: number): boolean {
  return length >= ECHO_DATA + 4 && get32(bytes, offset + ECHO_DATA) === MAGIC;
}
