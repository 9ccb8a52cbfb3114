/** Resets connections that the translator does not know, so that their clients open new ones at once. */
import { get32 } from "@nat64/rfc6052/bytes";
import type { EngineCounters } from "../../counters.ts";
import type { KeyedHash } from "../../hash/keyed-hash.ts";
import { SOURCE_GROUPS, SourceLimiter } from "../../limits/source-limiter.ts";
import { type Packet, Protocol, TcpFlag } from "../../packet/packet.ts";
import { Tcp } from "../../packet/tcp.ts";
import { OWN_TCP_LENGTH, writeOwnTcp } from "../../translate/own-tcp.ts";
import type { Emitter } from "../emit.ts";

/** Resets for each /48: as much as a large network needs after a restart, since senders that get none try again. */
const RESETS_PER_SECOND = 128;
const RESET_BURST = 512;

/** Flags of segments that get no reset. */
const SYN_OR_RST = TcpFlag.syn | TcpFlag.rst;

/** The state that may still be on its way into the tables. */
export interface MigratingState {
  readonly isMigrating: boolean;
}

/**
 * Answers TCP segments of clients that belong to no connection here, as the end of a closed connection does (RFC 9293 §3.10.7.1):
 * with a RST whose sequence number is the acknowledgment number of the segment. A client that hears nothing hangs for minutes.
 *
 * - A segment with RST gets no answer. One with SYN opens a connection, or is refused with an ICMP error.
 * - A segment without ACK gets no answer either: only the first one of a connection has none, so its sender has none to lose.
 * - The IPv4 side gets no answer: a NAT64 must not tell strangers which ports are in use.
 *
 * The answer is no longer than the segment and goes where the client's other answers go. Each /48 has a limit of its own, and there
 * is none for all together: nobody can use up the resets of others.
 */
export class UnknownConnections {
  readonly #state: MigratingState;
  readonly #emitter: Emitter;
  readonly #counters: EngineCounters;
  readonly #limiter: SourceLimiter;

  constructor(state: MigratingState, emitter: Emitter, counters: EngineCounters, hash: KeyedHash) {
    this.#state = state;
    this.#emitter = emitter;
    this.#counters = counters;
    this.#limiter = new SourceLimiter(
      RESETS_PER_SECOND * SOURCE_GROUPS,
      RESET_BURST * SOURCE_GROUPS,
      hash,
      SOURCE_GROUPS,
    );
  }

  /**
   * Answers a packet from the IPv6 side that was dropped because it has no session. While sessions migrate, there is no answer:
   * the migration resets those that have no place, with the right sequence number.
   *
   * @returns whether it is a packet that gets a reset, within the limit
   */
  answer(bytes: Uint8Array, { outer, isIcmpError }: Packet, now: number): boolean {
    if (isIcmpError || outer.protocol !== Protocol.tcp || outer.fragmentOffset !== 0) return false;
    if ((outer.tcpFlags & SYN_OR_RST) !== 0 || (outer.tcpFlags & TcpFlag.ack) === 0) return false;
    if (this.#state.isMigrating) return false;
    const { source, destination, sourcePort, destinationPort } = outer.tuple;
    if (!this.#limiter.allow(6, source, now)) {
      this.#counters.resetsSuppressed++;
      return true;
    }
    const sequence = get32(bytes, outer.transport + Tcp.acknowledgment);
    const at = this.#emitter.room;
    writeOwnTcp(bytes, at, destination, source, (destinationPort << 16) | sourcePort, TcpFlag.rst, sequence);
    this.#emitter.take(OWN_TCP_LENGTH);
    this.#emitter.plain(at, OWN_TCP_LENGTH, 6);
    this.#counters.resetsSent++;
    return true;
  }
}
