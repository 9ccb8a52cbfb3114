/**
 * The web server of the lab: `node http-server.js PORT [ADDRESS]`, by default on all IPv4 addresses. It prints `ready`, then a line per request and per broken connection.
 *
 * - `GET /` greets, with the address that it sees.
 * - `GET /bytes/N` sends N bytes; their SHA-256 is in the header `x-sha256`.
 * - `PUT /sha256` answers with the SHA-256 of the request body.
 * - `GET /reset` resets the connection instead of answering.
 * - `GET /wait` never answers.
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { payload } from "./payload.ts";

const [port, address = "0.0.0.0"] = process.argv.slice(2);

const LARGEST = 256 * 1024 * 1024;

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = request.url ?? "/";
  if (url === "/") greet(request, response);
  else if (url === "/reset") request.socket.resetAndDestroy();
  else if (url === "/sha256") response.end(`${await sha256(request)}\n`);
  else if (url.startsWith("/bytes/")) sendBytes(Number(url.slice("/bytes/".length)), response);
  else if (url !== "/wait") response.writeHead(404).end("There is no such page.\n");
}

function greet({ socket }: IncomingMessage, response: ServerResponse): void {
  response.setHeader("content-type", "text/plain; charset=utf-8");
  const alone = address === "0.0.0.0" ? " that has IPv4 alone," : "";
  response.end(`Hello ${socket.remoteAddress}! This is a web server${alone} at ${socket.localAddress}.\n`);
}

function sendBytes(count: number, response: ServerResponse): void {
  if (!Number.isInteger(count) || count < 0 || count > LARGEST) {
    response.writeHead(400).end(`A number of bytes from 0 to ${LARGEST} is needed.\n`);
    return;
  }
  const body = payload(count);
  response.setHeader("x-sha256", createHash("sha256").update(body).digest("hex"));
  response.setHeader("content-length", body.length);
  response.end(body);
}

async function sha256(request: IncomingMessage): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(request, hash);
  return hash.digest("hex");
}

const server = createServer((request, response) => {
  console.log(`${request.method} ${request.url} from ${request.socket.remoteAddress}`);
  answer(request, response).catch((error) => response.destroy(error));
});
server.on("connection", (socket) => {
  socket.on("error", (error: NodeJS.ErrnoException) => console.log(`connection ended by ${error.code}`));
});
server.listen(Number(port), address, () => console.log("ready"));
