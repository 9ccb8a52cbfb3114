/** The client of the control socket. Loads neither the data path nor its addon: any Node program may use it. */

import { createConnection, type Socket } from "node:net";
import type { SessionRecord } from "@nat64/nat64-engine";
import { LineSplitter } from "./line-splitter.ts";
import {
  type Answers,
  type Method,
  PROTOCOL_VERSION,
  parseResponse,
  type Response,
  type SessionFilter,
} from "./protocol.ts";

export type { SessionRecord } from "@nat64/nat64-engine";
export type {
  Answers,
  ControlErrorCode,
  Method,
  PeerStatus,
  ReloadReport,
  SessionFilter,
  Status,
} from "./protocol.ts";

/** Where a daemon listens when its configuration says nothing else. */
export const DEFAULT_SOCKET = "/run/v6peer/control.sock";

/** Longest line of a daemon, in bytes. */
const LONGEST_RESPONSE = 16 * 1024 * 1024;

/** Milliseconds that a daemon may be silent while it owes an answer. */
const ANSWER_TIMEOUT = 10_000;

/**
 * Stable codes of {@link DaemonError}: `unreachable` (no daemon listens), `forbidden` (no permission), `lost` (the
 * connection ended or the daemon fell silent), `protocol` (not our protocol), or what the daemon answered.
 */
export type DaemonErrorCode = "unreachable" | "forbidden" | "lost" | "protocol" | (string & {});

/** The daemon could not be asked, or refused; `message` is a sentence that says what to do. */
export class DaemonError extends Error {
  override readonly name: string = "DaemonError";
  readonly code: DaemonErrorCode;

  constructor(code: DaemonErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A connection to a running daemon. Asks one thing at a time. */
export class DaemonClient {
  readonly #socket: Socket;
  readonly #splitter: LineSplitter = new LineSplitter(LONGEST_RESPONSE);
  #nextId = 1;
  #onResponse: (response: Response) => void = () => {};
  #onLost: (error: DaemonError) => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("close", () => this.#onLost(new DaemonError("lost", "the daemon closed the connection")));
    socket.on("error", () => socket.destroy());
    socket.on("timeout", () => {
      this.#onLost(new DaemonError("lost", `the daemon did not answer within ${ANSWER_TIMEOUT / 1000} seconds`));
      socket.destroy();
    });
  }

  /** Connects. Rejects with a {@link DaemonError}. */
  static connect(path: string = DEFAULT_SOCKET): Promise<DaemonClient> {
    return new Promise((resolve, reject) => {
      const socket = createConnection(path);
      socket.once("error", (error: NodeJS.ErrnoException) => reject(connectError(path, error)));
      socket.once("connect", () => {
        socket.removeAllListeners("error");
        resolve(new DaemonClient(socket));
      });
    });
  }

  /** Asks for anything but sessions. Rejects with a {@link DaemonError}. */
  ask<Each extends Exclude<Method, "sessions">>(method: Each): Promise<Answers[Each]> {
    return this.#request(method, {}, () => {}) as Promise<Answers[Each]>;
  }

  /** Lists sessions: `onRows` gets them slice by slice. Rejects with a {@link DaemonError}. */
  sessions(filter: SessionFilter, onRows: (rows: readonly SessionRecord[]) => void): Promise<Answers["sessions"]> {
    return this.#request("sessions", filter, (part) => onRows(part as readonly SessionRecord[])) as Promise<
      Answers["sessions"]
    >;
  }

  /** Ends the connection. */
  close(): void {
    this.#socket.destroy();
  }

  #request(method: Method, params: SessionFilter, onPart: (part: unknown) => void): Promise<unknown> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#socket.setTimeout(ANSWER_TIMEOUT);
      this.#onLost = reject;
      this.#onResponse = (response) => {
        if (response.id !== null && response.id !== id) return;
        if ("part" in response) return onPart(response.part);
        this.#socket.setTimeout(0);
        if ("error" in response) reject(new DaemonError(response.error.code, response.error.message));
        else resolve(response.result);
      };
      if (this.#socket.destroyed) reject(new DaemonError("lost", "the connection is closed"));
      else this.#socket.write(`${JSON.stringify({ v: PROTOCOL_VERSION, id, method, params })}\n`);
    });
  }

  #receive(chunk: Buffer): void {
    const responses = this.#splitter.push(chunk)?.map(parseResponse);
    for (const response of responses ?? [undefined]) {
      if (response === undefined) {
        this.#onLost(new DaemonError("protocol", "what listens on this socket does not speak the control protocol"));
        this.#socket.destroy();
        return;
      }
      this.#onResponse(response);
    }
  }
}

function connectError(path: string, error: NodeJS.ErrnoException): DaemonError {
  if (error.code === "EACCES" || error.code === "EPERM") {
    return new DaemonError("forbidden", `no permission to open ${path}; run this as root or as a member of its group`);
  }
  const reason =
    error.code === "ENOENT"
      ? `there is no ${path}`
      : error.code === "ECONNREFUSED"
        ? `nothing listens on ${path}`
        : `${path}: ${error.message}`;
  return new DaemonError(
    "unreachable",
    `v6peerd is not reachable: ${reason}. Start it (v6peerd --config FILE), or name its socket with --socket`,
  );
}
