/**
 * A Teredo relay (RFC 4380 §5.4), sans-IO: carries IPv6 packets of the prefixes that it serves to Teredo clients and
 * back. It is a link, not a router: the router in front of it handles hop limits and Packet Too Big.
 *
 * It has two interfaces. The fast path is for a data path that works in batches: call {@link TeredoRelay.route} or
 * {@link TeredoRelay.accept} once for a run of packets with the same addresses. They allocate nothing and return the
 * peer's index or {@link NO_PEER}. After {@link NO_PEER}, pass each packet of the run to the slow path, {@link
 * TeredoRelay.receivePacket} or {@link TeredoRelay.receiveDatagram}, which handle every case and return what to send.
 *
 * States of a peer: unknown → waiting (a bubble every 2 s through its server, packets queued) → trusted (a packet
 * arrived from its mapping, or a bubble to our nonce) → removed, 30 s after the last reception; or waiting → locked
 * (four unanswered bubbles; address unreachable for 300 s) → removed.
 *
 * To drive it, call `advance` at `nextDeadline()`, which any call may change. Time is in milliseconds and never runs
 * backwards.
 */

import { get16, get32 } from "@nat64/rfc6052/bytes";
import { isTeredo, readFlags, readMappedAddress, readMappedPort } from "../address.ts";
import { checkTeredoBytes, type IPv4Predicate, type TeredoFault } from "../address-check.ts";
import { isBubble } from "../datagram/bubble.ts";
import { datagramFault } from "../datagram/faults.ts";
import { IPV6_DESTINATION, IPV6_HEADER, IPV6_PAYLOAD_LENGTH, IPV6_SOURCE, TEREDO_MTU } from "../datagram/ipv6.ts";
import { makeAddressUnreachable, mayBeAnswered } from "../datagram/unreachable.ts";
import { DatagramView, parseDatagram } from "../datagram/view.ts";
import { type DropCounters, type DropReason, makeDropCounters } from "../drops.ts";
import { type Endpoint, isEndpoint } from "../endpoint.ts";
import { isCone } from "../flags.ts";
import { RateLimiter } from "../limits/rate-limiter.ts";
import type { DeliverPacket, SendDatagram } from "../outputs.ts";
import { isToNonce, relayBubbles } from "./bubbles.ts";
import { BUBBLE_INTERVAL_MS, BUBBLES, LOCK_MS, type RelayOptions, VALID_MS } from "./options.ts";
import { PacketQueues } from "./packet-queues.ts";
import { LOCKED, NO_PEER, PeerTable, TRUSTED, WAITING } from "./peer-table.ts";
import { describePeer, type RelayPeer } from "./relay-peer.ts";
import { ServedPrefixes } from "./served-prefixes.ts";

/** Outputs of a relay: datagrams to send, and IPv6 packets for the native IPv6 side. */
export type RelayOutput = SendDatagram | DeliverPacket;

/** Counters of a relay. The data path counts packets of the fast path. */
export interface RelayCounters {
  bubblesSent: number;
  errorsSent: number;
  /** Peers whose mapping was changed by a bubble to our nonce. */
  mappingsMoved: number;
  readonly drops: DropCounters;
}

/** Peers of each state that one call of `advance` handles at most. Packets wait while it runs. */
const MAX_PEERS_PER_CALL = 512;

const NOTHING: readonly RelayOutput[] = [];

export class TeredoRelay {
  readonly counters: RelayCounters = { bubblesSent: 0, errorsSent: 0, mappingsMoved: 0, drops: makeDropCounters() };
  readonly #options: RelayOptions;
  readonly #isGlobalUnicast: IPv4Predicate;
  readonly #own: readonly Endpoint[];
  readonly #serves: ServedPrefixes;
  readonly #peers: PeerTable;
  readonly #queues: PacketQueues;
  readonly #bubbleRate: RateLimiter;
  readonly #errorRate: RateLimiter;
  readonly #view: DatagramView = new DatagramView();

  /** @throws RangeError if an option is invalid */
  constructor(options: RelayOptions) {
    const { peers = 16_384, queueBytes = 8_192, totalQueueBytes = 2 ** 20 } = options;
    if (!Number.isInteger(peers) || peers < 1) throw new RangeError("A relay needs room for at least one peer.");
    if (options.errorSource.length !== 16) throw new RangeError("The source of errors must have 16 bytes.");
    this.#options = options;
    this.#isGlobalUnicast = options.isGlobalUnicast;
    this.#own = options.own;
    this.#serves = new ServedPrefixes(options.serves);
    this.#peers = new PeerTable(peers, options.hashKey);
    this.#queues = new PacketQueues(queueBytes, totalQueueBytes);
    this.#bubbleRate = new RateLimiter(options.bubblesPerSecond ?? 200);
    this.#errorRate = new RateLimiter(options.errorsPerSecond ?? 10);
  }

