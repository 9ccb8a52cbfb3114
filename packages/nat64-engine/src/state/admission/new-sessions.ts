import { Reason } from "../../drop-reasons.ts";
import { type ExitChoice, LOCAL_ONLY } from "../../exits/choose-exit.ts";
import { Drains } from "../../exits/drains.ts";
import type { ClientTable } from "../../limits/client-table.ts";
import type { IpHeader } from "../../packet/packet.ts";
import { type BindingTable, poolKey } from "../bib/binding-table.ts";
import type { TableMigration } from "../change/table-migration.ts";
import type { RemoteAddresses } from "../filtering/remote-addresses.ts";
import { type HeldPackets, PACKET_HELD } from "../held/held-packets.ts";
import { exitOfPoolAddress } from "../ports/pool-address.ts";
import type { PortAllocator } from "../ports/port-allocator.ts";
import { ProtocolIndex } from "../protocol-index.ts";
import type { ConfiguredTables } from "../sessions/configured-tables.ts";
import type { SessionLifecycle } from "../sessions/session-lifecycle.ts";
import type { SessionReclaimer } from "../sessions/session-reclaimer.ts";
import type { SessionTable } from "../sessions/session-table.ts";
import { SessionState, TcpEvent, tcpKind } from "../sessions/tcp-state.ts";
import type { Filtering, StateOptions } from "../state-options.ts";
import { AUTOMATIC, ExitAndPortChoice, NO_EXIT_FOUND, QUIET_AFTER_MS } from "./exit-and-port-choice.ts";
import { FairPorts } from "./fair-ports.ts";
import { RetiredBindings } from "./retired-bindings.ts";

/** Ports that are tried for a new BIB entry while others have not migrated yet. */
const MAX_PORT_TRIES = 64;

/** Makes sessions for packets without one, if policy and caps allow it (RFC 6146 §3.5). */
export class NewSessions {
  /** Divides the ports of exits that have none left. */
  readonly fairPorts: FairPorts;
  /** Ends what is left of BIB entries without a port. */
  readonly retired: RetiredBindings;
  readonly #sessions: SessionTable;
  readonly #bindings: BindingTable;
  readonly #life: SessionLifecycle;
  readonly #reclaimer: SessionReclaimer;
  #clients!: ClientTable;
  #ports!: PortAllocator;
  #remotes: RemoteAddresses | null = null;
  #held!: HeldPackets;
  #choice!: ExitAndPortChoice;
  #exits: ExitChoice = LOCAL_ONLY;
  #drains: Drains = new Drains();
  #filtering: Filtering = "endpoint-independent";
  #migration: TableMigration | null = null;

  /** Call {@link configure} first. */
  constructor(sessions: SessionTable, bindings: BindingTable, life: SessionLifecycle, reclaimer: SessionReclaimer) {
    this.#sessions = sessions;
    this.#bindings = bindings;
    this.#life = life;
    this.fairPorts = new FairPorts(sessions, bindings, life, reclaimer);
    this.retired = new RetiredBindings(sessions, bindings, life);
    this.#reclaimer = reclaimer;
  }

  /** Uses these options from now on. @param migration while BIB entries still migrate to the tables */
  configure(options: StateOptions, tables: ConfiguredTables, migration: TableMigration | null = null): void {
    this.#clients = tables.clients;
    this.#ports = tables.ports;
    this.#remotes = tables.remotes;
    this.#held = options.held;
    this.fairPorts.usePorts(tables.ports);
    this.#exits = options.exits ?? LOCAL_ONLY;
    this.#choice = new ExitAndPortChoice(tables.ports, this.#bindings, this.#exits, this.#reclaimer, this.fairPorts);
    this.#life.data = this.#exits.data;
    if (options.drains !== undefined) this.#drains = options.drains;
    this.#filtering = options.filtering;
    this.#migration = migration;
  }

