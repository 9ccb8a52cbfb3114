/** The three UDP sockets: two of the Teredo server over IPv4, and one over IPv6 that sends proofs of prefix. */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { Endpoint } from "@nat64/peer-protocol";
import { formatIPv4, parseIPv4 } from "@nat64/rfc6052";

/** Receive buffer of a Teredo socket: after a restart bubbles arrive in a burst. */
const RECEIVE_BUFFER_BYTES = 1024 * 1024;

/** The addresses to bind to. */
export interface UdpBindings {
  readonly primary: Endpoint;
  readonly secondary: Endpoint;
  readonly proofs: Endpoint;
}

/** Called with each datagram over IPv4; the address is an int32 word. */
export type OnDatagram = (socket: 0 | 1, address: number, port: number, payload: Uint8Array) => void;

export class UdpSockets {
  readonly #teredo: readonly [Socket, Socket];
  readonly #proofs: Socket;
  /** How many datagrams this host could not send. */
  failures = 0;

  private constructor(teredo: readonly [Socket, Socket], proofs: Socket) {
    this.#teredo = teredo;
    this.#proofs = proofs;
  }

  /** Binds all three sockets. If one cannot be bound it rejects, and all are closed. */
  static async bind(bindings: UdpBindings, onDatagram: OnDatagram): Promise<UdpSockets> {
    const opened: Socket[] = [];
    try {
      const primary = await bindOne("udp4", bindings.primary, opened);
      const secondary = await bindOne("udp4", bindings.secondary, opened);
      const proofs = await bindOne("udp6", bindings.proofs, opened);
      for (const [index, socket] of [primary, secondary].entries()) {
        socket.on("message", (payload, { address, port }) =>
          onDatagram(index as 0 | 1, parseIPv4(address), port, payload),
        );
      }
      // No datagrams are expected there, but the buffer must be emptied.
      proofs.on("message", () => {});
      return new UdpSockets([primary, secondary], proofs);
    } catch (error) {
      for (const socket of opened) socket.close();
      throw error;
    }
  }

  /** The local ports. */
  get ports(): { readonly primary: number; readonly secondary: number; readonly proofs: number } {
    const [primary, secondary] = this.#teredo;
    return {
      primary: primary.address().port,
      secondary: secondary.address().port,
      proofs: this.#proofs.address().port,
    };
  }

  /** @param address an int32 word */
  sendTeredo(from: 0 | 1, address: number, port: number, bytes: Uint8Array): void {
    this.#teredo[from].send(bytes, port, formatIPv4(address), (error) => this.#note(error));
  }

  sendProof(address: string, port: number, bytes: Uint8Array): void {
    this.#proofs.send(bytes, port, address, (error) => this.#note(error));
  }

  close(): void {
    for (const socket of [...this.#teredo, this.#proofs]) socket.close();
  }

  #note(error: Error | null): void {
    if (error !== null) this.failures++;
  }
}

async function bindOne(type: "udp4" | "udp6", { address, port }: Endpoint, opened: Socket[]): Promise<Socket> {
  const socket = createSocket({ type, ipv6Only: type === "udp6", recvBufferSize: RECEIVE_BUFFER_BYTES });
  opened.push(socket);
  socket.bind(port, address);
  await once(socket, "listening");
  // An error about one datagram must not end the process.
  socket.on("error", () => {});
  return socket;
}
