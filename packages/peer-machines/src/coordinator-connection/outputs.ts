/** What a connection to the coordinator wants done, and what it has to tell. Values, in the order in which they count. */
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

/** Close the TLS connection once everything is written. Whatever still comes out of it is not for the machine. */
export interface Disconnect {
  readonly kind: "disconnect";
}

/** The coordinator said `welcome`: time to register, whether for the first time or again. */
export interface Opened {
  readonly kind: "opened";
  readonly welcome: Welcome;
}

/** A message for the peer's own machine. Hello, welcome, ping, pong and goodbye are not among them. */
export interface MessageArrived {
  readonly kind: "message";
  readonly message: Message;
}

/** Why a connection ended. */
export type LossCause =
  /** The TLS connection could not be made, or broke. */
  | "transport"
  /** No `welcome` in time. */
  | "timeout"
  /** The coordinator did not let us in: `error` of the output says why. */
  | "refused"
  /** The coordinator said goodbye: `goodbye` of the output says why. */
  | "goodbye"
  /** Nothing was heard for too long. */
  | "silent"
  /** The other side does not keep to the protocol. */
  | "protocol";

/** There is no connection any more, or none was made. Paths that are up stay up (design §5). */
export interface Lost {
  readonly kind: "lost";
  readonly cause: LossCause;
  /** A sentence for humans that the coordinator sent, or one about the fault; never with secrets. */
  readonly message?: string;
  /** Code of the `error` with which it refused. */
  readonly code?: string;
  readonly goodbye?: Goodbye;
  /** Milliseconds until the next attempt. */
  readonly retryMs: number;
}

/** A frame or a message that could not be used; it was answered with an `error`. */
export interface Unusable {
  readonly kind: "unusable";
  /** Stable code of the fault. */
  readonly code: string;
}

export type ConnectionOutput = Connect | SendBytes | Disconnect | Opened | MessageArrived | Lost | Unusable;
