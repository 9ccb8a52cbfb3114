/** The look-up of a stateful NAT64: RFC 6146 §3.5 to §3.8. */
import { type Refusals, SELECTOR } from "@nat64/rfc6052";
import { get32 } from "@nat64/rfc6052/bytes";
import type { Bans } from "../../bans/bans.ts";
import { Reason } from "../../drop-reasons.ts";
import { LOCAL_EXIT, NO_EXIT, type PeerExits } from "../../exits/peer-exits.ts";
import {
  NOT_REFUSED,
  REFUSED_ADDRESS,
  REFUSED_HOST,
  REFUSED_PORT,
  type RefusedDestinations,
} from "../../exits/refused-destinations.ts";
import { IpHeader, type Packet, Protocol, TcpFlag, type Tuple } from "../../packet/packet.ts";
import { segmentsOf } from "../../packet/segments.ts";
import { Tcp } from "../../packet/tcp.ts";
import { TEREDO_WORD } from "../../packet/teredo-address.ts";
import { PACKET_HELD } from "../../state/held/held-packets.ts";
import { AUTOMATIC, type Nat64State } from "../../state/nat64-state.ts";
import { exitOfPoolAddress } from "../../state/ports/pool-address.ts";
import type { Nat64Prefixes } from "../../translate/mapping/nat64-prefixes.ts";
import { NO_PREFIX } from "../../translate/mapping/rfc6052-mapping.ts";
import { type FragmentGate, GO_ON } from "./fragment-gate.ts";
import { LOOK_UP_HELD, type LookUp } from "./look-up.ts";
import type { PeerExitLookUp } from "./peer-exit-look-up.ts";

const NOT_IN_PREFIX = -Reason["not-in-prefix"];
const NOT_IN_POOL = -Reason["not-in-pool"];
const REFUSED_SOURCE = -Reason["refused-source"];
const REFUSED_DESTINATION = -Reason["refused-destination"];
const REFUSED_BY_POLICY = -Reason["refused-by-policy"];
const NO_SUCH_EXIT = -Reason["no-exit"];
const NOT_A_PAIR = -Reason["not-a-pair"];
const BANNED = -Reason.banned;
const INNER_MALFORMED = -Reason["icmp-inner-malformed"];

/** The parts that {@link StatefulLookUp} uses. */
export interface StatefulLookUpParts {
  readonly state: Nat64State;
  readonly prefixes: Nat64Prefixes;
  readonly fragments: FragmentGate;
  readonly refusals: Refusals;
  /** IPv4 addresses that clients cannot reach: all that are not global unicast, except those allowed for tests. */
  readonly destinations: Refusals;
  /** Destinations that the local exit refuses besides. */
  readonly refused: RefusedDestinations;
  readonly hairpinning: boolean;
  readonly ownIPv6: Int32Array;
  /** The peer exits and the look-up of their packets; undefined when there can be none. */
  readonly exits: PeerExits | undefined;
  readonly peerExits: PeerExitLookUp | undefined;
  readonly bans: Bans;
}

/** Finds or makes bindings and sessions. `via` is the number of the NAT64 prefix. */
export class StatefulLookUp implements LookUp {
  readonly #state: Nat64State;
  readonly #fragments: FragmentGate;
  readonly #prefixes: Nat64Prefixes;
  readonly #refusals: Refusals;
  readonly #destinations: Refusals;
  readonly #refused: RefusedDestinations;
  readonly #hairpinning: boolean;
  readonly #ownIPv6: Int32Array;
  readonly #exits: PeerExits | undefined;
  readonly #peerExits: PeerExitLookUp | undefined;
  readonly #bans: Bans;
  /** A hairpinned packet as it would arrive from the IPv4 side. */
  readonly #loop = new IpHeader();

