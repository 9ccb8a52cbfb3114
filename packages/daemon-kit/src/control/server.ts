import { chmodSync, chownSync, lstatSync, mkdirSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import type { z } from "zod";
import { LineSplitter } from "./line-splitter.ts";
import { type ControlErrorCode, MAX_REQUEST_BYTES, PROTOCOL_VERSION, parseRequest, type Response } from "./protocol.ts";

/** Simultaneous connections; further ones are closed at once. */
const MAX_CONNECTIONS = 64;

/** Milliseconds after which a silent connection is closed. */
const IDLE_TIMEOUT_MS = 300_000;

/** Milliseconds in which a client reads the last answer on a connection that is refused. */
const HANG_UP_MS = 5_000;

/** Requests that one connection may have waiting. */
const MAX_WAITING_REQUESTS = 64;

/** The client's side of a request, while it is answered. */
export interface Call {
  /** Sends a part of the answer, and waits until the client takes it. */
  readonly emit: (part: unknown) => Promise<void>;
  /** Aborted when the client has hung up. */
  readonly hungUp: AbortSignal;
}

/** What answers one kind of request; see {@link method}. */
export interface ControlMethod {
  readonly params: z.ZodType;
  readonly answer: (params: never, call: Call) => Promise<unknown>;
}

/** A request that the daemon accepts: its parameters and its handler, which may throw a {@link ControlError}. */
export function method<Params>(
  params: z.ZodType<Params>,
  answer: (params: Params, call: Call) => Promise<unknown>,
): ControlMethod {
  return { params, answer };
}

/** All accepted requests, by name. */
export type ControlMethods = Readonly<Record<string, ControlMethod>>;

/** Why a request is refused, for the client. */
export class ControlError extends Error {
  override readonly name: string = "ControlError";
  readonly code: ControlErrorCode;

  constructor(code: ControlErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The options of a control socket. */
export interface ControlSocketOptions {
  /** Where it is; its directory is made if it is missing. */
  readonly path: string;
  /** Name of the daemon, for messages. */
  readonly program: string;
  readonly methods: ControlMethods;
  /** Number of the group that owns the socket; left out, it is the daemon's own. */
  readonly group?: number | undefined;
}

/** The control socket. Only its owner and group may open it (mode 0660). */
export class ControlServer {
  readonly #server: Server;
  readonly #path: string;
  readonly #connections = new Set<Socket>();

  private constructor(server: Server, path: string) {
    this.#server = server;
    this.#path = path;
  }

  /**
   * Listens. A socket that a dead daemon left is replaced. Rejects when another daemon answers at this path, or when it is
   * something other than a socket.
   */
  static async listen({ path, program, methods, group }: ControlSocketOptions): Promise<ControlServer> {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    if (await isAnswered(path)) {
      throw new Error(`another ${program} answers at ${path}: stop it, or choose another socket`);
    }
    removeSocket(path);
    const server = createServer();
    const control = new ControlServer(server, path);
    server.on("connection", (socket) => control.#serve(socket, methods));
    // The file is made by bind(2): it must not be open to everybody even for the moment before chmod. Directories that
    // others make meanwhile keep what lets their owner in.
    const umask = process.umask(0o077);
    try {
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(path, resolve);
      });
    } finally {
      process.umask(umask);
    }
    chmodSync(path, 0o660);
    if (group !== undefined) await control.#giveTo(group);
    return control;
  }

  /** Closes all connections and removes the socket file. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#connections) socket.destroy();
    await closed;
    rmSync(this.#path, { force: true });
  }

  async #giveTo(group: number): Promise<void> {
    try {
      chownSync(this.#path, -1, group);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  #serve(socket: Socket, methods: ControlMethods): void {
    if (this.#connections.size >= MAX_CONNECTIONS) {
      socket.destroy();
      return;
    }
    this.#connections.add(socket);
    const splitter = new LineSplitter(MAX_REQUEST_BYTES);
    const hangUp = new AbortController();
    let waiting = 0;
    let last: Promise<void> = Promise.resolve();
    socket.setTimeout(IDLE_TIMEOUT_MS, () => socket.destroy());
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      this.#connections.delete(socket);
      hangUp.abort();
    });
    socket.on("data", (chunk) => {
      const lines = splitter.push(chunk);
      if (lines === undefined) {
        socket.removeAllListeners("data");
        refuse(socket, null, "too-long", `expected at most ${MAX_REQUEST_BYTES} bytes on a line`);
        hangUpSoon(socket);
        return;
      }
      for (const line of lines.filter((each) => each.trim() !== "")) {
        waiting++;
        last = last
          .then(() => respond(socket, line, methods, hangUp.signal))
          .finally(() => {
            waiting--;
            if (waiting < MAX_WAITING_REQUESTS) socket.resume();
          });
      }
      if (waiting >= MAX_WAITING_REQUESTS) socket.pause();
    });
  }
}

/**
 * Ends a connection after its last answer. Input is discarded for a while: a socket that closes with unread input resets the
 * connection, and the client loses the answer.
 */
function hangUpSoon(socket: Socket): void {
  socket.end();
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), HANG_UP_MS);
  socket.once("close", () => clearTimeout(timer));
}

/** Whether a process listens at the path of a socket. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** Removes a socket that a dead daemon left. Throws when there is something else at the path. */
function removeSocket(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new Error(`control.socket: ${path} exists and is not a socket; choose another path`);
  rmSync(path);
}

async function respond(socket: Socket, line: string, methods: ControlMethods, hungUp: AbortSignal): Promise<void> {
  if (hungUp.aborted) return;
  const request = parseRequest(line, methods);
  if ("code" in request) return refuse(socket, request.id, request.code, request.message);
  const { id, method, params } = request;
  try {
    const emit = (part: unknown) => write(socket, { v: PROTOCOL_VERSION, id, part });
    const result = await methods[method].answer(params as never, { emit, hungUp });
    await write(socket, { v: PROTOCOL_VERSION, id, result });
  } catch (error) {
    if (hungUp.aborted) return;
    const code = error instanceof ControlError ? error.code : "internal";
    await refuse(socket, id, code, error instanceof Error ? error.message : String(error));
  }
}

function refuse(socket: Socket, id: number | null, code: ControlErrorCode, message: string): Promise<void> {
  return write(socket, { v: PROTOCOL_VERSION, id, error: { code, message } });
}

/** Writes a line and waits until the client takes it, so that a slow one cannot fill our memory. */
function write(socket: Socket, response: Response): Promise<void> {
  if (socket.destroyed || !socket.writable) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      socket.off("close", done);
      resolve();
    };
    socket.once("close", done);
    socket.write(`${JSON.stringify(response)}\n`, done);
  });
}
