/** Keeps a connection to the coordinator: does what the machine wants, with sockets and timers. */
import { randomBytes } from "node:crypto";
import type { TLSSocket } from "node:tls";
import { type ConnectionOutput, type ConnectionState, CoordinatorConnection, type Lost } from "@nat64/peer-machines";
import { type Message, toBase64url, type Welcome } from "@nat64/peer-protocol";
import { exporterOf, type Identity } from "@nat64/peer-protocol/node";
import { explainError } from "../system/index.ts";
import { type CoordinatorAddress, connectTls } from "./tls.ts";

/** Milliseconds that the last bytes may take at the end. */
const GOODBYE_TIMEOUT_MS = 1_000;

/** What the link is made from. */
export interface CoordinatorLinkOptions {
  readonly role: "v4peer" | "v6peer";
  readonly address: CoordinatorAddress;
  readonly identity: Identity;
  /** Name and version, for the other side's log. */
  readonly software: string;
  readonly invite?: string | undefined;
}

/** Who listens to it. */
export interface CoordinatorEvents {
  opened(welcome: Welcome): void;
  message(message: Message): void;
  lost(lost: Lost): void;
  /** Something came that could not be used. */
  unusable(code: string): void;
}

/** How the connection is, for people. */
export interface CoordinatorStatus {
  readonly host: string;
  readonly port: number;
  readonly state: ConnectionState;
  /** Seconds since the state of being connected, or not, began. */
  readonly seconds: number;
  /** Why there is no connection. */
  readonly problem?: string;
  readonly software?: string;
}

export class CoordinatorLink {
  readonly #options: CoordinatorLinkOptions;
  readonly #events: CoordinatorEvents;
  readonly #machine: CoordinatorConnection;
  #socket: TLSSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #since: number = performance.now();
  #problem: string | undefined;

  constructor(options: CoordinatorLinkOptions, events: CoordinatorEvents) {
    const { role, identity, software, invite } = options;
    this.#options = options;
    this.#events = events;
    this.#machine = new CoordinatorConnection(
      {
        role,
        identity: toBase64url(identity.publicKey),
        sign: identity.sign,
        random: () => randomBytes(4).readInt32BE(),
        software,
        ...(invite !== undefined && { invite }),
      },
      performance.now(),
    );
  }

  /** Makes the first attempt; there is always another one. */
  start(): void {
    this.#act(this.#machine.advance(performance.now()));
  }

  /** Says something; without a connection it is forgotten. */
  send(message: Message): void {
    this.#act(this.#machine.send(message, performance.now()));
  }

  /** Says goodbye and waits, not for long, until that is out. */
  async stop(): Promise<void> {
    const socket = this.#socket;
    const now = performance.now();
    // So that the other ends do not use paths to nobody until these are down: this peer does not come back as it is.
    this.#act(this.#machine.send({ type: "drain", within: 0 }, now));
    this.#act(this.#machine.end({ reason: "shutdown" }, now));
    clearTimeout(this.#timer);
    if (socket === undefined || socket.destroyed) return;
    await new Promise<void>((resolve) => {
      const timeout = setTimeout(() => socket.destroy(), GOODBYE_TIMEOUT_MS);
      socket.once("close", () => {
        clearTimeout(timeout);
        resolve();
      });
    });
  }

  get status(): CoordinatorStatus {
    const { host, port } = this.#options.address;
    const software = this.#machine.welcome?.software;
    return {
      host,
      port,
      state: this.#machine.state,
      seconds: Math.round((performance.now() - this.#since) / 1000),
      ...(this.#problem !== undefined && { problem: this.#problem }),
      ...(software !== undefined && { software }),
    };
  }

  #act(outputs: readonly ConnectionOutput[]): void {
    for (const output of outputs) this.#do(output);
    clearTimeout(this.#timer);
    const deadline = this.#machine.nextDeadline();
    if (deadline === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(
      () => this.#act(this.#machine.advance(performance.now())),
      Math.max(0, Math.ceil(deadline - performance.now())),
    );
  }

  #do(output: ConnectionOutput): void {
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
        this.#note(undefined);
        this.#events.opened(output.welcome);
        return;
      case "message":
        this.#events.message(output.message);
        return;
      case "lost":
        this.#note(output.message ?? output.cause);
        this.#events.lost(output);
        return;
      case "unusable":
        this.#events.unusable(output.code);
    }
  }

  #connect(): void {
    let socket: TLSSocket;
    // What a socket says that is no longer the machine's is of no interest.
    const isCurrent = () => this.#socket === socket;
    try {
      socket = connectTls(
        this.#options.address,
        () => {
          if (isCurrent()) this.#act(this.#machine.connected(exporterOf(socket), performance.now()));
        },
        (reason) => {
          if (!isCurrent()) return;
          this.#socket = undefined;
          this.#act(this.#machine.closed(reason, performance.now()));
        },
      );
    } catch (error) {
      // A CA file that cannot be read: it may be there next time.
      const reason = explainError(error);
      queueMicrotask(() => this.#act(this.#machine.closed(reason, performance.now())));
      return;
    }
    this.#socket = socket;
    socket.on("data", (bytes) => {
      if (isCurrent()) this.#act(this.#machine.receiveBytes(bytes, performance.now()));
    });
  }

  #note(problem: string | undefined): void {
    if ((this.#problem === undefined) !== (problem === undefined)) this.#since = performance.now();
    this.#problem = problem;
  }
}
