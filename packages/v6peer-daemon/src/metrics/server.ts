import { createServer, type Server, type ServerResponse } from "node:http";
import type { Registry } from "prom-client";

/** Connections at a time; more are closed at once. */
const MOST_CONNECTIONS = 16;

/** Milliseconds for a whole request. */
const REQUEST_TIMEOUT = 10_000;

/** Where to listen. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Serves `GET /metrics` for Prometheus, and nothing else. */
export class MetricsServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens. Rejects when the address is taken or not this host's. */
  static async listen(address: ListenAddress, registry: Registry): Promise<MetricsServer> {
    const server = createServer(
      { requestTimeout: REQUEST_TIMEOUT, headersTimeout: REQUEST_TIMEOUT, maxHeaderSize: 8192 },
      (request, response) => {
        const path = request.url?.split("?")[0];
        if (path !== "/metrics") return refuse(response, 404, "Here is /metrics only.\n");
        if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 405, "GET only.\n");
        registry.metrics().then(
          (text) => response.writeHead(200, { "content-type": registry.contentType }).end(text),
          () => refuse(response, 503, "The data path did not answer.\n"),
        );
      },
    );
    server.maxConnections = MOST_CONNECTIONS;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(address.port, address.host, resolve);
    });
    return new MetricsServer(server);
  }

  /** The port it listens on. */
  get port(): number {
    const address = this.#server.address();
    return address !== null && typeof address === "object" ? address.port : 0;
  }

  /** Stops listening and closes all connections. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(message);
}
