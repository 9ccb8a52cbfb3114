/** A scripted peer on a real TLS connection. */
import { once } from "node:events";
import { connect, type TLSSocket } from "node:tls";
import {
  ALPN_PROTOCOL,
  encodeFrame,
  FrameDecoder,
  type Message,
  type MessageOf,
  type MessageType,
  type Role,
} from "@nat64/peer-protocol";
import { exporterOf, type Identity } from "@nat64/peer-protocol/node";
import { helloOf } from "./peers.ts";

export class TlsPeer {
  readonly socket: TLSSocket;
  readonly identity: Identity;
  readonly inbox: Message[] = [];
  readonly ended: Promise<unknown>;
  #arrived: () => void = () => {};

  private constructor(socket: TLSSocket, identity: Identity) {
    this.socket = socket;
    this.identity = identity;
    this.ended = once(socket, "close");
    socket.on("error", () => {});
    const decoder = new FrameDecoder();
    socket.on("data", (bytes) => {
      for (const event of decoder.push(bytes)) if (event.ok) this.inbox.push(event.object as unknown as Message);
      this.#arrived();
    });
    socket.on("close", () => this.#arrived());
  }

  /** Connects with TLS; sends nothing. */
  static async connect(port: number, identity: Identity, host = "127.0.0.1", localPort?: number): Promise<TlsPeer> {
    const socket = connect({
      port,
      host,
      ...(localPort !== undefined && { localPort }),
      ALPNProtocols: [ALPN_PROTOCOL],
      minVersion: "TLSv1.3",
      rejectUnauthorized: false,
    });
    await once(socket, "secureConnect");
    return new TlsPeer(socket, identity);
  }

  hello(role: Role): void {
    this.say(helloOf(role, this.identity, exporterOf(this.socket)));
  }

  say(message: object): void {
    this.socket.write(encodeFrame(message as Message));
  }

  /** Waits for the first message of a type; throws if the connection ends first. */
  async take<T extends MessageType>(type: T): Promise<MessageOf<T>> {
    for (;;) {
      const index = this.inbox.findIndex((message) => message.type === type);
      if (index >= 0) return this.inbox.splice(index, 1)[0] as MessageOf<T>;
      if (this.socket.closed) throw new Error(`closed without ${type}, but with ${JSON.stringify(this.inbox)}`);
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }
}
