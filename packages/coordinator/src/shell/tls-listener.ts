/** TCP and TLS: connections become numbers, and bytes become frames and back. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import {
  ALPN_PROTOCOL,
  encodeFrame,
  FrameDecoder,
  type FrameEvent,
  MAX_FRAME_LENGTH,
  MAX_HELLO_LENGTH,
  type Message,
} from "@nat64/peer-protocol";
import { exporterOf } from "@nat64/peer-protocol/node";
import type { LossReason } from "../machine/index.ts";
import { canonicalAddress } from "./address.ts";
import type { Certificate } from "./certificate.ts";
import { UnfinishedFrames } from "./unfinished-frames.ts";

/** How long the last messages of a connection may take to be sent. */
const LINGER_MS = 3_000;

/** Bytes that may wait for a peer that does not read; with more it is cut off. */
const MAX_UNSENT_BYTES = 1024 * 1024;

/** Memory for unfinished frames of all connections. */
const MAX_UNFINISHED_BYTES = 64 * 1024 * 1024;

/** Called for what happens on connections. */
export interface ConnectionEvents {
  /** The machine closes connections whose handshake or `hello` takes too long. */
  connected(connection: number, address: string): void;
  secured(connection: number, exporter: Uint8Array): void;
  received(connection: number, event: FrameEvent): void;
  closed(connection: number, reason: LossReason): void;
}

interface Channel {
  readonly tcp: Socket;
  readonly tls: TLSSocket;
  readonly decoder: FrameDecoder;
  /** Whether the handshake is complete. */
  isSecured: boolean;
  /** Why it is cut off, if it is. */
  reason: LossReason;
}

export class TlsListener {
  readonly #events: ConnectionEvents;
  readonly #servers: Server[] = [];
  readonly #channels: Map<number, Channel> = new Map();
  readonly #unfinished: UnfinishedFrames;
  #secureContext: SecureContext;
  #next = 1;

  /** @param maxUnfinishedBytes of memory for unfinished frames of all connections */
  constructor(events: ConnectionEvents, certificate: Certificate, maxUnfinishedBytes: number = MAX_UNFINISHED_BYTES) {
    this.#events = events;
    this.#secureContext = secureContextOf(certificate);
    this.#unfinished = new UnfinishedFrames(maxUnfinishedBytes, (connection) =>
      this.#cutOff(connection, "unfinished-frame"),
    );
  }

  /** Memory of unfinished frames of all connections. */
  get unfinishedBytes(): number {
    return this.#unfinished.bytes;
  }

  /** Listens on one more address. Rejects if it cannot. @returns the port */
  async listen(host: string, port: number): Promise<number> {
    const server = createServer({ noDelay: true }, (tcp) => this.#accept(tcp));
    server.listen({ host, port, ipv6Only: host.includes(":") });
    await once(server, "listening");
    server.on("error", () => {});
    this.#servers.push(server);
    return (server.address() as AddressInfo).port;
  }

  /** Uses another certificate for new connections. */
  setCertificate(certificate: Certificate): void {
    this.#secureContext = secureContextOf(certificate);
  }

  send(connection: number, message: Message): void {
    const channel = this.#channels.get(connection);
    if (channel === undefined || !channel.isSecured || !channel.tls.writable) return;
    channel.tls.write(encodeFrame(message));
    // From here on the peer is known.
    if (message.type === "welcome") channel.decoder.longest = MAX_FRAME_LENGTH;
    if (channel.tls.writableLength > MAX_UNSENT_BYTES) this.#cutOff(connection, "not-reading");
  }

  /** Closes once everything is sent, or soon after. */
  close(connection: number): void {
    const channel = this.#channels.get(connection);
    if (channel === undefined) return;
    this.#channels.delete(connection);
    this.#unfinished.forget(connection);
    const { tcp, tls, isSecured } = channel;
    if (!isSecured) {
      tcp.destroy();
      return;
    }
    const timer = setTimeout(() => tcp.destroy(), LINGER_MS);
    tcp.once("close", () => clearTimeout(timer));
    // What still arrives is ignored, but must be read for the end to be noticed.
    tls.removeAllListeners("data");
    tls.resume();
    tls.end();
  }

  /** Stops listening and closes all connections. */
  async stop(): Promise<void> {
    for (const connection of [...this.#channels.keys()]) this.close(connection);
    const closed = this.#servers.map((server) => new Promise((resolve) => server.close(resolve)));
    await Promise.all(closed);
  }

  #accept(tcp: Socket): void {
    const { remoteAddress } = tcp;
    tcp.on("error", () => {});
    // Reset before it was accepted: there is no address to count it under.
    if (remoteAddress === undefined) {
      tcp.destroy();
      return;
    }
    const connection = this.#next++;
    // Wrapped here, and not by a `tls.Server`: its "secureConnection" does not tell which TCP connection it belongs to.
    const tls = new TLSSocket(tcp, {
      isServer: true,
      secureContext: this.#secureContext,
      ALPNProtocols: [ALPN_PROTOCOL],
    });
    const decoder = new FrameDecoder(MAX_HELLO_LENGTH);
    const channel: Channel = { tcp, tls, decoder, isSecured: false, reason: "lost" };
    this.#channels.set(connection, channel);
    tls.on("error", () => tls.destroy());
    tls.once("secure", () => this.#secure(connection, channel));
    tls.once("close", () => tcp.destroy());
    tcp.once("close", () => {
      this.#channels.delete(connection);
      this.#unfinished.forget(connection);
      this.#events.closed(connection, channel.reason);
    });
    this.#events.connected(connection, canonicalAddress(remoteAddress));
  }

  #secure(connection: number, channel: Channel): void {
    const { tls, tcp, decoder } = channel;
    // Node completes the handshake with a client that names no protocol at all.
    if (this.#channels.get(connection) !== channel || tls.alpnProtocol !== ALPN_PROTOCOL) {
      tcp.destroy();
      return;
    }
    channel.isSecured = true;
    this.#events.secured(connection, exporterOf(tls));
    tls.on("data", (bytes) => this.#receive(connection, decoder, bytes));
  }

  #receive(connection: number, decoder: FrameDecoder, bytes: Uint8Array): void {
    const events = decoder.push(bytes);
    for (const event of events) {
      // An earlier one may have closed the connection.
      if (this.#channels.has(connection)) this.#events.received(connection, event);
    }
    if (this.#channels.has(connection)) this.#unfinished.note(connection, decoder.memory, events.length > 0);
  }

  /** Ends a connection without sending anything more. */
  #cutOff(connection: number, reason: LossReason): void {
    const channel = this.#channels.get(connection);
    if (channel === undefined) return;
    channel.reason = reason;
    channel.tcp.destroy();
  }
}

function secureContextOf({ cert, key }: Certificate): SecureContext {
  return createSecureContext({ cert, key, minVersion: "TLSv1.3" });
}
