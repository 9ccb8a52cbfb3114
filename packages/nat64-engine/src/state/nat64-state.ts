import { LOCAL_ONLY } from "../exits/choose-exit.ts";
import { MAX_PEER_EXITS } from "../exits/peer-exits.ts";
import { KeyedHash } from "../hash/keyed-hash.ts";
import { RandomWords } from "../hash/random-words.ts";
import { ClientTable } from "../limits/client-table.ts";
import type { IpHeader } from "../packet/packet.ts";
import { Reason } from "../reasons.ts";
import { BindingTable, bindingKey, poolKey } from "./binding-table.ts";
import { HELD, type HeldPackets } from "./held-packets.ts";
import { type Layout, planLayout, type Section } from "./layout.ts";
import { MemoryHeader } from "./memory-header.ts";
import { AUTOMATIC, NO_EXIT_FOUND, PortChoice } from "./port-choice.ts";
import { Ports } from "./ports.ts";
import { ProtocolIndex, protocolIndex } from "./protocol-index.ts";
import { RemoteAddresses } from "./remote-addresses.ts";
import { restoreState } from "./restore.ts";
import { SessionLife } from "./session-life.ts";
import { SESSION_EXPIRY, SESSION_WORDS, SessionTable } from "./session-table.ts";
import type { Filtering, StateOptions } from "./state-options.ts";
import { isClosed, SessionState, TcpEvent, tcpKind } from "./tcp-state.ts";
import { TimerWheel } from "./timer-wheel.ts";

export { AUTOMATIC } from "./port-choice.ts";
export type { Filtering, SessionLifetimes, StateOptions } from "./state-options.ts";

/** Bytes that a state needs. */
export function stateBytes(options: Pick<StateOptions, "sessions" | "clients" | "filtering" | "pool">): number {
  return planLayout({ ...options, addressDependent: options.filtering === "address-dependent" }).bytes;
}

/** Bytes at the start of a state's memory that another state is built from: all the rest follows from them. */
export function survivingBytes(options: Pick<StateOptions, "sessions" | "clients" | "filtering" | "pool">): number {
  const { bindings } = planLayout({ ...options, addressDependent: options.filtering === "address-dependent" });
  return (bindings.start + bindings.words) * 4;
}

/**
 * The state of a NAT64: BIB, sessions, ports, clients, timers (RFC 6146 §3). Everything lies in one buffer that is made
 * at start; nothing is allocated for a packet or a session.
 *
 * A session is named by its index; negative results are `-reason` or {@link HELD}. An index is good until the next call
 * of `expire`, `outbound` or `inbound`.
 */
export class Nat64State {
  readonly bindings: BindingTable;
  readonly sessions: SessionTable;
  readonly clients: ClientTable;
  readonly ports: Ports;
  /** The memory: hand it in again to go on with its sessions. */
  readonly buffer: ArrayBuffer;
  readonly #header: MemoryHeader;
  readonly #life: SessionLife;
  readonly #remotes: RemoteAddresses | null;
  readonly #held: HeldPackets;
  readonly #filtering: Filtering;
  readonly #choice: PortChoice;
  readonly #incomingSyn: number;
  #base: number;

  constructor(options: StateOptions) {
    const { sessions, clients, filtering, lifetimes, pool, seed, now } = options;
    const layout: Layout = planLayout({ sessions, clients, pool, addressDependent: filtering === "address-dependent" });
    const buffer = options.buffer ?? new ArrayBuffer(layout.bytes);
    const view = (section: Section): Int32Array => new Int32Array(buffer, section.start * 4, section.words);
    this.buffer = buffer;
    this.#header = new MemoryHeader(buffer, layout, sessions);
    const used = this.#header.used;
    if (!used) this.#header.base = now;
    else if (now < this.#header.lastNow || now - this.#header.lastNow > 2 ** 30) {
      // Another clock: as if no time had passed.
      this.#header.base += now - this.#header.lastNow;
    }
    this.#base = this.#header.base;
    this.#header.lastNow = now;

    const hash = new KeyedHash(seed[0], seed[1]);
    this.#held = options.held;
    this.#filtering = filtering;
    this.#incomingSyn = lifetimes.tcpIncomingSyn;
    this.sessions = new SessionTable(view(layout.sessions), view(layout.sessionIndex), sessions, hash);
    this.bindings = new BindingTable(
      view(layout.bindings),
      view(layout.clientIndexOfBindings),
      view(layout.poolIndexOfBindings),
      sessions,
      hash,
    );
    this.clients = new ClientTable(view(layout.clients), view(layout.clientIndex), clients, hash, options.limits);
    if (used) view(layout.ports).fill(0);
    this.ports = new Ports(view(layout.ports), pool, this.clients, hash, new RandomWords(seed[2], seed[3]));
    this.#remotes =
      filtering === "address-dependent"
        ? new RemoteAddresses(view(layout.remotes), view(layout.remoteIndex), sessions, hash)
        : null;
    const expiries = this.sessions.records;
    this.#life = new SessionLife({
      sessions: this.sessions,
      bindings: this.bindings,
      clients: this.clients,
      ports: this.ports,
      remotes: this.#remotes,
      held: this.#held,
      wheel: new TimerWheel(view(layout.timers), expiries, SESSION_WORDS, SESSION_EXPIRY, this.#time(now)),
      lifetimes,
      exits: MAX_PEER_EXITS + 1,
    });
    this.#choice = new PortChoice(this.ports, options.exits ?? LOCAL_ONLY, this.#life);
    restoreState(this, used, options.staticEntries, this.#time(now));
    this.#life.adopt(this.#time(now));
    this.#header.stamp();
  }

