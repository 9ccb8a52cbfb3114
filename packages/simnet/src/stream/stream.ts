import type { Core } from "../core.ts";
import type { Address } from "../packet/addresses.ts";
import type { Packet } from "../packet/packet.ts";
import type { Random } from "../random/random.ts";
import type { Life } from "../time/life.ts";
import { Timer } from "../time/timer.ts";
import { DUPLICATE_ACKS, FIN, MAX_BUFFERED, MAX_SEGMENT, NO_BYTES, RST, SYN, WINDOW } from "./segment.ts";
import { SendQueue } from "./send-queue.ts";

/**
 * Why the other end or the network ended a stream: closed in order, reset, refused (no listener), or no acknowledgement
 * for too long.
 */
export type CloseReason = "closed" | "reset" | "refused" | "timeout";

/** Callbacks of a stream. None is called after this end closed or reset it, or after its host crashed. */
export interface StreamHandlers {
  /** It is open. */
  readonly onOpen?: (stream: Stream) => void;
  /** Bytes arrived in order, split anywhere. They are valid until the handler returns. */
  readonly onBytes?: (bytes: Uint8Array, stream: Stream) => void;
  /** It ended, but not by this end. */
  readonly onClose?: (reason: CloseReason, stream: Stream) => void;
}

/** Called for each stream that comes in; returns its handlers (`onOpen` is called right after). */
export type Accept = (stream: Stream) => StreamHandlers;

/** The interface of the host for a stream. */
export interface StreamCarrier {
  readonly core: Core;
  readonly life: Life;
  /** Probability that a segment is cut in two. */
  readonly cut: number;
  transmit(stream: Stream, flags: number, sequence: number, bytes: Uint8Array): void;
  forget(stream: Stream): void;
}

/** The two ends of a stream, as one of them sees them (a NAT may show the other end something else). */
export interface StreamEnds {
  /** Unique in the simulation and equal at both ends: replaces the TLS exporter (RFC 9266). */
  readonly id: number;
  readonly isInitiator: boolean;
  readonly localAddress: Address;
  readonly localPort: number;
  readonly remoteAddress: Address;
  readonly remotePort: number;
  /** Milliseconds without an acknowledgement after which this end gives up. */
  readonly timeoutMs: number;
}

/**
 * A reliable, ordered stream of bytes, like TLS over TCP. Loss becomes latency. An end whose host crashed is silent
 * until the host is up again, then answers with a reset. An end that waits for an acknowledgement detects the crash by
 * timeout; an end with nothing to send never does. Closing closes both directions.
 */
export class Stream {
  readonly id: number;
  readonly ends: StreamEnds;
  readonly #carrier: StreamCarrier;
  /** Where writes are cut. */
  readonly #random: Random;
  readonly #timer: Timer;
  readonly #out: SendQueue = new SendQueue();
  /** Segments that arrived out of order. */
  readonly #early: Map<number, { flags: number; bytes: Uint8Array }> = new Map();
  #accept: Accept | undefined;
  #handlers: StreamHandlers;
  #expected = 0;
  #duplicates = 0;
  /** Since when the first unacknowledged segment waits. */
  #waitingSince = 0;
  #isAckDue = false;
  #state: "opening" | "open" | "closing" | "ended" = "opening";

  /** Belongs to the host. @param handlers of the end that connects, or what accepts */
  constructor(carrier: StreamCarrier, ends: StreamEnds, random: Random, handlers: StreamHandlers | Accept) {
    this.#carrier = carrier;
    this.id = ends.id;
    this.ends = ends;
    this.#random = random;
    this.#accept = typeof handlers === "function" ? handlers : undefined;
    this.#handlers = typeof handlers === "function" ? {} : handlers;
    this.#timer = new Timer(carrier.core.queue, carrier.life, () => this.#onTimeout());
    this.#out.push(SYN, NO_BYTES);
    if (ends.isInitiator) this.#pump();
  }

