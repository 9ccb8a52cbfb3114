/**
 * A peer's connection to its coordinator, sans-IO: hello and welcome, keep-alive, and reconnection after a loss. Both
 * kinds of peer use it; their other messages are handled elsewhere.
 *
 * Every input returns its outputs; see docs/decisions/0013-one-face-for-every-machine.md for the contract. The first
 * `advance` is due at once. After `connect`, call `connected` or `closed`, once; after `connected`, call `receiveBytes` for
 * what arrives and `closed` when the TLS connection ends. After `disconnect`, ignore that TLS connection until the next
 * `connect`.
 */
import {
  answerTo,
  type ErrorMessage,
  encodeFrame,
  FrameDecoder,
  type FrameFault,
  type Goodbye,
  type Message,
  type MessageDirection,
  type MessageFault,
  makeError,
  parseMessage,
  signHello,
  VERSIONS,
  type Welcome,
} from "@nat64/peer-protocol";
import { Backoff } from "./backoff.ts";
import { KeepAlive } from "./keep-alive.ts";
import { CONNECT_TIMEOUT_MS, type ConnectionOptions, HOPELESS_RETRY_MS, MAX_FAULTS, STABLE_MS } from "./options.ts";
import type { ConnectionOutput, LossCause, Lost } from "./outputs.ts";

/**
 * `waiting` for the next attempt; `connecting`: TLS is being set up; `greeting`: hello is sent; `open`: welcome has
 * arrived; `ended`: we said goodbye, permanently.
 */
export type ConnectionState = "waiting" | "connecting" | "greeting" | "open" | "ended";

/** Counts since the start. */
export interface ConnectionCounters {
  attempts: number;
  /** Connections that reached `welcome`. */
  opened: number;
  messagesSent: number;
  messagesReceived: number;
  /** Invalid frames and messages. */
  unusable: number;
}

export class CoordinatorConnection {
  readonly counters: ConnectionCounters = {
    attempts: 0,
    opened: 0,
    messagesSent: 0,
    messagesReceived: 0,
    unusable: 0,
  };
  readonly #options: ConnectionOptions;
  readonly #direction: MessageDirection;
  readonly #backoff: Backoff;
  #state: ConnectionState = "waiting";
  /** In `waiting`, the time of the next attempt; in `connecting` and `greeting`, the timeout. */
  #due: number;
  #decoder = new FrameDecoder();
  #keepAlive: KeepAlive | undefined;
  #welcome: Welcome | undefined;
  #openedAt = 0;
  #faults = 0;
  #pings = 0;
  /** The last `error` before `welcome`: why the coordinator closes the connection. */
  #refusal: ErrorMessage | undefined;
  /** Types that the other side does not know (PROTOCOL.md §4). */
  readonly #unknownTypes: Set<string> = new Set();