  /** Sessions that leave through each exit now; 0 is the local one. */
  get sessionsOfExit(): Int32Array {
    return this.#life.sessionsOfExit;
  }

  /** Sessions made since start. */
  get sessionsCreated(): number {
    return this.#life.created;
  }

  /** Sessions that ended because their time was over. */
  get sessionsExpired(): number {
    return this.#life.expired;
  }

  /** Closed sessions that ended before their time, because their record or port was needed. */
  get sessionsTakenBack(): number {
    return this.#life.takenBack;
  }

  /**
   * After {@link expire}: established TCP sessions that fell silent. A probe is to be sent to the client of each; an
   * answer brings it back from TRANS (RFC 6146 §3.5.2.2).
   */
  get probes(): Int32Array {
    return this.#life.probes;
  }

  get probeCount(): number {
    return this.#life.probeCount;
  }

  /**
   * After {@link expire}: inbound SYNs that nobody answered, as packets of the store of held packets. Each is to be
   * answered with ICMP Port Unreachable (RFC 6146 §3.5.2.2). They are freed with the next call of `expire`.
   */
  get unansweredSyns(): Int32Array {
    return this.#life.unansweredSyns;
  }

  get unansweredSynCount(): number {
    return this.#life.unansweredSynCount;
  }

  /**
   * The session of a packet from the IPv6 side, made if the packet may do that; runs timers and TCP states.
   *
   * @param header an IPv6 packet of TCP, UDP or an ICMPv6 query; of a later fragment with the ports of the first one
   * @param remote the IPv4 address that its destination stands for
   * @param via what the caller wants to find again in the session: which prefix the client used
   * @param exit the peer exit that the client pinned, or {@link AUTOMATIC}
   * @param segments packets that a super-packet stands for, for the client's packet cap
   * @param now milliseconds
   * @returns the session, or −reason. {@link SessionTable.transient} for a TCP packet of a binding without session
   */
  outbound(header: IpHeader, remote: number, via: number, exit: number, segments: number, now: number): number {
    const protocol = protocolIndex(header.protocol);
    if (protocol < 0) return -Reason["unsupported-protocol"];
    const time = this.#time(now);
    const source = header.tuple.source;
    const remotePort = protocol === ProtocolIndex.icmp ? 0 : header.tuple.destinationPort;
    const key = bindingKey(protocol, header.tuple.sourcePort, exit);
    const binding = this.bindings.findByClient(source[0], source[1], source[2], source[3], key);
    if (binding < 0) return this.#createBinding(header, protocol, key, remote, remotePort, via, segments, time);
    const refused = this.clients.admitPackets(this.bindings.client(binding), segments, time);
    if (refused !== 0) return -refused;
    const session = this.#findSession(binding, remote, remotePort);
    if (session < 0) return this.#createOutbound(header, protocol, binding, remote, remotePort, via, time);
    if (this.sessions.via(session) !== via) {
      this.sessions.setVia(session, via);
      this.bindings.setVia(binding, via);
    }
    if (protocol === ProtocolIndex.tcp) return this.#tcp(session, TcpEvent.fromIPv6, header.tcpFlags, time);
    this.#life.refresh(session, protocol, time);
    return session;
  }