  constructor(parts: StatefulLookUpParts) {
    this.#state = parts.state;
    this.#fragments = parts.fragments;
    this.#prefixes = parts.prefixes;
    this.#refusals = parts.refusals;
    this.#destinations = parts.destinations;
    this.#refused = parts.refused;
    this.#hairpinning = parts.hairpinning;
    this.#ownIPv6 = parts.ownIPv6;
    this.#exits = parts.exits;
    this.#peerExits = parts.peerExits;
    this.#bans = parts.bans;
  }

  fromIPv6(bytes: Uint8Array, packet: Packet, now: number): number {
    if (packet.isIcmpError) return this.#errorFromIPv6(packet, now);
    const header = packet.outer;
    const { source, destination } = header.tuple;
    if (source[0] === TEREDO_WORD && this.#peerExits !== undefined) return this.#peerExits.fromExit(bytes, packet, now);
    const via = this.#prefixes.indexOf(destination);
    if (via === NO_PREFIX) return NOT_IN_PREFIX;
    if (this.#refusals.refusesClientSource(source[0], source[1], source[2], source[3])) return REFUSED_SOURCE;
    if (this.#bans.hasClient(source)) return BANNED;
    const target = header.target;
    this.#prefixes.toIPv4(destination, target.destination);
    const remote = target.destination[0];
    if (this.#bans.hasDestination(remote)) return BANNED;
    const pinned = this.#pinned(via);
    if (pinned === NO_EXIT) return NO_SUCH_EXIT;
    const isHairpin = pinned === AUTOMATIC && this.#isPool(remote);
    // Sent out, it would come straight back. Without hairpinning it is refused.
    if (isHairpin && !this.#hairpinning) return REFUSED_DESTINATION;
    if (!isHairpin && !this.#mayReach(header, pinned, remote)) return REFUSED_DESTINATION;
    const verdict = this.#fragments.admit(bytes, packet, now);
    if (verdict !== GO_ON) return verdict;
    // With peer exits, the exit of a new client is known only afterwards.
    const isRefused = pinned === AUTOMATIC && !isHairpin && this.#isRefusedHere(header, remote, now);
    if (isRefused && this.#peerExits === undefined) return REFUSED_BY_POLICY;
    const session = this.#state.outbound(header, remote, via, pinned, segmentsOf(bytes, packet), now);
    if (session < 0) return session;
    const binding = this.#state.sessions.binding(session);
    const pool = this.#state.bindings.poolAddress(binding);
    const exit = exitOfPoolAddress(pool);
    if (exit !== LOCAL_EXIT && this.#peerExits !== undefined) {
      return this.#peerExits.toExit(bytes, packet, session, exit, now);
    }
    if (isRefused) {
      this.#state.endIfStored(session);
      return REFUSED_BY_POLICY;
    }
    // A drained exit resets its remaining connections with this number.
    if (header.protocol === Protocol.tcp && header.fragmentOffset === 0 && (header.tcpFlags & TcpFlag.ack) !== 0) {
      this.#state.noteAcknowledged(session, get32(bytes, header.transport + Tcp.acknowledgment));
    }
    target.source[0] = pool;
    target.sourcePort = this.#state.bindings.poolPort(binding);
    target.destinationPort = header.tuple.destinationPort;
    return isHairpin ? this.#hairpin(bytes, header, now) : 4;
  }

  fromIPv4(bytes: Uint8Array, packet: Packet, now: number): number {
    const header = packet.outer;
    const { source, destination } = header.tuple;
    if (!this.#isPool(destination[0])) return NOT_IN_POOL;
    if (this.#bans.hasDestination(source[0])) return BANNED;
    if (packet.isIcmpError) return this.#errorFromIPv4(packet, now);
    if (this.#refusals.refusesIPv4(source[0])) return REFUSED_SOURCE;
    const verdict = this.#fragments.admit(bytes, packet, now);
    if (verdict !== GO_ON) return verdict;
    const session = this.#state.inbound(bytes, header, now);
    if (session < 0) return session === PACKET_HELD ? LOOK_UP_HELD : session;
    this.#towardsClient(session, source[0], header.tuple.sourcePort, header.target);
    return 6;
  }

  /** The exit that the number of a prefix is pinned to, `AUTOMATIC` for none, `NO_EXIT` for an unused selector. */
  #pinned(via: number): number {
    const selector = this.#prefixes.selectorOf(via);
    if (selector === SELECTOR.automatic) return AUTOMATIC;
    return this.#exits === undefined ? NO_EXIT : this.#exits.find(selector);
  }

  /**
   * Whether a client may reach an IPv4 address (design §3): global addresses through any exit, unless it is pinned and does not
   * allow that; other addresses only if the pinned exit publishes them.
   */
  #mayReach(header: IpHeader, pinned: number, remote: number): boolean {
    if (pinned === AUTOMATIC) return !this.#destinations.refusesIPv4(remote);
    const exits = this.#exits as PeerExits;
    if (exits.isPinnable(pinned) && !this.#destinations.refusesIPv4(remote)) return true;
    const protocol = header.protocol === Protocol.icmpv6 ? Protocol.icmp : header.protocol;
    return header.fragmentOffset !== 0 || exits.publishes(pinned, remote, protocol, header.tuple.destinationPort);
  }

  /** Whether the policy of the local exit refuses a packet. Static bindings answer to any port, and any client answers this host. */
  #isRefusedHere(header: IpHeader, remote: number, now: number): boolean {
    const protocol = header.protocol === Protocol.icmpv6 ? Protocol.icmp : header.protocol;
    const refusal = this.#refused.refusal(remote, protocol, header.tuple.destinationPort);
    if (refusal === NOT_REFUSED) return false;
    if (refusal === REFUSED_HOST) return opensConnection(header) || !this.#state.hasSession(header, remote, now);
    return refusal !== REFUSED_PORT || !this.#state.hasStaticBinding(header);
  }

  /** Whether an IPv4 address is in the pool of the local exit. The pool also has the numbers of peer exits. */
  #isPool(address: number): boolean {
    return exitOfPoolAddress(address) === LOCAL_EXIT && this.#state.ports.has(address);
  }

  /**
   * A client sends to the binding of another client (RFC 6146 §3.8). With its source from the pool, the packet is handled like
   * one from the IPv4 side.
   */
  #hairpin(bytes: Uint8Array, header: IpHeader, now: number): number {
    const loop = this.#loop;
    loop.family = header.family;
    loop.offset = header.offset;
    loop.length = header.length;
    loop.available = header.available;
    loop.protocol = header.protocol;
    loop.tcpFlags = header.tcpFlags;
    loop.fragmentOffset = header.fragmentOffset;
    copyTuple4(header.target, loop.tuple);
    const isQuery = header.protocol === Protocol.icmpv6;
    // A query has one Identifier, not two ports: it leaves and returns with that of the pool.
    if (isQuery) loop.tuple.destinationPort = loop.tuple.sourcePort;
    const session = this.#state.inbound(bytes, loop, now);
    if (session < 0) return session === PACKET_HELD ? LOOK_UP_HELD : session;
    this.#towardsClient(session, loop.tuple.source[0], loop.tuple.sourcePort, header.target);
    if (isQuery) header.target.sourcePort = header.target.destinationPort;
    return 6;
  }

  /**
   * An ICMPv6 error about a packet to a client: the packet inside goes from the address that embeds the remote to the client,
   * so the remote gets the error from the client's pool address (RFC 6146 §3.6).
   */
  #errorFromIPv6(packet: Packet, now: number): number {
    const { inner, outer } = packet;
    if (inner.tuple.destination[0] === TEREDO_WORD && this.#peerExits !== undefined) {
      return this.#peerExits.errorFromExit(packet, now);
    }
    if (this.#prefixes.indexOf(outer.tuple.destination) === NO_PREFIX) return NOT_IN_PREFIX;
    if (this.#prefixes.indexOf(outer.tuple.source) !== NO_PREFIX) return REFUSED_SOURCE;
    const via = this.#prefixes.indexOf(inner.tuple.source);
    if (via === NO_PREFIX) return INNER_MALFORMED;
    this.#prefixes.toIPv4(inner.tuple.source, inner.target.source);
    const remote = inner.target.source[0];
    if (this.#bans.hasClient(outer.tuple.source) || this.#bans.hasDestination(remote)) return BANNED;
    const pinned = this.#pinned(via);
    if (pinned === NO_EXIT) return NOT_A_PAIR;
    const session = this.#state.findOutboundError(inner, remote, pinned, now);
    if (session < 0) return session;
    const binding = this.#state.sessions.binding(session);
    const pool = this.#state.bindings.poolAddress(binding);
    const exit = exitOfPoolAddress(pool);
    if (exit !== LOCAL_EXIT && this.#peerExits !== undefined) return this.#peerExits.errorToExit(packet, session, exit);
    const isHairpin = this.#isPool(remote);
    if (!isHairpin && this.#refused.refusal(remote, Protocol.icmp, 0) === REFUSED_ADDRESS) return REFUSED_BY_POLICY;
    inner.target.sourcePort = inner.tuple.sourcePort;
    inner.target.destination[0] = pool;
    inner.target.destinationPort = this.#state.bindings.poolPort(binding);
    outer.target.source[0] = pool;
    outer.target.destination[0] = remote;
    return this.#hairpinning && isHairpin ? this.#hairpinError(packet, pool, now) : 4;
  }

  /** The error is about a hairpinned packet, and is for the other client. */
  #hairpinError(packet: Packet, pool: number, now: number): number {
    const loop = this.#loop;
    loop.family = packet.inner.family;
    loop.protocol = packet.inner.protocol;
    copyTuple4(packet.inner.target, loop.tuple);
    return this.#errorTowardsClient(packet, loop, pool, now);
  }

  /** An ICMP error about a packet to the IPv4 side: the packet inside goes from the pool to the remote. */
  #errorFromIPv4(packet: Packet, now: number): number {
    if (this.#bans.hasDestination(packet.inner.tuple.destination[0])) return BANNED;
    return this.#errorTowardsClient(packet, packet.inner, packet.outer.tuple.source[0], now);
  }

  /**
   * @param inner the header inside the error, as it was on the IPv4 side
   * @param reporter the address that sent the error
   */
  #errorTowardsClient(packet: Packet, inner: IpHeader, reporter: number, now: number): number {
    const session = this.#state.findInboundError(inner, now);
    if (session < 0) return session;
    const binding = this.#state.sessions.binding(session);
    const via = this.#state.sessions.via(session);
    const target = packet.inner.target;
    const { destination, destinationPort } = inner.tuple;
    this.#state.bindings.copyClient(binding, target.source);
    target.sourcePort = this.#state.bindings.clientPort(binding);
    this.#prefixes.embed(via, destination[0], target.destination);
    target.destinationPort = destinationPort;
    this.#prefixes.embedReporter(via, reporter, this.#ownIPv6, packet.outer.target.source);
    this.#state.bindings.copyClient(binding, packet.outer.target.destination);
    return 6;
  }

  #towardsClient(session: number, remote: number, remotePort: number, target: Tuple): void {
    const binding = this.#state.sessions.binding(session);
    this.#prefixes.embed(this.#state.sessions.via(session), remote, target.source);
    target.sourcePort = remotePort;
    this.#state.bindings.copyClient(binding, target.destination);
    target.destinationPort = this.#state.bindings.clientPort(binding);
  }
}

/** Whether the packet is the first one of a TCP connection: it would open one that is over again. */
function opensConnection(header: IpHeader): boolean {
  const flags = header.tcpFlags & (TcpFlag.syn | TcpFlag.ack);
  return header.protocol === Protocol.tcp && header.fragmentOffset === 0 && flags === TcpFlag.syn;
}

/** Copies a tuple of IPv4 addresses. */
function copyTuple4(from: Tuple, to: Tuple): void {
  to.source[0] = from.source[0];
  to.destination[0] = from.destination[0];
  to.sourcePort = from.sourcePort;
  to.destinationPort = from.destinationPort;
}
