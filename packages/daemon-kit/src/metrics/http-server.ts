/** A small read-only HTTP server. */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";

/** Connections at a time; more are closed at once. */
const MAX_CONNECTIONS = 64;

/** Milliseconds for a whole request. */
const REQUEST_TIMEOUT_MS = 10_000;

/** Milliseconds that a connection may stand still: who does not read the answer loses it. */
const IDLE_TIMEOUT_MS = 30_000;

/** What to answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Headers of a request, names in lower case. */
export type HttpHeaders = IncomingHttpHeaders;

/** Answers `GET` of a URL; the answer to `HEAD` is the same without its body. */
export type OnGet = (url: URL, headers: HttpHeaders) => HttpAnswer | Promise<HttpAnswer>;

/** Answers `GET` and `HEAD`, a few at a time, for a while each. */
export class HttpServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens. Rejects when the address is taken or not this host's. */
  static async listen(address: { readonly host: string; readonly port: number }, onGet: OnGet): Promise<HttpServer> {
    const server = createServer(
      { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS, maxHeaderSize: 8192 },
      (request, response) => {
        answer(request, onGet).then(
          (given) => write(response, given),
          () => write(response, text(503, "The request failed; try again.")),
        );
      },
    );
    server.maxConnections = MAX_CONNECTIONS;
    server.timeout = IDLE_TIMEOUT_MS;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ ...address, ipv6Only: address.host.includes(":") }, resolve);
    });
    return new HttpServer(server);
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

/** A sentence for people. */
export function text(status: number, sentence: string): HttpAnswer {
  return { status, type: "text/plain; charset=utf-8", body: `${sentence}\n` };
}

async function answer({ method, url, headers }: IncomingMessage, onGet: OnGet): Promise<HttpAnswer> {
  if (method !== "GET" && method !== "HEAD") return { ...text(405, "GET only."), headers: { allow: "GET, HEAD" } };
  const parsed = tryParse(url ?? "/");
  return parsed === undefined ? text(400, "This is not a valid URL.") : onGet(parsed, headers);
}

function tryParse(url: string): URL | undefined {
  try {
    return new URL(url, "http://localhost");
  } catch {
    return undefined;
  }
}

function write(response: ServerResponse, { status, type, body, headers }: HttpAnswer): void {
  response
    .writeHead(status, { "content-type": type, ...headers })
    .end(response.req.method === "HEAD" ? undefined : body);
}
