/**
 * A coordinator, sans-IO: values in, values out; time, randomness and cryptography are arguments.
 *
 * Whoever drives it keeps to this: `now` never goes back; the outputs of each input are carried out in order, before the
 * next input; `advance` is called at `nextDeadline()`. Nothing that a stranger sends makes it throw.
 */
import { type FrameEvent, makeError } from "@nat64/peer-protocol";
import { type ServerCounters, TeredoServer } from "@nat64/teredo";
import { admit } from "./connections/admit.ts";
import { closeConnection, refuse, sayGoodbye } from "./connections/farewell.ts";
import { receive } from "./connections/receive.ts";
import { Context } from "./context.ts";
import type { Counters, LossReason } from "./counters.ts";
import { authenticate } from "./mappings/authenticate.ts";
import { passOnBubble } from "./mappings/bubbles.ts";
import { parseEndpoint } from "./mappings/endpoint.ts";
import type { CoordinatorOptions } from "./options.ts";
import type { Output } from "./outputs.ts";
import { settle } from "./pairs/proposals.ts";
import { Enrolment, type EnrolmentOptions } from "./peers/enrolment.ts";
import { giveUp } from "./peers/lose.ts";
import { listPrefixes, type PrefixPage } from "./prefixes/shared-prefixes.ts";
import { countState, type Status } from "./status.ts";

/** Router Advertisements per second to one IPv4 address. */
const ANSWERS_PER_ADDRESS = 100;

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
      perSecond: options.limits.datagramsPerSecond,
      // Many peers may be behind one address; bubbles have narrower limits in `passOnBubble`.
      perSecondAndClient: ANSWERS_PER_ADDRESS,
      authenticate: (request) => authenticate(context, request),
    });
  }

  /**
   * Somebody has connected; TLS is yet to come. Without room the connection is closed at once.
   *
   * @param connection a number that no connection had before
   * @param address the other end's in canonical text: IPv4 where it is IPv4, no zone
   */
  connected(connection: number, address: string, now: number): Output[] {
    return this.#do(now, () => admit(this.#context, connection, address));
  }

  /** TLS is there, with the right ALPN name. @param exporter of this connection (RFC 9266), 32 bytes */
  secured(connection: number, exporter: Uint8Array, now: number): Output[] {
    return this.#do(now, () => {
      const known = this.#context.state.connections.get(connection);
      if (known !== undefined) known.exporter = exporter;
    });
  }

  /** A frame, or the fault in the place of one, from the connection's `FrameDecoder`. */
  received(connection: number, event: FrameEvent, now: number): Output[] {
    return this.#do(now, () => {
      const known = this.#context.state.connections.get(connection);
      if (known !== undefined) receive(this.#context, known, event);
    });
  }

  /** A connection is gone. */
  closed(connection: number, now: number, reason: LossReason = "lost"): Output[] {
    return this.#do(now, () => {
      const known = this.#context.state.connections.get(connection);
      if (known !== undefined) closeConnection(this.#context, known, reason);
    });
  }

  /** A UDP datagram over IPv4. @param socket 0 is the primary one @param address an int32 word */
  datagram(socket: 0 | 1, address: number, port: number, payload: Uint8Array, now: number): Output[] {
    return this.#do(now, () => {
      const output = this.#server.receive(socket, address, port, payload, now);
      if (output?.kind === "bubble") passOnBubble(this.#context, output);
      else if (output?.kind === "datagram") this.#context.put({ ...output, from: (output as { from: 0 | 1 }).from });
    });
  }

  /** When `advance` has something to do, in milliseconds, or infinity. */
  nextDeadline(): number {
    return this.#context.timers.next;
  }

  /** Does what is due. */
  advance(now: number): Output[] {
    return this.#do(now, () => this.#context.timers.fire(now));
  }

  /** Who may enrol from now on; whoever may not any more is sent away. */
  enrol(options: EnrolmentOptions, now: number): Output[] {
    return this.#do(now, () => {
      const context = this.#context;
      context.enrolment = new Enrolment(options, context.options.suite);
      for (const connection of [...context.state.connections.values()]) {
        const { peer, invite } = connection;
        if (peer === undefined || context.enrolment.allows(peer.id, invite === undefined ? {} : { invite })) continue;
        refuse(context, connection, makeError("not-enrolled"));
        giveUp(context, peer);
      }
    });
  }

  /** Tells everybody that the coordinator will be gone in so many seconds; nothing new is proposed. */
  drain(within: number, now: number): Output[] {
    return this.#do(now, () => {
      const { state } = this.#context;
      state.isDraining = true;
      for (const connection of state.connections.values()) {
        if (connection.peer !== undefined) this.#context.send(connection, { type: "drain", within });
      }
    });
  }

  /** Says goodbye to everybody and closes. @param reconnectAfter seconds before which trying again is no use */
  stop(reason: "shutdown" | "restart", reconnectAfter: number, now: number): Output[] {
    return this.#do(now, () => {
      for (const connection of [...this.#context.state.connections.values()]) {
        sayGoodbye(this.#context, connection, reason, { reconnectAfter });
      }
    });
  }

  /** A page of the shared prefixes, in the order of their bytes. @param after canonical text */
  prefixes(after: string | undefined, count: number): PrefixPage {
    return listPrefixes(this.#context.state, after, count);
  }

  /** What happened so far. */
  get counters(): Counters {
    return this.#context.counters;
  }

  /** What the Teredo server did. */
  get teredo(): ServerCounters {
    return this.#server.counters;
  }

  /** How full the tables are. */
  status(): Status {
    return countState(this.#context);
  }

  #do(now: number, input: () => void): Output[] {
    this.#context.now = now;
    input();
    settle(this.#context);
    return this.#context.takeOutputs();
  }
}
