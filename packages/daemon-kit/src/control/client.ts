/** The client of a control socket. It loads no part of a daemon, so any Node program can use it. */
import { createConnection, type Socket } from "node:net";
import { LineSplitter } from "./line-splitter.ts";
import { PROTOCOL_VERSION, parseResponse, type Response } from "./protocol.ts";

/** The longest answer line, in bytes. */
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

/** Milliseconds that a daemon has for an answer, or for the next part of it. */
const ANSWER_TIMEOUT_MS = 10_000;

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

/** The daemon that the client looks for, for messages. */
export interface DaemonName {
  readonly name: string;
  /** The command that starts it. */
  readonly command: string;
}

/** A connection to a running daemon. Asks one thing at a time. */
export class ControlClient {
  readonly #socket: Socket;
  readonly #splitter: LineSplitter = new LineSplitter(MAX_RESPONSE_BYTES);
  #nextId = 1;
  #onResponse: (response: Response) => void = () => {};
  #onLost: (error: DaemonError) => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("close", () => this.#onLost(new DaemonError("lost", "the daemon closed the connection")));
    socket.on("error", () => socket.destroy());
    socket.on("timeout", () => {
      this.#onLost(new DaemonError("lost", `the daemon did not answer within ${ANSWER_TIMEOUT_MS / 1000} seconds`));
      socket.destroy();
    });
  }

  /** Connects. Rejects with a {@link DaemonError}. */
  static connect(path: string, daemon: DaemonName): Promise<ControlClient> {
    // Node throws for an empty path: it expects a port then.
    if (path === "") return Promise.reject(new DaemonError("unreachable", "the path of the control socket is empty"));
    return new Promise((resolve, reject) => {
      const socket = createConnection(path);
      socket.once("error", (error: NodeJS.ErrnoException) => reject(connectError(path, daemon, error)));
      socket.once("connect", () => {
        socket.removeAllListeners("error");
        resolve(new ControlClient(socket));
      });
    });
  }

  /** Ends the connection. */
  close(): void {
    this.#socket.destroy();
  }

  /** Asks; `onPart` gets the parts of an answer in pieces. Rejects with a {@link DaemonError}. */
  ask(method: string, params: object = {}, onPart: (part: unknown) => void = () => {}): Promise<unknown> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#socket.setTimeout(ANSWER_TIMEOUT_MS);
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
        this.#onLost(new DaemonError("protocol", "the program at this socket does not speak the control protocol"));
        this.#socket.destroy();
        return;
      }
      this.#onResponse(response);
    }
  }
}

function connectError(path: string, daemon: DaemonName, error: NodeJS.ErrnoException): DaemonError {
  if (error.code === "EACCES" || error.code === "EPERM") {
    return new DaemonError(
      "forbidden",
      `no permission to open ${path}; run this command as root or as a member of its group`,
    );
  }
  const reason =
    error.code === "ENOENT"
      ? `is not running (no socket at ${path})`
      : error.code === "ECONNREFUSED"
        ? `is not running (nothing listens at ${path})`
        : `cannot be reached (${path}: ${error.message})`;
  return new DaemonError(
    "unreachable",
    `${daemon.name} ${reason}. Start it with \`${daemon.command}\`, or pass --socket.`,
  );
}
