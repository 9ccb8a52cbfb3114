/** The look-up of a stateful NAT64: RFC 6146 §3.5 to §3.8. */
import type { Refusals } from "@nat64/rfc6052";
import type { StatefulSettings } from "../compile-config.ts";
import { IpHeader, type Packet, Protocol, type Tuple } from "../packet/packet.ts";
import { Reason } from "../reasons.ts";
import { type Fragments, PASS } from "../state/fragments.ts";
import { HELD as PUT_ASIDE } from "../state/held-packets.ts";
import type { Nat64State } from "../state/nat64-state.ts";
import { NO_PREFIX, Rfc6052Mapping } from "../translate/mapping/rfc6052-mapping.ts";
import { HELD, type LookUp } from "./look-up.ts";
import { segmentsOf } from "./sizes.ts";

/** The exit of this host itself. Peer exits will have other numbers: the BIB is keyed by exit. */
export const LOCAL_EXIT = 0;

/** The fragment may go on. */
const GO_ON = 1;

const NOT_IN_PREFIX = -Reason["not-in-prefix"];
const NOT_IN_POOL = -Reason["not-in-pool"];
const REFUSED_SOURCE = -Reason["refused-source"];
const REFUSED_DESTINATION = -Reason["refused-destination"];
const INNER_MALFORMED = -Reason["icmp-inner-malformed"];

/** Finds bindings and sessions, and makes them. `via` is the index of the NAT64 prefix. */
export class StatefulLookUp implements LookUp {
  readonly #state: Nat64State;
  readonly #fragments: Fragments;
  readonly #prefixes: Rfc6052Mapping;
  readonly #refusals: Refusals;
  readonly #hairpinning: boolean;
  readonly #ownIPv6: Int32Array;
  /** The second half of a hairpinned packet's way: as it would arrive from the IPv4 side. */
  readonly #loop = new IpHeader();

  constructor(state: Nat64State, fragments: Fragments, refusals: Refusals, settings: StatefulSettings) {
    this.#state = state;
    this.#fragments = fragments;
    this.#prefixes = new Rfc6052Mapping(settings.prefixes);
    this.#hairpinning = settings.hairpinning;
    this.#ownIPv6 = Int32Array.from(settings.ownIPv6);
    this.#refusals = refusals;
  }

