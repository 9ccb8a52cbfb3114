/** What the machine asks its driver to do. The machine does no I/O. */
import type { Message } from "@nat64/peer-protocol";

/** Send a message on a connection. */
export interface SendMessage {
  readonly kind: "message";
  readonly connection: number;
  readonly message: Message;
}

/** Close a connection, after everything that was sent on it. The machine has forgotten the connection. */
export interface CloseConnection {
  readonly kind: "close";
  readonly connection: number;
}

/** Send a UDP datagram over IPv4 from one of the Teredo server's sockets. */
export interface SendDatagram {
  readonly kind: "datagram";
  /** 0 is the primary socket, 1 the secondary one. */
  readonly from: 0 | 1;
  /** An int32 word. */
  readonly address: number;
  readonly port: number;
  readonly bytes: Uint8Array;
}

/** Send a UDP datagram over IPv6 from the address and port that `challenge` named. */
export interface SendProof {
  readonly kind: "proof";
  /** IPv6 address, canonical text. */
  readonly address: string;
  readonly port: number;
  readonly bytes: Uint8Array;
}

/** Write a line to the log. Fields contain peer ids in short form, and addresses only at level `debug`. */
export interface LogEvent {
  readonly kind: "log";
  readonly level: "debug" | "info" | "warn";
  /** A sentence, always the same for the same event. */
  readonly event: string;
  readonly fields: Readonly<Record<string, string | number | boolean | undefined>>;
}

export type Output = SendMessage | CloseConnection | SendDatagram | SendProof | LogEvent;
