/** A peer's `CoordinatorConnection` on a stream of a simulated host. */

import { type ConnectionOutput, CoordinatorConnection } from "@nat64/peer-machines";
import type { Message, Role, Welcome } from "@nat64/peer-protocol";
import { toBase64url } from "@nat64/peer-protocol";
import type { Identity } from "@nat64/peer-protocol/node";
import type { Address, Host, Stream, Timer } from "@nat64/simnet";
import { exporterOf } from "./suite.ts";

/** The coordinator's TLS port. */
export const TLS_PORT = 443;

/** Virtual milliseconds. */
export type Clock = () => number;

/** Callbacks of the connection. */
export interface LinkEvents {
  readonly opened: (welcome: Welcome, now: number) => void;
  readonly message: (message: Message, now: number) => void;
  readonly lost: (now: number) => void;
}

export interface LinkOptions {
  readonly role: Role;
  readonly identity: Identity;
  /** The coordinator: an int32 word (IPv4) or sixteen bytes (IPv6). */
  readonly coordinator: Address;
}

export class CoordinatorLink {
  readonly #host: Host;
  readonly #clock: Clock;
  readonly #address: Address;
  readonly #events: LinkEvents;
  readonly #connection: CoordinatorConnection;
  readonly #timer: Timer;
  #stream: Stream | undefined;

  /** Connects at once. */
  constructor(host: Host, clock: Clock, options: LinkOptions, events: LinkEvents) {
    const { role, identity, coordinator } = options;
    const now = clock();
    this.#host = host;
    this.#clock = clock;
    this.#address = coordinator;
    this.#events = events;
    const { publicKey, sign } = identity;
    const random = (): number => host.random.int32();
    this.#connection = new CoordinatorConnection({ role, identity: toBase64url(publicKey), sign, random }, now);
    this.#timer = host.timer((at) => this.#carryOut(this.#connection.advance(at), at));
    this.#timer.set(now);
  }

  /** Sends a message, if there is a connection. */
  send(message: Message): void {
    const now = this.#clock();
    this.#carryOut(this.#connection.send(message, now), now);
  }

  #carryOut(outputs: readonly ConnectionOutput[], now: number): void {
    for (const output of outputs) {
      if (output.kind === "connect") this.#connect();
      else if (output.kind === "send") this.#stream?.write(output.bytes);
      else if (output.kind === "disconnect") this.#disconnect();
      else if (output.kind === "opened") this.#events.opened(output.welcome, now);
      else if (output.kind === "message") this.#events.message(output.message, now);
      else if (output.kind === "lost") this.#events.lost(now);
    }
    this.#timer.set(this.#connection.nextDeadline());
  }

  #connect(): void {
    const take = (stream: Stream, input: (now: number) => readonly ConnectionOutput[]): void => {
      // Ignore input from an earlier stream.
      if (stream !== this.#stream) return;
      const now = this.#clock();
      this.#carryOut(input(now), now);
    };
    const connection = this.#connection;
    this.#stream = this.#host.connect(this.#address, TLS_PORT, {
      onOpen: (stream) => take(stream, (now) => connection.connected(exporterOf(stream.id), now)),
      onBytes: (bytes, stream) => take(stream, (now) => connection.receiveBytes(bytes, now)),
      onClose: (reason, stream) => take(stream, (now) => connection.closed(reason, now)),
    });
  }

  #disconnect(): void {
    this.#stream?.close();
    this.#stream = undefined;
  }
}
