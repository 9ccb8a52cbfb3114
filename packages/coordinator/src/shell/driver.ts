/** Drives the machine: passes on inputs, carries out outputs, and calls `advance` at the next deadline. */
import type { FrameEvent } from "@nat64/peer-protocol";
import type { Logger } from "pino";
import type { Coordinator, LossReason, Output } from "../machine/index.ts";
import type { ConnectionEvents, TlsListener } from "./tls-listener.ts";
import type { UdpSockets } from "./udp-sockets.ts";

/** Longest wait that Node's timers support. */
const MAX_WAIT_MS = 2 ** 31 - 1;

/** Where outputs go. */
export interface Outlets {
  readonly tls: Pick<TlsListener, "send" | "close">;
  readonly udp: Pick<UdpSockets, "sendTeredo" | "sendProof">;
}

export class Driver implements ConnectionEvents {
  readonly #machine: Coordinator;
  readonly #log: Logger;
  #outlets: Outlets | undefined;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;

  constructor(machine: Coordinator, log: Logger) {
    this.#machine = machine;
    this.#log = log;
  }

  /** Sets where outputs go. Until then they are dropped. */
  attach(outlets: Outlets): void {
    this.#outlets = outlets;
  }

  connected(connection: number, address: string): void {
    this.do((now) => this.#machine.connectionOpened(connection, address, now), connection);
  }

  secured(connection: number, exporter: Uint8Array): void {
    this.do((now) => this.#machine.connectionSecured(connection, exporter, now), connection);
  }

  received(connection: number, event: FrameEvent): void {
    this.do((now) => this.#machine.receiveFrame(connection, event, now), connection);
  }

  closed(connection: number, reason: LossReason): void {
    this.do((now) => this.#machine.connectionClosed(connection, reason, now));
  }

  datagram(socket: 0 | 1, address: number, port: number, payload: Uint8Array): void {
    this.do((now) => this.#machine.receiveDatagram(socket, address, port, payload, now));
  }

  /**
   * Passes on one input. An internal error closes the connection that caused it, and must not affect other peers.
   */
  do(input: (now: number) => readonly Output[], connection?: number): void {
    try {
      for (const output of input(performance.now())) this.#carryOut(output);
    } catch (error) {
      this.#log.error({ stack: (error as Error).stack }, "internal error");
      if (connection !== undefined) this.#outlets?.tls.close(connection);
    }
    this.#schedule();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timerAt = Number.NEGATIVE_INFINITY;
  }

  #carryOut(output: Output): void {
    const { tls, udp } = this.#outlets ?? {};
    if (output.kind === "message") tls?.send(output.connection, output.message);
    else if (output.kind === "close") tls?.close(output.connection);
    else if (output.kind === "datagram") udp?.sendTeredo(output.from, output.address, output.port, output.bytes);
    else if (output.kind === "proof") udp?.sendProof(output.address, output.port, output.bytes);
    else this.#log[output.level](output.fields, output.event);
  }

  #schedule(): void {
    const at = this.#machine.nextDeadline();
    // A timer that fires too early is harmless: `advance` then has nothing to do.
    if (at >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    const wait = Math.min(MAX_WAIT_MS, Math.max(0, Math.ceil(at - performance.now())));
    this.#timer = setTimeout(() => {
      this.#timerAt = Number.POSITIVE_INFINITY;
      this.do((now) => this.#machine.advance(now));
    }, wait);
  }
}