  /**
   * The session of a packet from the IPv4 side, made if binding and filtering policy allow that.
   *
   * @param bytes where the packet is, for an inbound SYN that has to wait
   * @param header an IPv4 packet of TCP, UDP or an ICMP query; of a later fragment with the ports of the first one
   * @returns the session, −reason, or {@link HELD}
   */
  inbound(bytes: Uint8Array, header: IpHeader, now: number): number {
    const protocol = protocolIndex(header.protocol);
    if (protocol < 0) return -Reason["unsupported-protocol"];
    const tuple = header.tuple;
    const binding = this.bindings.findByPool(tuple.destination[0], poolKey(protocol, tuple.destinationPort));
    // RFC 6146 §3.5.2.2, CLOSED: TCP without a binding is dropped without a word, which is what `no-session` is.
    if (binding < 0) return protocol === ProtocolIndex.tcp ? -Reason["no-session"] : -Reason["no-binding"];
    const time = this.#time(now);
    const remote = tuple.source[0];
    const remotePort = protocol === ProtocolIndex.icmp ? 0 : tuple.sourcePort;
    const session = this.#findSession(binding, remote, remotePort);
    if (session < 0) return this.#createInbound(bytes, header, protocol, binding, remote, remotePort, time);
    if (protocol !== ProtocolIndex.tcp) {
      this.#life.refresh(session, protocol, time);
      return session;
    }
    // It waits for the IPv6 side, and so does whatever else this stranger sends: nothing is answered yet (RFC 5382 REQ-4).
    if (this.sessions.heldSyn(session) >= 0) return -Reason["no-session"];
    return this.#tcp(session, TcpEvent.fromIPv4, header.tcpFlags, time);
  }

  /**
   * The session that an ICMPv6 error from the IPv6 side is about. Neither makes nor refreshes one (RFC 5508 REQ-5).
   *
   * @param inner header inside the error: a packet that went *to* the client
   * @param remote the IPv4 address that the inner source stands for
   * @returns the session, or −reason
   */
  findOutboundError(inner: IpHeader, remote: number, exit: number, now: number): number {
    const protocol = protocolIndex(inner.protocol);
    if (protocol < 0) return -Reason["unsupported-protocol"];
    const client = inner.tuple.destination;
    const key = bindingKey(protocol, inner.tuple.destinationPort, exit);
    const binding = this.bindings.findByClient(client[0], client[1], client[2], client[3], key);
    if (binding < 0) return -Reason["no-binding"];
    const refused = this.clients.admitPackets(this.bindings.client(binding), 1, this.#time(now));
    if (refused !== 0) return -refused;
    const session = this.#findSession(binding, remote, protocol === ProtocolIndex.icmp ? 0 : inner.tuple.sourcePort);
    return session < 0 ? -Reason["no-session"] : session;
  }

  /**
   * The session that an ICMP error from the IPv4 side is about. Neither makes nor refreshes one.
   *
   * @param inner header inside the error: a packet that left *from* the pool
   * @returns the session, or −reason
   */
  findInboundError(inner: IpHeader): number {
    const protocol = protocolIndex(inner.protocol);
    if (protocol < 0) return -Reason["unsupported-protocol"];
    const tuple = inner.tuple;
    const binding = this.bindings.findByPool(tuple.source[0], poolKey(protocol, tuple.sourcePort));
    if (binding < 0) return -Reason["no-binding"];
    const remotePort = protocol === ProtocolIndex.icmp ? 0 : tuple.destinationPort;
    const session = this.#findSession(binding, tuple.destination[0], remotePort);
    return session < 0 ? -Reason["no-session"] : session;
  }

  /** Notes the acknowledgment number of a client's TCP segment: a reset that the server accepts needs it (RFC 5961). */
  noteAcknowledged(session: number, acknowledgment: number): void {
    if (!isClosed(this.sessions.state(session)) && this.sessions.heldSyn(session) < 0)
      this.sessions.setAcknowledged(session, acknowledgment);
  }

  /**
   * Ends sessions whose time has come; fills {@link probes} and {@link unansweredSyns}.
   *
   * @param budget how many sessions may be looked at
   * @returns milliseconds until the next call: 0 when the budget did not suffice, Infinity when there are no sessions
   */
  expire(now: number, budget: number): number {
    this.#header.lastNow = now;
    return this.#life.expire(this.#time(now), budget);
  }

  /** Ends a session now, whatever its lifetime. */
  end(session: number): void {
    this.#life.end(session);
  }

  /** Milliseconds that a session has left; negative when it is overdue. */
  remaining(session: number, now: number): number {
    return (this.sessions.expiry(session) - this.#time(now)) | 0;
  }

  #time(now: number): number {
    return (now - this.#base) | 0;
  }

  #findSession(binding: number, remote: number, remotePort: number): number {
    const recent = this.bindings.recent(binding);
    if (recent >= 0 && this.sessions.matches(recent, binding, remote, remotePort)) return recent;
    const session = this.sessions.find(binding, remote, remotePort);
    if (session >= 0) this.bindings.setRecent(binding, session);
    return session;
  }

  /** A TCP segment of a session. @returns the session, or −reason when a SYN may not open it again */
  #tcp(session: number, side: number, flags: number, time: number): number {
    const kind = tcpKind(flags);
    if (this.#life.tcp(session, side | kind, time) || kind !== TcpEvent.syn) return session;
    return -Reason["cap-sessions"];
  }

  /** A packet from an IPv6 transport address that has no BIB entry (RFC 6146 §3.5.1 to §3.5.3). */
  #createBinding(
    header: IpHeader,
    protocol: number,
    key: number,
    remote: number,
    remotePort: number,
    via: number,
    segments: number,
    time: number,
  ): number {
    if (protocol === ProtocolIndex.tcp && tcpKind(header.tcpFlags) !== TcpEvent.syn) return -Reason["no-session"];
    if (!this.#life.makeRoom(true)) return -Reason[this.sessions.full ? "sessions-full" : "bindings-full"];
    const { source, sourcePort } = header.tuple;
    const client = this.clients.acquire(source[0], source[1], time);
    if (client < 0) return -Reason["clients-full"];
    // Used from here on: what is taken back may be the last that kept the record.
    this.clients.use(client);
    let refused = this.clients.admitPackets(client, segments, time);
    if (refused === 0) refused = this.clients.admitSession(client, time);
    if (refused !== 0) {
      this.clients.leave(client);
      return -refused;
    }
    const slot = this.#choice.take(client, source, protocol, key >>> 18, sourcePort, time);
    if (slot < 0) {
      this.clients.leave(client);
      return slot === NO_EXIT_FOUND ? -Reason["no-exit"] : -Reason["ports-exhausted"];
    }
    const binding = this.bindings.add(source, key, this.ports.address(slot), this.ports.port(slot), via, client, slot);
    const state = protocol === ProtocolIndex.tcp ? SessionState.v6Init : SessionState.none;
    return this.#life.add(binding, remote, remotePort, via, state, time);
  }

  /** A packet of a BIB entry from the IPv6 side to an IPv4 endpoint that it has no session with. */
  #createOutbound(
    header: IpHeader,
    protocol: number,
    binding: number,
    remote: number,
    remotePort: number,
    via: number,
    time: number,
  ): number {
    const tcp = protocol === ProtocolIndex.tcp;
    // RFC 6146 §3.5.2.2, CLOSED: other packets of a binding are translated, without a session.
    if (tcp && tcpKind(header.tcpFlags) !== TcpEvent.syn) {
      return this.sessions.describe(binding, remote, remotePort, via, SessionState.closed);
    }
    const refused = this.#admit(binding, time);
    if (refused !== 0) return -refused;
    this.bindings.setVia(binding, via);
    const state = tcp ? SessionState.v6Init : SessionState.none;
    return this.#life.add(binding, remote, remotePort, via, state, time);
  }

