/** Outputs of a connection to the coordinator: actions and events, as values. Handle them in order. */
import type { Goodbye, Message, Welcome } from "@nat64/peer-protocol";

/** Open a TLS connection to the coordinator; then call `connected`, or `closed` if that failed. */
export interface Connect {
  readonly kind: "connect";
}

/** Write these bytes to the TLS connection. */
export interface SendBytes {
  readonly kind: "send";
  readonly bytes: Uint8Array;
}

/** Close the TLS connection after everything is written. Do not pass any later input from it to the machine. */
export interface Disconnect {
  readonly kind: "disconnect";
}

/** The coordinator said `welcome`: register now, for the first time or again. */
export interface Opened {
  readonly kind: "opened";
  readonly welcome: Welcome;
}

/** A message for the peer's own machine; never hello, welcome, ping, pong or goodbye. */
export interface MessageArrived {
  readonly kind: "message";
  readonly message: Message;
}

/** Why a connection ended. */
export type LossCause =
  /** The TLS connection could not be established, or broke. */
  | "transport"
  /** No `welcome` arrived in time. */
  | "timeout"
  /** The coordinator refused the connection: `error` of the output says why. */
  | "refused"
  /** The coordinator said goodbye: `goodbye` of the output says why. */
  | "goodbye"
  /** The coordinator was silent for too long. */
  | "silent"
  /** The coordinator violated the protocol. */
  | "protocol";

/** The connection is lost, or could not be established. Paths that are up stay up (design §5). */
export interface Lost {
  readonly kind: "lost";
  readonly cause: LossCause;
  /** A sentence for people, from the coordinator or about the fault; never with secrets. */
  readonly message?: string;
  /** Code of the `error` with which the coordinator refused. */
  readonly code?: string;
  readonly goodbye?: Goodbye;
  /** Milliseconds until the next attempt. */
  readonly retryMs: number;
}

/** An invalid frame or message. The machine answers it with an `error`. */
export interface Unusable {
  readonly kind: "unusable";
  /** Stable code of the fault. */
  readonly code: string;
}

export type ConnectionOutput = Connect | SendBytes | Disconnect | Opened | MessageArrived | Lost | Unusable;
