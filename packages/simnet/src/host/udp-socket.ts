import type { Life } from "../time/life.ts";

/** Called for each datagram. The bytes are valid until it returns. */
export type DatagramHandler = (bytes: Uint8Array, address: number, port: number, socket: UdpSocket) => void;

/** Sends a datagram from an address and port. */
export type SendUdp = (bytes: Uint8Array, from: number, fromPort: number, to: number, toPort: number) => boolean;

/** A UDP socket on one IPv4 address and port. */
export class UdpSocket {
  /** Its IPv4 address, an int32 word. */
  readonly address: number;
  readonly port: number;
  /** Belongs to the host. */
  readonly onDatagram: DatagramHandler;
  readonly #life: Life;
  readonly #send: SendUdp;
  readonly #onClose: (socket: UdpSocket) => void;
  #isOpen = true;

  constructor(
    address: number,
    port: number,
    onDatagram: DatagramHandler,
    life: Life,
    send: SendUdp,
    onClose: (socket: UdpSocket) => void,
  ) {
    this.address = address;
    this.port = port;
    this.onDatagram = onDatagram;
    this.#life = life;
    this.#send = send;
    this.#onClose = onClose;
  }

  /** Sends a copy of bytes. @returns false if it is closed or its host crashed */
  send(bytes: Uint8Array, address: number, port: number): boolean {
    return this.#isOpen && this.#life.isAlive && this.#send(bytes, this.address, this.port, address, port);
  }

  close(): void {
    this.#isOpen = false;
    this.#onClose(this);
  }
}
