/** What the machine wants done. It does nothing itself. */
import type { Message } from "@nat64/peer-protocol";

/** Send a message on a connection. */
export interface SendMessage {
  readonly kind: "message";
  readonly connection: number;
  readonly message: Message;
}

/** Close a connection, once all that was sent on it before is out. The machine has forgotten it. */
export interface CloseConnection {
  readonly kind: "close";
  readonly connection: number;
}

/** Send a UDP datagram over IPv4 from one of the Teredo server's sockets. */
export interface SendDatagram {
  readonly kind: "datagram";
  /** 0 is the primary one. */
  readonly from: 0 | 1;
  /** An int32 word. */
  readonly address: number;
  readonly port: number;
  readonly bytes: Uint8Array;
}

/** Send a UDP datagram over IPv6 from the address and port of `challenge`. */
export interface SendProof {
  readonly kind: "proof";
  /** IPv6 address, canonical text. */
  readonly address: string;
  readonly port: number;
  readonly bytes: Uint8Array;
}

/** Something to write down. Fields hold peer ids in short form and never an address, except at level `debug`. */
export interface LogEvent {
  readonly kind: "log";
  readonly level: "debug" | "info" | "warn";
  /** A sentence, always the same for the same event. */
  readonly event: string;
  readonly fields: Readonly<Record<string, string | number | boolean | undefined>>;
}

export type Output = SendMessage | CloseConnection | SendDatagram | SendProof | LogEvent;