  /** Whether bytes can be written. */
  get isUsable(): boolean {
    return (this.#state === "open" || this.#state === "opening") && this.#carrier.life.isAlive;
  }

  /** Bytes written that the other end has not acknowledged. */
  get buffered(): number {
    return this.#out.buffered;
  }

  /** Number of the segment that is expected next. Belongs to the host. */
  get expected(): number {
    return this.#expected;
  }

  /** Sends a copy of bytes. @returns false, and takes nothing, if it ended or 1 MiB is already queued */
  write(bytes: Uint8Array): boolean {
    if (!this.isUsable || this.#out.buffered + bytes.length > MAX_BUFFERED) return false;
    const { cut } = this.#carrier;
    let at = 0;
    while (at < bytes.length) {
      let length = Math.min(bytes.length - at, MAX_SEGMENT);
      if (length > 1 && this.#random.chance(cut)) length = 1 + this.#random.below(length - 1);
      this.#out.push(0, bytes.slice(at, at + length));
      at += length;
    }
    this.#pump();
    return true;
  }

  /** Closes it in order. Written bytes still arrive. */
  close(): void {
    if (!this.isUsable) return;
    this.#state = "closing";
    this.#out.push(FIN, NO_BYTES);
    this.#pump();
  }

  /** Resets it at once. Data in flight is lost. */
  reset(): void {
    if (this.#state === "ended" || !this.#carrier.life.isAlive) return;
    this.#carrier.transmit(this, RST, 0, NO_BYTES);
    this.#forget();
  }

  /** Belongs to the host: a segment of this stream. */
  handle(packet: Packet): void {
    if ((packet.flags & RST) !== 0) {
      this.#end(this.#state === "opening" ? "refused" : "reset");
      return;
    }
    const carries = packet.length > 0 || (packet.flags & (SYN | FIN)) !== 0;
    this.#onAcknowledgement(packet.acknowledgement, carries);
    if (carries && this.#state !== "ended") this.#onSegment(packet);
    if (this.#isAckDue && this.#state !== "ended") this.#transmit(0, 0, NO_BYTES);
  }

  #onAcknowledgement(number: number, carries: boolean): void {
    const { now } = this.#carrier.core.queue;
    if (this.#out.acknowledge(number, now)) {
      this.#duplicates = 0;
      this.#waitingSince = now;
      this.#timer.cancel();
      this.#openIfReady();
      if (this.#state === "closing" && this.#out.isEmpty) {
        this.#forget();
        return;
      }
      if (this.#out.isRecovering) this.#repeat(false);
      this.#pump();
    } else if (!carries && this.#out.isWaiting && number === this.#out.base) {
      if (++this.#duplicates === DUPLICATE_ACKS) this.#repeat(false);
    }
  }

  #onSegment(packet: Packet): void {
    this.#isAckDue = true;
    const { sequence, flags } = packet;
    if (sequence > this.#expected && sequence < this.#expected + WINDOW) {
      if (!this.#early.has(sequence)) this.#early.set(sequence, { flags, bytes: packet.bytes.slice() });
    } else if (sequence === this.#expected) {
      this.#deliver(flags, packet.bytes);
      for (let next = this.#takeEarly(); next !== undefined; next = this.#takeEarly()) {
        this.#deliver(next.flags, next.bytes);
      }
    }
  }

  #takeEarly(): { flags: number; bytes: Uint8Array } | undefined {
    const segment = this.#state === "ended" ? undefined : this.#early.get(this.#expected);
    if (segment !== undefined) this.#early.delete(this.#expected);
    return segment;
  }

  #deliver(flags: number, bytes: Uint8Array): void {
    this.#expected++;
    if ((flags & SYN) !== 0) {
      this.#openIfReady();
      this.#pump();
    } else if ((flags & FIN) !== 0) {
      this.#transmit(0, 0, NO_BYTES);
      this.#end("closed");
    } else if (this.#state === "open") {
      this.#handlers.onBytes?.(bytes, this);
    }
  }

  #openIfReady(): void {
    if (this.#state !== "opening" || this.#expected === 0 || this.#out.base === 0) return;
    this.#state = "open";
    if (this.#accept !== undefined) this.#handlers = this.#accept(this);
    this.#accept = undefined;
    if (this.isUsable) this.#handlers.onOpen?.(this);
    if (this.isUsable) this.#pump();
  }

  /** Sends as much as allowed: before the other end has answered, only the SYN. */
  #pump(): void {
    if (this.#state === "ended") return;
    const { now } = this.#carrier.core.queue;
    const isSynchronised = this.#out.base > 0 && this.#expected > 0;
    const window = isSynchronised ? WINDOW : this.#out.base === 0 ? 1 : 0;
    for (let number = this.#out.nextNumber(window); number >= 0; number = this.#out.nextNumber(window)) {
      if (!this.#out.isWaiting) this.#waitingSince = now;
      const { flags, bytes } = this.#out.takeNext(now);
      this.#transmit(flags, number, bytes);
    }
    if (this.#out.isWaiting && this.#timer.position < 0) this.#startTimer();
  }

  #startTimer(): void {
    const { now } = this.#carrier.core.queue;
    this.#timer.set(Math.min(now + this.#out.timeoutMs, this.#waitingSince + this.ends.timeoutMs));
  }

  #onTimeout(): void {
    const { now } = this.#carrier.core.queue;
    if (now >= this.#waitingSince + this.ends.timeoutMs) {
      this.#end("timeout");
      return;
    }
    this.#repeat(true);
  }

  #repeat(isTimeout: boolean): void {
    const { flags, bytes } = this.#out.repeatFirst(isTimeout);
    this.#transmit(flags, this.#out.base, bytes);
    this.#startTimer();
  }

  #transmit(flags: number, sequence: number, bytes: Uint8Array): void {
    this.#isAckDue = false;
    this.#carrier.transmit(this, flags, sequence, bytes);
  }

  #end(reason: CloseReason): void {
    const isOurs = this.#state === "closing" || this.#state === "ended";
    this.#forget();
    if (!isOurs) this.#handlers.onClose?.(reason, this);
  }

  #forget(): void {
    this.#state = "ended";
    this.#timer.cancel();
    this.#early.clear();
    this.#carrier.forget(this);
  }
}
