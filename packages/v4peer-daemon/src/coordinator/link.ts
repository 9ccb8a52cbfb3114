/** The TLS connection to the coordinator: carries out what a `CoordinatorConnection` wants. */
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import {
  type ConnectionOptions,
  type ConnectionOutput,
  CoordinatorConnection,
  type Lost,
} from "@nat64/nat64-engine/peer";
import { ALPN_PROTOCOL, type Goodbye, type Message, type Welcome } from "@nat64/peer-protocol";
import { exporterOf, pinOf } from "@nat64/peer-protocol/node";

/** Where the coordinator is and how it is known. */
export interface CoordinatorAddress {
  readonly host: string;
  readonly port: number;
  /** Pin of its key (`pinOf`); without one it is known by a CA and its name. */
  readonly pin?: string | undefined;
  /** PEM file with CAs to trust instead of the system's. */
  readonly ca?: string | undefined;
}

export interface LinkHandlers {
  opened(welcome: Welcome): void;
  message(message: Message): void;
  lost(lost: Lost): void;
  unusable(code: string): void;
}

/** Milliseconds that the last words may take. */
const FAREWELL_MS = 1_000;

export class CoordinatorLink {
  readonly #address: CoordinatorAddress;
  readonly #handlers: LinkHandlers;
  readonly #connection: CoordinatorConnection;
  #socket: TLSSocket | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(address: CoordinatorAddress, options: ConnectionOptions, handlers: LinkHandlers) {
    this.#address = address;
    this.#handlers = handlers;
    this.#connection = new CoordinatorConnection(options, performance.now());
  }

  get isOpen(): boolean {
    return this.#connection.state === "open";
  }

  /** Connects, and goes on connecting until `end`. */
  start(): void {
    this.#advance();
  }

  send(message: Message): void {
    this.#do(this.#connection.send(message));
  }

  /** Says goodbye. Settles when it is said, or could not be. */
  async end(goodbye: Omit<Goodbye, "type">): Promise<void> {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#do(this.#connection.end(goodbye));
    if (socket === undefined || socket.destroyed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        socket.destroy();
        resolve();
      }, FAREWELL_MS);
      socket.once("close", () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #advance(): void {
    this.#do(this.#connection.advance(performance.now()));
  }

  #do(outputs: readonly ConnectionOutput[]): void {
    for (const output of outputs) this.#carryOut(output);
    clearTimeout(this.#timer);
    const wait = this.#connection.nextDeadline() - performance.now();
    if (wait !== Number.POSITIVE_INFINITY) this.#timer = setTimeout(() => this.#advance(), Math.max(0, wait));
  }

  #carryOut(output: ConnectionOutput): void {
    switch (output.kind) {
      case "connect":
        this.#connect();
        return;
      case "send":
        this.#socket?.write(output.bytes);
        return;
      case "disconnect":
        this.#socket?.end();
        this.#socket = undefined;
        return;
      case "opened":
        this.#handlers.opened(output.welcome);
        return;
      case "message":
        this.#handlers.message(output.message);
        return;
      case "lost":
        this.#socket?.destroy();
        this.#socket = undefined;
        this.#handlers.lost(output);
        return;
      case "unusable":
        this.#handlers.unusable(output.code);
    }
  }

  #connect(): void {
    let socket: TLSSocket;
    try {
      socket = openTls(this.#address);
    } catch (error) {
      // A CA file that cannot be read, say: the next attempt may find it.
      queueMicrotask(() => this.#do(this.#connection.closed(performance.now(), (error as Error).message)));
      return;
    }
    this.#socket = socket;
    let reason: string | undefined;
    const isCurrent = (): boolean => this.#socket === socket;
    socket.on("error", (error) => {
      reason = error.message;
    });
    socket.on("close", () => {
      if (!isCurrent()) return;
      this.#socket = undefined;
      this.#do(this.#connection.closed(performance.now(), reason));
    });
    socket.on("secureConnect", () => {
      reason = refuseServer(socket, this.#address.pin);
      if (reason !== undefined) socket.destroy();
      else if (isCurrent()) this.#do(this.#connection.connected(exporterOf(socket)));
    });
    socket.on("data", (bytes: Uint8Array) => {
      if (isCurrent()) this.#do(this.#connection.receive(bytes, performance.now()));
    });
  }
}

/** Opens a TLS connection as the protocol wants it. Over IPv4 where there is a choice: so the NAT's address is seen. */
export function openTls({ host, port, pin, ca }: CoordinatorAddress): TLSSocket {
  return connect({
    host,
    port,
    ...(isIP(host) === 0 && { servername: host, family: 4 }),
    ALPNProtocols: [ALPN_PROTOCOL],
    minVersion: "TLSv1.3",
    rejectUnauthorized: pin === undefined,
    ...(ca !== undefined && { ca: readFileSync(ca) }),
  });
}

/** Why the other side is not the coordinator that we look for, in a sentence, or `undefined`. */
export function refuseServer(socket: TLSSocket, pin: string | undefined): string | undefined {
  if (socket.alpnProtocol !== ALPN_PROTOCOL)
    return "there is no coordinator at this port: it does not speak nat64-peer/1";
  if (pin === undefined) return undefined;
  const certificate = socket.getPeerX509Certificate();
  const found = certificate === undefined ? "none" : pinOf(certificate);
  return found === pin ? undefined : `the coordinator's key is another one than the pinned: ${found}`;
}