  /** A packet of a BIB entry from an IPv4 endpoint that it has no session with: filtering decides (RFC 6146 §3.5). */
  #createInbound(
    bytes: Uint8Array,
    header: IpHeader,
    protocol: number,
    binding: number,
    remote: number,
    remotePort: number,
    time: number,
  ): number {
    const tcp = protocol === ProtocolIndex.tcp;
    const syn = tcp && tcpKind(header.tcpFlags) === TcpEvent.syn;
    const allowed = this.#allows(binding, remote);
    if (!allowed && !syn) return -Reason.filtered;
    const via = this.bindings.via(binding);
    if (tcp && !syn) return this.sessions.describe(binding, remote, remotePort, via, SessionState.closed);
    let held = -1;
    if (!allowed) {
      held = this.#held.hold(bytes, header.offset, header.length, this.#held.groupOf(4, header.tuple.source));
      if (held < 0) return -Reason["no-session"];
    }
    const refused = this.#admit(binding, time);
    if (refused !== 0) {
      if (held >= 0) this.#held.release(held);
      return -refused;
    }
    if (allowed) {
      const state = tcp ? SessionState.v4Init : SessionState.none;
      return this.#life.add(binding, remote, remotePort, via, state, time);
    }
    const expiry = time + this.#incomingSyn;
    const session = this.#life.addUnadmitted(binding, remote, remotePort, via, SessionState.v4Init, expiry);
    this.sessions.setHeldSyn(session, held);
    return HELD;
  }

  /** Whether the policy lets an IPv4 endpoint without session in. Static bindings are there to be reached. */
  #allows(binding: number, remote: number): boolean {
    if (this.#filtering === "endpoint-independent" || this.bindings.isStatic(binding)) return true;
    return this.#remotes?.has(binding, remote) === true;
  }

  #admit(binding: number, time: number): Reason {
    const refused = this.clients.admitSession(this.bindings.client(binding), time);
    if (refused !== 0) return refused;
    // Counted as one more meanwhile, so that the entry stays when the session that is taken back is its last one.
    this.bindings.setSessions(binding, this.bindings.sessions(binding) + 1);
    const hasRoom = this.#life.makeRoom(false);
    this.bindings.setSessions(binding, this.bindings.sessions(binding) - 1);
    return hasRoom ? 0 : Reason["sessions-full"];
  }
}