  // The fast path.

  /**
   * The trusted peer with the Teredo address 2001:0:`server`:`flagsPort`:`address` (the last three words as on the
   * wire), or {@link NO_PEER}. Valid until the next call outside the fast path.
   */
  lookup(server: number, flagsPort: number, address: number, now: number): number {
    const peer = this.#peers.find(server, flagsPort, address);
    return peer >= 0 && this.#isTrusted(peer, now) ? peer : NO_PEER;
  }

  /**
   * The trusted peer to which the IPv6 packet with its header at `at` may be sent unchanged: the relay serves its
   * source, and its destination is the peer. The data path checks the packet's size. After {@link NO_PEER}, call {@link
   * receivePacket}.
   */
  route(bytes: Uint8Array, at: number, now: number): number {
    const destination = at + IPV6_DESTINATION;
    if (!isTeredo(bytes, destination) || !this.#serves.has(bytes, at + IPV6_SOURCE)) return NO_PEER;
    return this.lookup(
      get32(bytes, destination + 4),
      get32(bytes, destination + 8),
      get32(bytes, destination + 12),
      now,
    );
  }

  /**
   * The trusted peer that sent a UDP payload of `length` bytes at `at`, if the payload is a plain IPv6 packet to a
   * served destination, sent from the peer's mapping. This keeps the peer alive. After {@link NO_PEER}, call {@link
   * receiveDatagram}.
   */
  accept(bytes: Uint8Array, at: number, length: number, address: number, port: number, now: number): number {
    const source = at + IPV6_SOURCE;
    if (length < IPV6_HEADER || bytes[at] >>> 4 !== 6 || !isTeredo(bytes, source)) return NO_PEER;
    if (IPV6_HEADER + get16(bytes, at + IPV6_PAYLOAD_LENGTH) !== length || isBubble(bytes, at)) return NO_PEER;
    const peer = this.lookup(get32(bytes, source + 4), get32(bytes, source + 8), get32(bytes, source + 12), now);
    if (peer < 0 || !this.#isMapping(peer, address, port)) return NO_PEER;
    if (!this.#serves.has(bytes, at + IPV6_DESTINATION)) return NO_PEER;
    this.#peers.touch(peer, now);
    return peer;
  }

  /** A peer's mapped IPv4 address, where packets to it go: an int32 word. */
  mappedAddress(peer: number): number {
    return this.#peers.mappedAddress(peer);
  }

  /** A peer's mapped UDP port, where packets to it go. */
  mappedPort(peer: number): number {
    return this.#peers.mappedPort(peer);
  }

  // The slow path.

  /** Takes an IPv6 packet from the native IPv6 side (RFC 4380 §5.4.1). Copies the packet if it has to wait. */
  receivePacket(packet: Uint8Array, now: number): readonly RelayOutput[] {
    const fault = this.#findFault(packet);
    if (fault !== undefined) return this.#drop(fault);
    let peer = this.#find(packet, IPV6_DESTINATION, now);
    if (peer >= 0 && this.#peers.state(peer) === TRUSTED) return [this.#send(peer, packet)];
    if (this.#options.honourConeBit === true && isCone(readFlags(packet, IPV6_DESTINATION))) {
      const address = readMappedAddress(packet, IPV6_DESTINATION);
      return [{ kind: "datagram", address, port: readMappedPort(packet, IPV6_DESTINATION), bytes: packet }];
    }
    if (peer >= 0 && this.#peers.state(peer) === LOCKED) return this.#answerUnreachable([packet], now);
    const isNew = peer < 0;
    if (isNew) peer = this.#add(packet, IPV6_DESTINATION, WAITING, now);
    if (peer < 0) return this.#drop("peers-full");
    if (!this.#queues.add(peer, packet)) this.#drop("queue-full");
    return isNew ? this.#sendBubbles(peer, now) : NOTHING;
  }

  /** Takes a UDP datagram from an IPv4 address and port (RFC 4380 §5.4.2). */
  receiveDatagram(address: number, port: number, payload: Uint8Array, now: number): readonly RelayOutput[] {
    const view = this.#view;
    const malformed = parseDatagram(payload, 0, payload.length, view);
    if (malformed !== 0) return this.#drop(datagramFault(malformed) as DropReason);
    if (port === 0 || !this.#isGlobalUnicast(address | 0)) return this.#drop("source-not-global");
    const source = view.packetAt + IPV6_SOURCE;
    const fault = checkTeredoBytes(payload, source, this.#isGlobalUnicast);
    if (fault !== undefined) return this.#drop(fault);
    const bubble = isBubble(payload, view.packetAt);
    // Checked before anything is learnt from the packet, so that packets for others cannot fill the table.
    if (!bubble && !this.#serves.has(payload, view.packetAt + IPV6_DESTINATION)) {
      return this.#drop("destination-not-served");
    }
    const peer = this.#learn(address | 0, port, payload, source, bubble, now);
    if (peer < 0) return NOTHING;
    const released: readonly RelayOutput[] = this.#queues.take(peer).map((packet) => this.#send(peer, packet));
    if (bubble) return released;
    const bytes = payload.subarray(view.packetAt, view.packetAt + view.packetLength);
    return [...released, { kind: "packet", bytes }];
  }

  /**
   * Does due work: repeats bubbles, gives up on peers that do not answer, removes peers that fell silent. If there is a
   * lot to do, it does a part and is due again at once.
   */
  advance(now: number): readonly RelayOutput[] {
    const outputs: RelayOutput[] = [];
    for (let left = MAX_PEERS_PER_CALL; left > 0; left--) {
      const peer = this.#due(WAITING, BUBBLE_INTERVAL_MS, now);
      if (peer < 0) break;
      outputs.push(...(this.#peers.bubbles(peer) < BUBBLES ? this.#sendBubbles(peer, now) : this.#lock(peer, now)));
    }
    for (let left = MAX_PEERS_PER_CALL; left > 0; left--) {
      const peer = this.#due(LOCKED, LOCK_MS, now);
      if (peer < 0) break;
      this.#peers.remove(peer);
    }
    for (let left = MAX_PEERS_PER_CALL; left > 0; left--) {
      const peer = this.#due(TRUSTED, VALID_MS, now);
      if (peer < 0) break;
      // Receiving does not move a peer in its queue, so the first peer may have sent packets since it entered.
      if (this.#isTrusted(peer, now)) this.#peers.enter(peer, TRUSTED, now);
      else this.#peers.remove(peer);
    }
    return outputs;
  }

  /** The time of the next call of `advance`, in milliseconds; Infinity if nothing will be due. */
  nextDeadline(): number {
    return Math.min(
      this.#deadline(WAITING, BUBBLE_INTERVAL_MS),
      this.#deadline(LOCKED, LOCK_MS),
      this.#deadline(TRUSTED, VALID_MS),
    );
  }

  /** Number of peers in the table. */
  get peerCount(): number {
    return this.#peers.count(WAITING) + this.#peers.count(LOCKED) + this.#peers.count(TRUSTED);
  }

  /** Bytes of packets in the queues. */
  get queuedBytes(): number {
    return this.#queues.bytes;
  }

  /** All peers, for status output. */
  *peers(now: number): Generator<RelayPeer> {
    for (const peer of this.#peers) yield describePeer(this.#peers, peer, now);
  }

  #drop(reason: DropReason): readonly RelayOutput[] {
    this.counters.drops[reason]++;
    return NOTHING;
  }

  #findFault(packet: Uint8Array): DropReason | undefined {
    if (packet.length < IPV6_HEADER || packet[0] >>> 4 !== 6) return "not-ipv6";
    if (IPV6_HEADER + get16(packet, IPV6_PAYLOAD_LENGTH) !== packet.length) return "not-ipv6";
    if (packet.length > TEREDO_MTU) return "packet-too-big";
    if (!this.#serves.has(packet, IPV6_SOURCE)) return "source-not-served";
    const fault: TeredoFault | undefined = checkTeredoBytes(packet, IPV6_DESTINATION, this.#isGlobalUnicast);
    if (fault !== undefined) return fault;
    const address = readMappedAddress(packet, IPV6_DESTINATION);
    const port = readMappedPort(packet, IPV6_DESTINATION);
    return this.#own.some((own) => isEndpoint(own, address, port)) ? "own-address" : undefined;
  }

  #isTrusted(peer: number, now: number): boolean {
    return this.#peers.state(peer) === TRUSTED && this.#peers.idleMs(peer, now) < VALID_MS;
  }

  #isMapping(peer: number, address: number, port: number): boolean {
    return this.#peers.mappedAddress(peer) === address && this.#peers.mappedPort(peer) === port;
  }

  /** The peer with the Teredo address at `at`. Removes one that fell silent first, as `advance` would have done. */
  #find(bytes: Uint8Array, at: number, now: number): number {
    const peer = this.#peers.find(get32(bytes, at + 4), get32(bytes, at + 8), get32(bytes, at + 12));
    if (peer < 0 || this.#peers.state(peer) !== TRUSTED || this.#isTrusted(peer, now)) return peer;
    this.#peers.remove(peer);
    return NO_PEER;
  }

  #add(bytes: Uint8Array, at: number, state: number, now: number): number {
    const peer = this.#peers.add(get32(bytes, at + 4), get32(bytes, at + 8), get32(bytes, at + 12), state, now);
    if (peer >= 0) this.#peers.setNonce(peer, this.#options.random() | 0, this.#options.random() | 0);
    return peer;
  }

  /**
   * Updates the sender's state after a reception (RFC 4380 §5.4.2). A peer becomes trusted when it sends from its
   * mapping. As in Miredo, it also becomes trusted when it sends a bubble to our nonce from any address and port; these
   * become its mapping, as a symmetric NAT requires.
   *
   * @returns the peer, now trusted, or {@link NO_PEER}
   */
  #learn(address: number, port: number, payload: Uint8Array, source: number, bubble: boolean, now: number): number {
    const peers = this.#peers;
    const peer = this.#find(payload, source, now);
    if (peer < 0) return bubble ? this.#refuse("unknown-peer") : this.#welcome(address, port, payload, source, now);
    if (this.#own.some((own) => isEndpoint(own, address, port))) return this.#refuse("own-address");
    if (!this.#isMapping(peer, address, port)) {
      if (!bubble || !isToNonce(peers, peer, payload, source)) return this.#refuse("mapping-mismatch");
      peers.setMapping(peer, address, port);
      this.counters.mappingsMoved++;
    }
    peers.touch(peer, now);
    peers.setBubbles(peer, 0);
    if (peers.state(peer) !== TRUSTED) peers.enter(peer, TRUSTED, now);
    return peer;
  }

  /** Adds a Teredo client that sends the first packet (RFC 4380 §5.4.2). Such peers can use half of the table. */
  #welcome(address: number, port: number, payload: Uint8Array, source: number, now: number): number {
    if (readMappedAddress(payload, source) !== address || readMappedPort(payload, source) !== port) {
      return this.#refuse("mapping-mismatch");
    }
    if (this.#own.some((own) => isEndpoint(own, address, port))) return this.#refuse("own-address");
    if (this.#peers.unsolicited * 2 >= this.#peers.capacity) return this.#refuse("peers-full");
    const peer = this.#add(payload, source, TRUSTED, now);
    if (peer < 0) return this.#refuse("peers-full");
    this.#peers.markUnsolicited(peer);
    return peer;
  }

  #refuse(reason: DropReason): number {
    this.counters.drops[reason]++;
    return NO_PEER;
  }

  #send(peer: number, bytes: Uint8Array): SendDatagram {
    return { kind: "datagram", address: this.mappedAddress(peer), port: this.mappedPort(peer), bytes };
  }

  /**
   * Sends a bubble through the peer's server if the rate limit allows. The next one is due after the interval in either
   * case.
   */
  #sendBubbles(peer: number, now: number): readonly RelayOutput[] {
    this.#peers.enter(peer, WAITING, now);
    if (!this.#bubbleRate.allow(now)) return this.#drop("bubble-rate");
    this.#peers.setBubbles(peer, this.#peers.bubbles(peer) + 1);
    const bubbles = relayBubbles(this.#peers, peer, this.#options.directBubbles === true);
    this.counters.bubblesSent += bubbles.length;
    return bubbles;
  }

  #lock(peer: number, now: number): readonly RelayOutput[] {
    this.#peers.enter(peer, LOCKED, now);
    return this.#answerUnreachable(this.#queues.take(peer), now);
  }

  /** Drops packets to a peer that does not answer, and sends an ICMPv6 error to the source of the first. */
  #answerUnreachable(packets: readonly Uint8Array[], now: number): readonly RelayOutput[] {
    this.counters.drops.unreachable += packets.length;
    const answered = packets.find(mayBeAnswered);
    if (answered === undefined) return NOTHING;
    if (!this.#errorRate.allow(now)) return this.#drop("error-rate");
    this.counters.errorsSent++;
    return [{ kind: "packet", bytes: makeAddressUnreachable(this.#options.errorSource, answered) }];
  }

  /** The peer that has been in a state for longest, if that is at least `period`. */
  #due(state: number, period: number, now: number): number {
    return this.#deadline(state, period) <= now ? this.#peers.oldest(state) : NO_PEER;
  }

  #deadline(state: number, period: number): number {
    const peer = this.#peers.oldest(state);
    return peer < 0 ? Number.POSITIVE_INFINITY : this.#peers.entered(peer) + period;
  }
}
