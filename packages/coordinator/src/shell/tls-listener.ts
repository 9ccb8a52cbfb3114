/** TCP and TLS: connections become numbers, bytes become frames, and the other way round. */
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
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

/** Milliseconds for the TLS handshake; the machine has its own time for `hello`. */
const HANDSHAKE_TIMEOUT = 10_000;

/** Milliseconds for the last messages to get out. */
const LINGER = 3_000;

/** Bytes that may wait for a peer that does not read; then it is cut off. */
const MOST_UNSENT = 1024 * 1024;

/** Bytes of memory that frames of all peers may have that have begun and not ended. */
const MOST_UNFINISHED = 64 * 1024 * 1024;

/** What happens on connections. */
export interface ConnectionEvents {
  connected(connection: number, address: string): void;
  secured(connection: number, exporter: Uint8Array): void;
  received(connection: number, event: FrameEvent): void;
  closed(connection: number, reason: LossReason): void;
}

interface Channel {
  readonly tcp: Socket;
  tls: TLSSocket | undefined;
  readonly decoder: FrameDecoder;
  /** Why it is cut off, if it is. */
  reason: LossReason;
}

export class TlsListener {
  readonly #events: ConnectionEvents;
  readonly #servers: Server[] = [];
  readonly #channels: Map<number, Channel> = new Map();
  /** The number of a TCP connection, for its TLS one. */
  readonly #numbers: Map<string, number> = new Map();
  readonly #unfinished: UnfinishedFrames;
  #next = 1;

  /** @param mostUnfinished bytes of memory for frames that have begun and not ended, of all connections */
  constructor(events: ConnectionEvents, mostUnfinished: number = MOST_UNFINISHED) {
    this.#events = events;
    this.#unfinished = new UnfinishedFrames(mostUnfinished, (connection) =>
      this.#cutOff(connection, "unfinished-frame"),
    );
  }

  /** Memory of frames that have begun and not ended, in bytes. */
  get unfinishedBytes(): number {
    return this.#unfinished.bytes;
  }

  /** Listens on one more address. Rejects if it cannot. @returns the port */
  async listen(host: string, port: number, certificate: Certificate): Promise<number> {
    const server = createServer({
      ...secureOptions(certificate),
      ALPNProtocols: [ALPN_PROTOCOL],
      handshakeTimeout: HANDSHAKE_TIMEOUT,
    });
    server.on("connection", (tcp: Socket) => this.#accept(tcp));
    server.on("secureConnection", (tls) => this.#secure(tls));
    server.on("tlsClientError", (_error, tls) => tls.destroy());
    server.listen({ host, port, ipv6Only: host.includes(":") });
    await once(server, "listening");
    server.on("error", () => {});
    this.#servers.push(server);
    return (server.address() as AddressInfo).port;
  }

  /** Uses another certificate for connections from now on. */
  setCertificate(certificate: Certificate): void {
    for (const server of this.#servers) server.setSecureContext(secureOptions(certificate));
  }

  send(connection: number, message: Message): void {
    const channel = this.#channels.get(connection);
    if (channel?.tls?.writable !== true) return;
    channel.tls.write(encodeFrame(message));
    // From here on it is known who is there.
    if (message.type === "welcome") channel.decoder.longest = MAX_FRAME_LENGTH;
    if (channel.tls.writableLength > MOST_UNSENT) this.#cutOff(connection, "not-reading");
  }

  /** Closes once all that was sent is out, or soon after. */
  close(connection: number): void {
    const channel = this.#channels.get(connection);
    if (channel === undefined) return;
    this.#channels.delete(connection);
    this.#unfinished.forget(connection);
    const { tcp, tls } = channel;
    if (tls === undefined) {
      tcp.destroy();
      return;
    }
    const timer = setTimeout(() => tcp.destroy(), LINGER);
    tcp.once("close", () => clearTimeout(timer));
    // What still comes in is nobody's business any more, but has to be read for the end to be seen.
    tls.removeAllListeners("data");
    tls.resume();
    tls.end();
  }

  /** Stops listening; connections that were closed get their last words out. */
  async stop(): Promise<void> {
    for (const connection of [...this.#channels.keys()]) this.close(connection);
    const closed = this.#servers.map((server) => new Promise((resolve) => server.close(resolve)));
    await Promise.all(closed);
  }

  #accept(tcp: Socket): void {
    const connection = this.#next++;
    const endpoint = endpointOf(tcp);
    const channel: Channel = { tcp, tls: undefined, decoder: new FrameDecoder(MAX_HELLO_LENGTH), reason: "lost" };
    this.#channels.set(connection, channel);
    this.#numbers.set(endpoint, connection);
    tcp.setNoDelay(true);
    tcp.on("error", () => {});
    tcp.once("close", () => {
      this.#numbers.delete(endpoint);
      this.#channels.delete(connection);
      this.#unfinished.forget(connection);
      this.#events.closed(connection, channel.reason);
    });
    this.#events.connected(connection, canonicalAddress(tcp.remoteAddress ?? "::"));
  }

  #secure(tls: TLSSocket): void {
    tls.on("error", () => tls.destroy());
    const connection = this.#numbers.get(endpointOf(tls));
    const channel = connection === undefined ? undefined : this.#channels.get(connection);
    // Node lets in who names no protocol at all.
    if (connection === undefined || channel === undefined || tls.alpnProtocol !== ALPN_PROTOCOL) {
      tls.destroy();
      return;
    }
    channel.tls = tls;
    this.#events.secured(connection, exporterOf(tls));
    tls.on("data", (bytes) => this.#take(connection, channel.decoder, bytes));
    tls.once("close", () => channel.tcp.destroy());
  }

  #take(connection: number, decoder: FrameDecoder, bytes: Uint8Array): void {
    const events = decoder.push(bytes);
    for (const event of events) {
      // An earlier one may have had the connection closed.
      if (this.#channels.has(connection)) this.#events.received(connection, event);
    }
    if (this.#channels.has(connection)) this.#unfinished.note(connection, decoder.memory, events.length > 0);
  }

  /** Ends a connection without another word. */
  #cutOff(connection: number, reason: LossReason): void {
    const channel = this.#channels.get(connection);
    if (channel === undefined) return;
    channel.reason = reason;
    channel.tcp.destroy();
  }
}

function secureOptions({ cert, key }: Certificate): { cert: string; key: string; minVersion: "TLSv1.3" } {
  return { cert, key, minVersion: "TLSv1.3" };
}

/** Tells one connection of this host from all others that are open. */
function endpointOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return [remoteAddress, remotePort, localAddress, localPort].join(" ");
}