  fromIPv6(bytes: Uint8Array, packet: Packet, now: number): number {
    if (packet.isIcmpError) return this.#errorFromIPv6(packet);
    const header = packet.outer;
    const { source, destination } = header.tuple;
    const via = this.#prefixes.indexOf(destination);
    if (via === NO_PREFIX) return NOT_IN_PREFIX;
    if (this.#refusals.refusesClientSource(source[0], source[1], source[2], source[3])) return REFUSED_SOURCE;
    const target = header.target;
    this.#prefixes.toIPv4(destination, target.destination);
    const remote = target.destination[0];
    const isHairpin = this.#hairpinning && this.#state.ports.has(remote);
    if (!isHairpin && this.#refusals.refusesIPv4(remote)) return REFUSED_DESTINATION;
    if (header.isFragment !== 0) {
      const verdict = this.#admitFragment(bytes, packet, now);
      if (verdict !== GO_ON) return verdict;
    }
    const session = this.#state.outbound(header, remote, via, LOCAL_EXIT, segmentsOf(packet), now);
    if (session < 0) return session;
    const binding = this.#state.sessions.binding(session);
    target.source[0] = this.#state.bindings.poolAddress(binding);
    target.sourcePort = this.#state.bindings.poolPort(binding);
    target.destinationPort = header.tuple.destinationPort;
    return isHairpin ? this.#hairpin(bytes, header, now) : 4;
  }

  fromIPv4(bytes: Uint8Array, packet: Packet, now: number): number {
    const header = packet.outer;
    const { source, destination } = header.tuple;
    if (!this.#state.ports.has(destination[0])) return NOT_IN_POOL;
    if (packet.isIcmpError) return this.#errorFromIPv4(packet);
    if (this.#refusals.refusesIPv4(source[0])) return REFUSED_SOURCE;
    if (header.isFragment !== 0) {
      const verdict = this.#admitFragment(bytes, packet, now);
      if (verdict !== GO_ON) return verdict;
    }
    const session = this.#state.inbound(bytes, header, now);
    if (session < 0) return session === PUT_ASIDE ? HELD : session;
    this.#towardsClient(session, source[0], header.tuple.sourcePort, header.target);
    return 6;
  }

  /** RFC 6146 §3.4: the first fragment tells the ports of all others, which wait for it. */
  #admitFragment(bytes: Uint8Array, packet: Packet, now: number): number {
    const header = packet.outer;
    if (packet.wasHeld) {
      this.#fragments.describeReleased(header);
    } else {
      const verdict = this.#fragments.admit(bytes, header, now);
      if (verdict !== PASS) return verdict === PUT_ASIDE ? HELD : verdict;
    }
    header.upperLength = this.#fragments.upperLength;
    header.upperSum = this.#fragments.upperSum;
    return GO_ON;
  }

  /**
   * A client sends to the binding of another one (RFC 6146 §3.8): after the first half, which gave it a source of the
   * pool, the packet arrives like one from the IPv4 side.
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
    // A query has one Identifier, not two ports: it goes out with the one of the pool and comes back with it.
    if (isQuery) loop.tuple.destinationPort = loop.tuple.sourcePort;
    const session = this.#state.inbound(bytes, loop, now);
    if (session < 0) return session === PUT_ASIDE ? HELD : session;
    this.#towardsClient(session, loop.tuple.source[0], loop.tuple.sourcePort, header.target);
    if (isQuery) header.target.sourcePort = header.target.destinationPort;
    return 6;
  }

  /**
   * An ICMPv6 error about a packet that went to a client: the one inside runs from the address that embeds the remote
   * to the client, so the remote learns of it from the client's pool address (RFC 6146 §3.6).
   */
  #errorFromIPv6(packet: Packet): number {
    const { inner, outer } = packet;
    if (this.#prefixes.indexOf(outer.tuple.destination) === NO_PREFIX) return NOT_IN_PREFIX;
    if (this.#prefixes.indexOf(outer.tuple.source) !== NO_PREFIX) return REFUSED_SOURCE;
    if (!this.#prefixes.toIPv4(inner.tuple.source, inner.target.source)) return INNER_MALFORMED;
    const remote = inner.target.source[0];
    const session = this.#state.findOutboundError(inner, remote, LOCAL_EXIT);
    if (session < 0) return session;
    const binding = this.#state.sessions.binding(session);
    const pool = this.#state.bindings.poolAddress(binding);
    inner.target.sourcePort = inner.tuple.sourcePort;
    inner.target.destination[0] = pool;
    inner.target.destinationPort = this.#state.bindings.poolPort(binding);
    outer.target.source[0] = pool;
    outer.target.destination[0] = remote;
    return this.#hairpinning && this.#state.ports.has(remote) ? this.#hairpinError(packet, pool) : 4;
  }

  /** The error is about a hairpinned packet, and goes to the other client. */
  #hairpinError(packet: Packet, pool: number): number {
    const loop = this.#loop;
    loop.family = packet.inner.family;
    loop.protocol = packet.inner.protocol;
    copyTuple4(packet.inner.target, loop.tuple);
    return this.#errorTowardsClient(packet, loop, pool);
  }

  /** An ICMP error about a packet that left for the IPv4 side: the one inside runs from the pool to the remote. */
  #errorFromIPv4(packet: Packet): number {
    return this.#errorTowardsClient(packet, packet.inner, packet.outer.tuple.source[0]);
  }

  /**
   * @param inner the header inside the error, as it was on the IPv4 side
   * @param reporter whoever sent the error: any address at all, routers answer from 10/8 and worse; only looked at
   */
  #errorTowardsClient(packet: Packet, inner: IpHeader, reporter: number): number {
    const session = this.#state.findInboundError(inner);
    if (session < 0) return session;
    const binding = this.#state.sessions.binding(session);
    const via = this.#state.sessions.via(session);
    const target = packet.inner.target;
    const { destination, destinationPort } = inner.tuple;
    this.#copyClient(binding, target.source);
    target.sourcePort = this.#state.bindings.clientPort(binding);
    this.#prefixes.embed(via, destination[0], target.destination);
    target.destinationPort = destinationPort;
    const source = packet.outer.target.source;
    this.#prefixes.embed(via, reporter, source);
    // RFC 6052 §3.1: the well-known prefix never shows a private address, so the error seems to come from us.
    if (this.#prefixes.indexOf(source) === NO_PREFIX) source.set(this.#ownIPv6);
    this.#copyClient(binding, packet.outer.target.destination);
    return 6;
  }

  #towardsClient(session: number, remote: number, remotePort: number, target: Tuple): void {
    const binding = this.#state.sessions.binding(session);
    this.#prefixes.embed(this.#state.sessions.via(session), remote, target.source);
    target.sourcePort = remotePort;
    this.#copyClient(binding, target.destination);
    target.destinationPort = this.#state.bindings.clientPort(binding);
  }

  #copyClient(binding: number, words: Int32Array): void {
    const bindings = this.#state.bindings;
    words[0] = bindings.clientWord(binding, 0);
    words[1] = bindings.clientWord(binding, 1);
    words[2] = bindings.clientWord(binding, 2);
    words[3] = bindings.clientWord(binding, 3);
  }
}

function copyTuple4(from: Tuple, to: Tuple): void {
  to.source[0] = from.source[0];
  to.destination[0] = from.destination[0];
  to.sourcePort = from.sourcePort;
  to.destinationPort = from.destinationPort;
}