  /** @param now start time, in milliseconds; the first attempt is due at once */
  constructor(options: ConnectionOptions, now: number) {
    this.#options = options;
    this.#direction = options.role === "v4peer" ? "coordinator-to-v4peer" : "coordinator-to-v6peer";
    this.#backoff = new Backoff(options.random);
    this.#due = now;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The `welcome` of the current connection. */
  get welcome(): Welcome | undefined {
    return this.#welcome;
  }

  /** The time of the next call of `advance`, in milliseconds; `Infinity` after the end. */
  nextDeadline(): number {
    return this.#keepAlive?.deadline ?? this.#due;
  }

  /** Does due work: an attempt, a ping, or a timeout. */
  advance(now: number): readonly ConnectionOutput[] {
    if (now < this.nextDeadline()) return [];
    switch (this.#state) {
      case "waiting":
        return this.#connect(now);
      case "connecting":
      case "greeting":
        return [{ kind: "disconnect" }, this.#lose("timeout", now)];
      case "open":
        return this.#breakSilence(now);
      case "ended":
        return [];
    }
  }

  /** The TLS connection is established. @param exporter the channel binding (RFC 9266): 32 bytes, see `EXPORTER` */
  connected(exporter: Uint8Array, _now: number): readonly ConnectionOutput[] {
    if (this.#state !== "connecting") return [];
    const { role, identity, sign, software, invite } = this.#options;
    const more = { ...(software !== undefined && { software }), ...(invite !== undefined && { invite }) };
    this.#state = "greeting";
    return [this.#write(signHello({ role, identity, versions: VERSIONS, features: [], ...more }, exporter, sign))];
  }

  /** The TLS connection has ended or could not be established. @param reason a sentence that says why, if known */
  closed(reason: string | undefined, now: number): readonly ConnectionOutput[] {
    if (this.#state === "waiting" || this.#state === "ended") return [];
    if (this.#refusal !== undefined) return [this.#lose("refused", now)];
    return [this.#lose("transport", now, reason)];
  }

  /** Takes bytes from the TLS connection. Does not keep them. */
  receiveBytes(bytes: Uint8Array, now: number): readonly ConnectionOutput[] {
    if (this.#state !== "greeting" && this.#state !== "open") return [];
    const outputs: ConnectionOutput[] = [];
    this.#keepAlive?.hear(now);
    for (const event of this.#decoder.push(bytes)) {
      const parsed = event.ok ? parseMessage(event.object, this.#direction) : event;
      if (parsed.ok) this.#take(parsed.message, now, outputs);
      else this.#complain(parsed.fault, now, outputs);
      // Ignore everything after a goodbye.
      if (!this.#isConnected()) break;
    }
    return outputs;
  }

  /**
   * Sends a message. Without an open connection the message is discarded, not queued: a peer that registers again sends
   * its complete state.
   */
  send(message: Message, _now: number): readonly ConnectionOutput[] {
    if (this.#state !== "open" || this.#unknownTypes.has(message.type)) return [];
    return [this.#write(message)];
  }

  /** Says goodbye and ends permanently. */
  end(goodbye: Omit<Goodbye, "type">, _now: number): readonly ConnectionOutput[] {
    const wasConnected = this.#isConnected();
    const isTransportThere = wasConnected || this.#state === "connecting";
    const outputs: ConnectionOutput[] = [];
    if (wasConnected) outputs.push(this.#write({ type: "goodbye", ...goodbye }));
    if (isTransportThere) outputs.push({ kind: "disconnect" });
    this.#forget();
    this.#state = "ended";
    this.#due = Number.POSITIVE_INFINITY;
    return outputs;
  }

  #isConnected(): boolean {
    return this.#state === "greeting" || this.#state === "open";
  }

  #connect(now: number): readonly ConnectionOutput[] {
    this.counters.attempts++;
    this.#state = "connecting";
    this.#due = now + CONNECT_TIMEOUT_MS;
    this.#decoder = new FrameDecoder();
    this.#faults = 0;
    this.#unknownTypes.clear();
    return [{ kind: "connect" }];
  }

  #breakSilence(now: number): readonly ConnectionOutput[] {
    switch (this.#keepAlive?.act(now)) {
      case "ping":
        this.#pings = (this.#pings + 1) >>> 0;
        return [this.#write({ type: "ping", id: this.#pings })];
      case "give-up":
        return this.#hangUp("silent", "silent", now);
      default:
        return [];
    }
  }

  #take(message: Message, now: number, outputs: ConnectionOutput[]): void {
    this.counters.messagesReceived++;
    switch (message.type) {
      case "ping":
        outputs.push(this.#write({ type: "pong", id: message.id }));
        return;
      case "pong":
        return;
      case "goodbye":
        outputs.push({ kind: "disconnect" }, this.#hearGoodbye(message, now));
        return;
      case "welcome":
        this.#hearWelcome(message, now, outputs);
        return;
      case "error":
        if (this.#state === "greeting") this.#refusal = message;
        else this.#hearError(message, outputs);
        return;
      default:
        if (this.#state === "open") outputs.push({ kind: "message", message });
        else outputs.push(...this.#refuseOrder(message, now));
    }
  }

  #hearWelcome(welcome: Welcome, now: number, outputs: ConnectionOutput[]): void {
    const isSpoken = welcome.version >= VERSIONS.lowest && welcome.version <= VERSIONS.highest;
    if (this.#state !== "greeting" || !isSpoken) {
      outputs.push(...this.#refuseOrder(welcome, now));
      return;
    }
    this.counters.opened++;
    this.#state = "open";
    this.#welcome = welcome;
    this.#openedAt = now;
    this.#refusal = undefined;
    this.#keepAlive = new KeepAlive(welcome.keepAlive * 1000, now);
    outputs.push({ kind: "opened", welcome });
  }

  #hearError(message: ErrorMessage, outputs: ConnectionOutput[]): void {
    if (message.code === "unknown-type" && message.regarding !== undefined) this.#unknownTypes.add(message.regarding);
    outputs.push({ kind: "message", message });
  }

  /** Handles a coordinator that sends other messages before `welcome`, or `welcome` twice: a protocol violation. */
  #refuseOrder({ type }: Message, now: number): readonly ConnectionOutput[] {
    this.counters.unusable++;
    const said = this.#write(makeError("out-of-order", { regarding: type }));
    return [{ kind: "unusable", code: "out-of-order" }, said, ...this.#hangUp("protocol", "refused", now)];
  }

  #complain(fault: FrameFault | MessageFault, now: number, outputs: ConnectionOutput[]): void {
    this.counters.unusable++;
    this.#faults++;
    outputs.push({ kind: "unusable", code: typeof fault === "string" ? fault : fault.code });
    const answer = answerTo(fault);
    if (answer !== undefined) outputs.push(this.#write(answer));
    if (this.#decoder.isDead || this.#state === "greeting") {
      outputs.push(...this.#hangUp("protocol", "refused", now));
    } else if (this.#faults >= MAX_FAULTS) {
      outputs.push(...this.#hangUp("protocol", "too-many-errors", now));
    }
  }

  #hearGoodbye(goodbye: Goodbye, now: number): Lost {
    return this.#refusal === undefined ? this.#lose("goodbye", now, undefined, goodbye) : this.#lose("refused", now);
  }

  #hangUp(cause: LossCause, reason: Goodbye["reason"], now: number): readonly ConnectionOutput[] {
    const goodbye = this.#write({ type: "goodbye", reason });
    return [goodbye, { kind: "disconnect" }, this.#lose(cause, now)];
  }

  #lose(cause: LossCause, now: number, reason?: string, goodbye?: Goodbye): Lost {
    if (this.#state === "open" && now - this.#openedAt >= STABLE_MS) this.#backoff.reset();
    const refusal = cause === "refused" ? this.#refusal : undefined;
    const retryMs = this.#backoff.next(minWaitMs(refusal, goodbye));
    this.#forget();
    this.#state = "waiting";
    this.#due = now + retryMs;
    const message = reason ?? refusal?.message ?? goodbye?.message;
    return {
      kind: "lost",
      cause,
      retryMs,
      ...(message !== undefined && { message }),
      ...(refusal !== undefined && { code: refusal.code }),
      ...(goodbye !== undefined && { goodbye }),
    };
  }

  #forget(): void {
    this.#keepAlive = undefined;
    this.#welcome = undefined;
    this.#refusal = undefined;
  }

  #write(message: Message): ConnectionOutput {
    this.counters.messagesSent++;
    return { kind: "send", bytes: encodeFrame(message) };
  }
}

/**
 * Milliseconds during which another attempt is pointless. Two programs with one identity would replace each other's
 * connection forever (`replaced`), and a permanent refusal does not change soon.
 */
function minWaitMs(refusal: ErrorMessage | undefined, goodbye: Goodbye | undefined): number {
  const asked = (goodbye?.reconnectAfter ?? refusal?.retryAfter ?? 0) * 1000;
  const isHopeless = goodbye?.reason === "replaced" || refusal?.temporary === false;
  return Math.max(asked, isHopeless ? HOPELESS_RETRY_MS : 0);
}
