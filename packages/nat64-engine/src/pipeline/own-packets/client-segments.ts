import { TcpFlag } from "../../packet/packet.ts";
import type { Nat64State } from "../../state/nat64-state.ts";
import type { Nat64Prefixes } from "../../translate/mapping/nat64-prefixes.ts";
import { OWN_TCP_LENGTH, writeOwnTcp } from "../../translate/own-tcp.ts";
import type { Emitter } from "../emit.ts";

/** TCP segments that the engine sends to the clients of sessions. */
export class ClientSegments {
  readonly #state: Nat64State;
  readonly #prefixes: Nat64Prefixes;
  readonly #emitter: Emitter;
  readonly #source = new Int32Array(4);
  readonly #destination = new Int32Array(4);

  constructor(state: Nat64State, prefixes: Nat64Prefixes, emitter: Emitter) {
    this.#state = state;
    this.#prefixes = prefixes;
    this.#emitter = emitter;
  }

  /** Probes the client of a silent session (RFC 6146 §3.5.2.2). */
  probe(bytes: Uint8Array, session: number): void {
    this.#send(bytes, session, TcpFlag.ack, 0);
  }

  /** Resets the connection with the sequence number that the client accepts (RFC 5961 §3). */
  reset(bytes: Uint8Array, session: number): void {
    this.#send(bytes, session, TcpFlag.rst, this.#state.sessions.acknowledged(session));
  }

  #send(bytes: Uint8Array, session: number, flags: number, sequence: number): void {
    const { sessions, bindings } = this.#state;
    const binding = sessions.binding(session);
    this.#prefixes.embed(sessions.via(session), sessions.remoteAddress(session), this.#source);
    this.#state.bindings.copyClient(binding, this.#destination);
    const ports = (sessions.remotePort(session) << 16) | bindings.clientPort(binding);
    const at = this.#emitter.room;
    writeOwnTcp(bytes, at, this.#source, this.#destination, ports, flags, sequence);
    this.#emitter.take(OWN_TCP_LENGTH);
    this.#emitter.plain(at, OWN_TCP_LENGTH, 6);
  }
}