  /** Handles a packet from an IPv6 transport address without a BIB entry (RFC 6146 §3.5.1 to §3.5.3). */
  withBinding(
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
    const pinned = key >>> 18;
    if (this.#drains.isAll || (pinned !== AUTOMATIC && this.#drains.has(pinned))) return -this.#drains.reason;
    if (this.#drains.isShareLow(header.tuple.source)) return -Reason["share-used"];
    const { source, sourcePort } = header.tuple;
    this.#reclaimer.startPacket(time);
    if (this.#clients.isPressed) this.#reclaimer.freeClients(time - QUIET_AFTER_MS);
    const client = this.#clients.acquire(source[0], source[1], time);
    // Used from here on: the session that is ended to make room may be the last that kept the record.
    this.#clients.use(client);
    this.#reclaimer.actFor(client, source[0], source[1]);
    let refused = this.#clients.caps.admitPackets(client, segments, time);
    if (refused === 0) refused = this.#clients.caps.admitSession(client, time);
    if (refused === 0 && !this.#reclaimer.makeRoom(true)) refused = this.#fullFor(client);
    if (refused !== 0) {
      this.#clients.leave(client);
      return -refused;
    }
    const slot = this.#takePort(client, source, protocol, pinned, sourcePort, remote, time);
    if (slot < 0) {
      this.#clients.leave(client);
      if (slot !== NO_EXIT_FOUND) return -Reason["ports-exhausted"];
      return this.#drains.isAny ? -this.#drains.reason : -Reason["no-exit"];
    }
    const binding = this.#bindings.add(
      source,
      key,
      this.#ports.address(slot),
      this.#ports.port(slot),
      via,
      client,
      slot,
    );
    this.#ports.count(this.#bindings, binding, 1);
    const state = protocol === ProtocolIndex.tcp ? SessionState.v6Init : SessionState.unanswered;
    return this.#life.add(binding, remote, remotePort, via, state, time);
  }

  /** {@link ExitAndPortChoice.take}; during a migration never the port of an entry that has not migrated yet. */
  #takePort(
    client: number,
    source: Int32Array,
    protocol: number,
    exit: number,
    wanted: number,
    remote: number,
    time: number,
  ): number {
    this.#ports.actFor(source[0], source[1]);
    for (let tries = 0; ; tries++) {
      const slot = this.#choice.take(client, source, protocol, exit, wanted, remote, time);
      if (slot < 0 || this.#migration === null) return slot;
      const other = this.#bindings.findByPool(this.#ports.address(slot), poolKey(protocol, this.#ports.port(slot)));
      if (other < 0 || this.#bindings.isUnplaceable(other)) return slot;
      this.#ports.free(slot);
      if (tries === MAX_PORT_TRIES) return -1;
      this.#migration.migrate(other, time);
    }
  }

  /** Judges the exits, if it is time. */
  judge(time: number): void {
    this.#exits.judge(time);
  }

  /**
   * Whether the client's next packet should get another mapping: nobody answered the only session of this one, and the exit
   * that was chosen for it answers less than others do.
   */
  shouldMove(session: number, protocol: number): boolean {
    if (this.#exits.data === null || this.#drains.isAll) return false;
    const binding = this.#sessions.binding(session);
    const bindings = this.#bindings;
    if (bindings.sessions(binding) !== 1 || bindings.exit(binding) !== AUTOMATIC || bindings.isStatic(binding))
      return false;
    const exit = exitOfPoolAddress(bindings.poolAddress(binding));
    const remote = this.#sessions.remoteAddress(session);
    return this.#exits.shouldLeave(exit, protocol, bindings.network(binding), remote);
  }

  /** Handles a packet of a BIB entry from the IPv6 side to an IPv4 endpoint without a session. */
  outbound(
    header: IpHeader,
    protocol: number,
    binding: number,
    remote: number,
    remotePort: number,
    via: number,
    time: number,
  ): number {
    const tcp = protocol === ProtocolIndex.tcp;
    // RFC 6146 §3.5.2.2, CLOSED: other packets of a binding are translated without a session.
    if (tcp && tcpKind(header.tcpFlags) !== TcpEvent.syn) {
      return this.#sessions.describe(binding, remote, remotePort, via, SessionState.closed);
    }
    // A single draining exit keeps its BIB entries: their mapping is the same for every endpoint (RFC 4787 REQ-1).
    if (this.#drains.isAll) return -this.#drains.reason;
    if (this.#drains.isShareLow(header.tuple.source)) return -Reason["share-used"];
    const refused = this.#admit(binding, header.tuple.source, time);
    if (refused !== 0) return -refused;
    this.#bindings.setVia(binding, via);
    const state = tcp ? SessionState.v6Init : SessionState.unanswered;
    return this.#life.add(binding, remote, remotePort, via, state, time);
  }

  /** Handles a packet to a BIB entry from an IPv4 endpoint without a session: the filtering policy decides (RFC 6146 §3.5). */
  inbound(
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
    const via = this.#bindings.via(binding);
    if (tcp && !syn) return this.#sessions.describe(binding, remote, remotePort, via, SessionState.closed);
    if (this.#isDraining(binding)) return -this.#drains.reason;
    let held = -1;
    if (!allowed) {
      held = this.#held.hold(bytes, header.offset, header.length, this.#held.groupOf(4, header.tuple.source));
      if (held < 0) return -Reason["no-session"];
    }
    if (!this.#admitUninvited(binding, time)) {
      if (held >= 0) this.#held.release(held);
      return -Reason["sessions-full"];
    }
    if (allowed) {
      const state = tcp ? SessionState.v4Init : SessionState.uninvited;
      return this.#life.add(binding, remote, remotePort, via, state, time);
    }
    this.#life.addHoldingSyn(binding, remote, remotePort, via, time, held);
    return PACKET_HELD;
  }

  /** Whether the filtering policy admits an IPv4 endpoint without a session. Static bindings are open to all. */
  #allows(binding: number, remote: number): boolean {
    if (this.#filtering === "endpoint-independent" || this.#bindings.isStatic(binding)) return true;
    return this.#remotes?.has(binding, remote) === true;
  }

  #isDraining(binding: number): boolean {
    return this.#drains.isAll || this.#drains.has(exitOfPoolAddress(this.#bindings.poolAddress(binding)));
  }

  /** Makes room for a session of a client. @param source its address @returns 0, or the reason to refuse it */
  #admit(binding: number, source: Int32Array, time: number): Reason {
    const client = this.#bindings.client(binding);
    const refused = this.#clients.caps.admitSession(client, time);
    if (refused !== 0) return refused;
    this.#reclaimer.startPacket(time);
    this.#reclaimer.actFor(client, source[0], source[1]);
    this.#hold(binding, 1);
    const hasRoom = this.#reclaimer.makeRoom(false);
    this.#hold(binding, -1);
    return hasRoom ? 0 : this.#fullFor(client);
  }

  /** Makes room for a session that an IPv4 endpoint makes. @returns whether there is room */
  #admitUninvited(binding: number, time: number): boolean {
    this.#reclaimer.startPacket(time);
    this.#hold(binding, 1);
    const hasRoom = this.#reclaimer.makeRoomForUninvited();
    this.#hold(binding, -1);
    return hasRoom;
  }

  /** Counts one session more (1) meanwhile, and no more (−1): the entry must stay when the session that is ended is its last one. */
  #hold(binding: number, change: number): void {
    this.#bindings.setSessions(binding, this.#bindings.sessions(binding) + change);
  }

  /** Why there is no room for a client: because it has its share, or because everybody has no more than that. */
  #fullFor(client: number): Reason {
    if (this.#life.isAtShare(client)) return Reason["cap-sessions"];
    return Reason[this.#sessions.full ? "sessions-full" : "bindings-full"];
  }
}
