/** The control socket: whoever may connect gets one JSON object, the state, and that is all that it can do. */
import { mkdirSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";

/** Connections at the same time. */
const MAX_CONNECTIONS = 8;

export class ControlServer {
  readonly #server: Server;
  readonly #path: string;

  private constructor(server: Server, path: string) {
    this.#server = server;
    this.#path = path;
  }

  /** Listens at a path, for owner and group. Rejects when another process listens there. */
  static async listen(path: string, state: () => Promise<unknown>): Promise<ControlServer> {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    if (await isAnswered(path)) throw new Error(`another v4peer answers at ${path}: stop it, or choose another socket`);
    rmSync(path, { force: true });
    const server = createServer((socket) => answer(socket, state));
    server.maxConnections = MAX_CONNECTIONS;
    // The mode from the first moment on, not a moment later.
    const before = process.umask(0o117);
    try {
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(path, resolve);
      });
    } finally {
      process.umask(before);
    }
    return new ControlServer(server, path);
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    rmSync(this.#path, { force: true });
  }
}

function answer(socket: Socket, state: () => Promise<unknown>): void {
  socket.on("error", () => socket.destroy());
  state().then(
    (value) => socket.end(`${JSON.stringify(value)}\n`),
    (error: Error) => socket.end(`${JSON.stringify({ error: error.message })}\n`),
  );
}

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
