/**
 * The part of the look-up for peer exits (design §4): the addresses of packets between the IPv6 peer and the IPv4 peer. Outgoing
 * packets go from `P:e:D` to the pair's Teredo address `T`, replies the other way. The IPv4 address `D` of the far end is
 * embedded in our own address.
 */
import type { Pool, Refusals } from "@nat64/rfc6052";
import { get32 } from "@nat64/rfc6052/bytes";
import type { Bans } from "../../bans/bans.ts";
import { Reason } from "../../drop-reasons.ts";
import { LARGE_PACKET } from "../../exits/data/large-packets.ts";
import { NO_EXIT, type PeerExits } from "../../exits/peer-exits.ts";
import { IpHeader, type Packet, Protocol, TcpFlag, type Tuple } from "../../packet/packet.ts";
import { segmentHeaderLength } from "../../packet/segments.ts";
import { Tcp, tcpHeaderLength } from "../../packet/tcp.ts";
import { PACKET_HELD } from "../../state/held/held-packets.ts";
import { AUTOMATIC, type Nat64State } from "../../state/nat64-state.ts";
import { FIRST_EXIT_PORT, LAST_EXIT_PORT } from "../../state/ports/pool-address.ts";
import type { Nat64Prefixes } from "../../translate/mapping/nat64-prefixes.ts";
import { type FragmentGate, GO_ON } from "./fragment-gate.ts";
import { LOOK_UP_HELD } from "./look-up.ts";

/** MTU of the path through a Teredo relay (RFC 4380 §5.4.1). */
const TEREDO_MTU = 1280;

const NOT_A_PAIR = -Reason["not-a-pair"];
const NO_EXIT_UP = -Reason["no-exit"];
const NO_BINDING = -Reason["no-binding"];
const INNER_MALFORMED = -Reason["icmp-inner-malformed"];
const REFUSED_SOURCE = -Reason["refused-source"];
const BANNED = -Reason.banned;
const PATH_SUSPECT = -Reason["path-suspect"];

/** Destination Unreachable, address unreachable: a relay sends it when its bubbles are not answered. */
const UNREACHABLE = 1;
const ADDRESS_UNREACHABLE = 3;

/** The parts that {@link PeerExitLookUp} uses. */
export interface PeerExitParts {
  readonly state: Nat64State;
  readonly exits: PeerExits;
  readonly pool: Pool;
  readonly prefixes: Nat64Prefixes;
  readonly fragments: FragmentGate;
  /** IPv4 addresses that clients cannot reach: packets come from there only if the exit publishes them. */
  readonly destinations: Refusals;
  readonly ownIPv6: Int32Array;
  readonly bans: Bans;
}

/** Finds addresses and ports of packets to and from peer exits. */
export class PeerExitLookUp {
  readonly #parts: PeerExitParts;
  readonly #exits: PeerExits;
  readonly #state: Nat64State;
  /** The packet as it would be between a NAT64 pool and the IPv4 side. */
  readonly #loop = new IpHeader();

  constructor(parts: PeerExitParts) {
    this.#parts = parts;
    this.#exits = parts.exits;
    this.#state = parts.state;
  }

