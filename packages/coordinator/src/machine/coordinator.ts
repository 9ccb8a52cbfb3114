/**
 * A coordinator, sans-IO: every input is a method that takes values and the time, and returns what to do as values.
 * Randomness and cryptography are options.
 *
 * The driver keeps these rules: `now` never goes back; the outputs of an input are carried out in order, before the next
 * input; `advance` is called at `nextDeadline()`. Nothing that a remote host sends makes a method throw.
 */
import type { FrameEvent } from "@nat64/peer-protocol";
import { type ServerCounters, TeredoServer } from "@nat64/teredo";
import { Context } from "./context.ts";
import { parseEndpoint } from "./endpoint.ts";
import { changeEnrolment } from "./inputs/change-enrolment.ts";
import { handleDueTimers } from "./inputs/deadline.ts";
import { openConnection } from "./inputs/open-connection.ts";
import { receiveFrame } from "./inputs/receive-frame.ts";
import type { CoordinatorOptions } from "./options.ts";
import type { Output } from "./outputs.ts";
import { listPeers, type PeerReport } from "./reports/peer-list.ts";
import { listPrefixes, type PrefixPage } from "./reports/shared-prefixes.ts";
import { countState, type StateCounts } from "./reports/state-counts.ts";
import { closeConnection, sendGoodbye } from "./rules/connections/close.ts";
import { expectHello } from "./rules/connections/liveness.ts";
import { authenticate } from "./rules/mappings/authenticate.ts";
import { passOnBubble } from "./rules/mappings/bubbles.ts";
import { proposePairs } from "./rules/pairs/propose.ts";
import type { Counters, LossReason } from "./state/counters.ts";
import type { EnrolmentOptions } from "./state/enrolment.ts";

/** Router Advertisements per second to one IPv4 address. */
const ADVERTISEMENTS_PER_SECOND_PER_ADDRESS = 100;

export class Coordinator {
  readonly #context: Context;
  readonly #server: TeredoServer;

  /** @param now milliseconds */
  constructor(options: CoordinatorOptions, now: number) {
    const context = new Context(options, now);
    this.#context = context;
    const primary = parseEndpoint(options.primary);
    this.#server = new TeredoServer({
      address: primary.address,
      hasSecondSocket: true,
      own: [primary, parseEndpoint(options.secondary)],
      isGlobalUnicast: (word) => !options.refusals.refusesIPv4(word),
      hashKey: [context.randomWord(), context.randomWord()],
      answersNoShorter: true,
      perSecond: options.limits.datagramsPerSecond,
      // Many peers may share one address; `passOnBubble` has narrower limits for bubbles.
      perSecondAndClient: ADVERTISEMENTS_PER_SECOND_PER_ADDRESS,
      authenticate: (request) => authenticate(context, request),
    });
  }

  /**
   * A TCP connection was opened; TLS is not complete yet. The connection is closed at once if there is no room.
   *
   * @param connection a number that no connection had before
   * @param address the remote address in canonical text, without zone; IPv4 in dotted form
   */
  connectionOpened(connection: number, address: string, now: number): readonly Output[] {
    return this.#do(now, () => openConnection(this.#context, connection, address));
  }

  /** TLS is complete, with the right ALPN name. @param exporter of this connection (RFC 9266), 32 bytes */
  connectionSecured(connection: number, exporter: Uint8Array, now: number): readonly Output[] {
    return this.#do(now, () => {
      const known = this.#context.state.connections.get(connection);
      if (known === undefined) return;
      known.exporter = exporter;
      expectHello(this.#context, known);
    });
  }

  /** A connection is gone that the machine did not close. */
  connectionClosed(connection: number, reason: LossReason, now: number): readonly Output[] {
    return this.#do(now, () => {
      const known = this.#context.state.connections.get(connection);
      if (known !== undefined) closeConnection(this.#context, known, reason);
    });
  }

  /** The connection's `FrameDecoder` has found a frame, or a fault. */
  receiveFrame(connection: number, event: FrameEvent, now: number): readonly Output[] {
    return this.#do(now, () => {
      const known = this.#context.state.connections.get(connection);
      if (known !== undefined) receiveFrame(this.#context, known, event);
    });
  }

  /** A UDP datagram over IPv4. @param socket 0 is the primary one @param address the source, an int32 word */
  receiveDatagram(socket: 0 | 1, address: number, port: number, payload: Uint8Array, now: number): readonly Output[] {
    return this.#do(now, () => {
      const [output] = this.#server.receiveDatagram(socket, address, port, payload, now);
      if (output?.kind === "bubble") passOnBubble(this.#context, output);
      else if (output?.kind === "datagram") this.#context.put({ ...output, from: (output as { from: 0 | 1 }).from });
    });
  }

  /** When `advance` is due, in milliseconds, or infinity. */
  nextDeadline(): number {
    return this.#context.timers.next;
  }

  /** Handles the timers that are due: a bounded number per call, so `nextDeadline` may still be in the past. */
  advance(now: number): readonly Output[] {
    return this.#do(now, () => handleDueTimers(this.#context));
  }

  /** Changes who may enrol. Connected peers that may not any more are removed. */
  setEnrolment(options: EnrolmentOptions, now: number): readonly Output[] {
    return this.#do(now, () => changeEnrolment(this.#context, options));
  }

  /** Tells every peer that the coordinator stops within this time, and proposes no more pairs. */
  drain(withinSeconds: number, now: number): readonly Output[] {
    return this.#do(now, () => {
      const { state } = this.#context;
      state.isDraining = true;
      for (const { id, peer } of state.connections.values()) {
        if (peer !== undefined) this.#context.send(id, { type: "drain", within: withinSeconds });
      }
    });
  }

  /** Says goodbye to every peer and closes. @param reconnectAfterSeconds how long peers wait before they try again */
  stop(reason: "shutdown" | "restart", reconnectAfterSeconds: number, now: number): readonly Output[] {
    return this.#do(now, () => {
      for (const connection of [...this.#context.state.connections.values()]) {
        sendGoodbye(this.#context, connection, reason, { reconnectAfter: reconnectAfterSeconds });
      }
    });
  }

  /** A page of the shared prefixes, in the order of their bytes. @param after canonical text */
  prefixes(after: string | undefined, count: number): PrefixPage {
    return listPrefixes(this.#context.state, after, count);
  }

  /** All known peers: IPv6 peers before IPv4 peers, each in the order of their ids. */
  peers(): readonly PeerReport[] {
    return listPeers(this.#context);
  }

  /** The counters of the machine, live. */
  get counters(): Counters {
    return this.#context.counters;
  }

  /** The counters of the Teredo server, live. */
  get teredo(): ServerCounters {
    return this.#server.counters;
  }

  /** How full the tables are. Counts them: not for every packet. */
  status(): StateCounts {
    return countState(this.#context);
  }

  #do(now: number, input: () => void): readonly Output[] {
    this.#context.now = now;
    input();
    proposePairs(this.#context);
    return this.#context.takeOutputs();
  }
}