  /** A client's packet whose session uses a peer exit. */
  toExit(bytes: Uint8Array, packet: Packet, session: number, exit: number, now: number): number {
    if (!this.#exits.isUp(exit)) return NO_EXIT_UP;
    const header = packet.outer;
    const { target, tuple } = header;
    const binding = this.#state.sessions.binding(session);
    this.#embed(exit, this.#state.sessions.remoteAddress(session), target.source);
    target.sourcePort = this.#wirePort(exit, this.#state.bindings.poolPort(binding));
    this.#exits.copyTeredo(exit, target.destination);
    target.destinationPort = tuple.destinationPort;
    packet.pathMtu = TEREDO_MTU;
    this.#exits.countSent(exit, header.length);
    if (header.length >= LARGE_PACKET && this.#isLarge(bytes, packet))
      this.#noteLarge(bytes, header, exit, session, now);
    if (header.protocol === Protocol.tcp && header.fragmentOffset === 0 && (header.tcpFlags & TcpFlag.ack) !== 0) {
      this.#state.noteAcknowledged(session, get32(bytes, header.transport + Tcp.acknowledgment));
    }
    return 6;
  }

  /** A packet whose source is a Teredo address. */
  fromExit(bytes: Uint8Array, packet: Packet, now: number): number {
    const header = packet.outer;
    const { tuple, target } = header;
    const exit = this.#exitOf(tuple.destination);
    if (exit === NO_EXIT || !this.#exits.isTeredo(exit, tuple.source)) return NOT_A_PAIR;
    this.#exits.countReceived(exit, header.length);
    const remote = tuple.destination[3];
    if (this.#parts.bans.hasDestination(remote)) return BANNED;
    const verdict = this.#parts.fragments.admit(bytes, packet, now);
    if (verdict !== GO_ON) return verdict;
    if (this.#parts.destinations.refusesIPv4(remote) && !this.#isPublished(exit, remote, header)) return REFUSED_SOURCE;
    const loop = this.#loop;
    loop.protocol = header.protocol;
    loop.tcpFlags = header.tcpFlags;
    loop.offset = header.offset;
    loop.length = header.length;
    loop.family = header.family;
    loop.tuple.source[0] = remote;
    loop.tuple.sourcePort = tuple.sourcePort;
    if (!this.#fromWirePort(exit, tuple.destinationPort, loop.tuple)) return NO_BINDING;
    const session = this.#state.inbound(bytes, loop, now);
    if (session < 0) return session === PACKET_HELD ? LOOK_UP_HELD : session;
    const binding = this.#state.sessions.binding(session);
    this.#noteAnswer(bytes, packet, exit, session, this.#state.bindings.network(binding));
    this.#parts.prefixes.embed(this.#state.sessions.via(session), remote, target.source);
    target.sourcePort = tuple.sourcePort;
    this.#state.bindings.copyClient(binding, target.destination);
    target.destinationPort = this.#state.bindings.clientPort(binding);
    packet.pathMtu = TEREDO_MTU;
    return 6;
  }

  /**
   * An ICMPv6 error about a packet to an exit: from the IPv4 side of the exit (source `T`, the router's IPv4 address in the
   * destination), or from an IPv6 router or the relay on the path.
   */
  errorFromExit(packet: Packet, now: number): number {
    const { outer, inner } = packet;
    const exit = this.#exitOf(inner.tuple.source);
    if (exit === NO_EXIT || !this.#exits.isTeredo(exit, inner.tuple.destination)) return NOT_A_PAIR;
    const isFromExit = this.#exits.isTeredo(exit, outer.tuple.source);
    if (isFromExit && this.#exitOf(outer.tuple.destination) !== exit) return NOT_A_PAIR;
    if (isFromExit) {
      this.#exits.countReceived(exit, outer.length);
    } else if (outer.icmpType === UNREACHABLE && outer.icmpCode === ADDRESS_UNREACHABLE) {
      this.#exits.noteUnreachable(exit);
      return PATH_SUSPECT;
    }
    const loop = this.#loop;
    const remote = inner.tuple.source[3];
    const { bans } = this.#parts;
    if (bans.hasDestination(remote) || (isFromExit && bans.hasDestination(outer.tuple.destination[3]))) return BANNED;
    loop.protocol = inner.protocol;
    if (!this.#fromWirePort(exit, inner.tuple.sourcePort, loop.tuple)) return INNER_MALFORMED;
    // Reversed: the packet inside came from the pool.
    loop.tuple.source[0] = exit;
    loop.tuple.sourcePort = loop.tuple.destinationPort;
    loop.tuple.destination[0] = remote;
    loop.tuple.destinationPort = inner.tuple.destinationPort;
    const session = this.#state.findInboundError(loop, now);
    if (session < 0) return session;
    const binding = this.#state.sessions.binding(session);
    const via = this.#state.sessions.via(session);
    this.#state.bindings.copyClient(binding, inner.target.source);
    inner.target.sourcePort = this.#state.bindings.clientPort(binding);
    this.#parts.prefixes.embed(via, remote, inner.target.destination);
    inner.target.destinationPort = inner.tuple.destinationPort;
    const { prefixes, ownIPv6 } = this.#parts;
    if (isFromExit) prefixes.embedReporter(via, outer.tuple.destination[3], ownIPv6, outer.target.source);
    else outer.target.source.set(ownIPv6);
    this.#state.bindings.copyClient(binding, outer.target.destination);
    packet.pathMtu = TEREDO_MTU;
    return 6;
  }

  /** A client's ICMPv6 error about a packet from an exit: the packet inside gets the addresses that it came with. */
  errorToExit(packet: Packet, session: number, exit: number): number {
    const { outer, inner } = packet;
    const binding = this.#state.sessions.binding(session);
    const remote = this.#state.sessions.remoteAddress(session);
    this.#exits.copyTeredo(exit, inner.target.source);
    inner.target.sourcePort = inner.tuple.sourcePort;
    this.#embed(exit, remote, inner.target.destination);
    inner.target.destinationPort = this.#wirePort(exit, this.#state.bindings.poolPort(binding));
    this.#embed(exit, remote, outer.target.source);
    this.#exits.copyTeredo(exit, outer.target.destination);
    packet.pathMtu = TEREDO_MTU;
    return 6;
  }

  /** Whether a packet comes from what the exit publishes. Of a later fragment, the ports are those of the first one. */
  #isPublished(exit: number, remote: number, header: IpHeader): boolean {
    const protocol = header.protocol === Protocol.icmpv6 ? Protocol.icmp : header.protocol;
    return this.#exits.publishes(exit, remote, protocol, header.tuple.sourcePort);
  }

  /** Judges an exit by the answer to a large packet, unless the client pinned the exit. */
  #noteLarge(bytes: Uint8Array, header: IpHeader, exit: number, session: number, now: number): void {
    const { bindings, sessions } = this.#state;
    const binding = sessions.binding(session);
    if (bindings.exit(binding) !== AUTOMATIC) return;
    const wanted = header.protocol === Protocol.tcp ? tcpEnd(bytes, header) : 0;
    this.#exits.data.sentLarge(exit, bindings.network(binding), session, wanted, this.#state.timeOf(now));
  }

  /** Judges an exit by what comes from it. */
  #noteAnswer(bytes: Uint8Array, packet: Packet, exit: number, session: number, network: number): void {
    const { data } = this.#exits;
    const header = packet.outer;
    if (header.length >= LARGE_PACKET && this.#isLarge(bytes, packet)) data.receivedLarge(exit, network);
    if (!data.waitsFor(exit, network, session)) return;
    const isTcp = header.protocol === Protocol.tcp;
    if (isTcp && header.fragmentOffset !== 0) return;
    data.receivedAnswer(exit, network, isTcp, isTcp ? get32(bytes, header.transport + Tcp.acknowledgment) : 0);
  }

  /** Whether a packet, or each but the last segment of a super-packet, is large and fits the path. Not of later fragments. */
  #isLarge(bytes: Uint8Array, packet: Packet): boolean {
    const { outer, segmentSize } = packet;
    if (outer.fragmentOffset !== 0) return false;
    const length =
      segmentSize === 0
        ? outer.length
        : segmentSize + outer.transport - outer.offset + segmentHeaderLength(bytes, outer);
    return length >= LARGE_PACKET && length <= TEREDO_MTU;
  }

  /** The exit of one of our pinned addresses, or `NO_EXIT`. */
  #exitOf(address: Int32Array): number {
    const pool = this.#parts.pool;
    if (!pool.matches(address[0], address[1], address[2])) return NO_EXIT;
    return this.#exits.find(pool.selector(address[2]));
  }

  #embed(exit: number, ipv4: number, words: Int32Array): void {
    const pool = this.#parts.pool;
    words[0] = pool.w0;
    words[1] = pool.w1;
    words[2] = pool.w2 | this.#exits.selector(exit);
    words[3] = ipv4;
  }

  /** All exits use the same port numbers internally. On the wire they start at the block that the IPv4 peer granted. */
  #wirePort(exit: number, port: number): number {
    return port - FIRST_EXIT_PORT + this.#exits.firstPort(exit);
  }

  #fromWirePort(exit: number, port: number, tuple: Tuple): boolean {
    const own = port - this.#exits.firstPort(exit) + FIRST_EXIT_PORT;
    tuple.destination[0] = exit;
    tuple.destinationPort = own;
    return own >= FIRST_EXIT_PORT && own <= LAST_EXIT_PORT;
  }
}

/** The acknowledgment number for all data of a TCP segment. */
function tcpEnd(bytes: Uint8Array, header: IpHeader): number {
  const data = header.offset + header.length - header.transport - tcpHeaderLength(bytes, header.transport);
  return (get32(bytes, header.transport + Tcp.sequence) + data) | 0;
}
