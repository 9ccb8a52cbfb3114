/**
 * Sends messages to a coordinator that a peer would not send: `node control-client.js ADDRESS PORT ROLE WHAT...`. Each
 * WHAT is sent in turn: `hello` (a valid one, with a new identity), `hello-of-another-connection` (its signature is
 * wrong here), a JSON object as a frame, `text:...` as a frame with that text, or `length:N` for the length of a frame
 * and nothing else.
 * It prints each message that comes back, a line each, then `closed` when the coordinator XX */
import { randomBytes } from "node:crypto";
import { connect } from "node:tls";
import { ALPN_PROTOCOL, encodeFrame, FrameDecoder, type Role, signHello, toBase64url } from "@nat64/peer-protocol";
import { exporterOf, identityOfSeed } from "@nat64/peer-protocol/node";

/** Milliseconds. If the last message is a ping, its pong shows that everything before was answered. */
const [SILENCE, SILENCE_AFTER_PONG] = [5000, 500];

const [address, port, role, ...sayings] = process.argv.slice(2);
const identity = identityOfSeed(randomBytes(32));
const socket = connect({
  host: address,
  port: Number(port),
  minVersion: "TLSv1.3",
  ALPNProtocols: [ALPN_PROTOCOL],
  rejectUnauthorized: false,
});
const decoder = new FrameDecoder();
let silence = setTimeout(() => end("open"), 4 * SILENCE);

socket.on("secureConnect", () => {
  for (const saying of sayings) socket.write(bytesOf(saying));
});
socket.on("data", (bytes) => {
  let limit = SILENCE;
  for (const event of decoder.push(bytes)) {
    console.log(event.ok ? JSON.stringify(event.object) : `fault ${event.fault}`);
    limit = event.ok && event.object.type === "pong" ? SILENCE_AFTER_PONG : SILENCE;
  }
  clearTimeout(silence);
  silence = setTimeout(() => end("open"), limit);
});
socket.on("error", (error: NodeJS.ErrnoException) => console.log(`error ${error.code}`));
socket.on("close", () => end("closed"));

function bytesOf(saying: string): Uint8Array {
  if (saying === "hello") return hello(exporterOf(socket));
  if (saying === "hello-of-another-connection") return hello(randomBytes(32));
  if (saying.startsWith("text:")) return frame(Buffer.from(saying.slice("text:".length)));
  if (saying.startsWith("length:")) return lengthOf(Number(saying.slice("length:".length)));
  return frame(Buffer.from(saying));
}

function hello(exporter: Uint8Array): Uint8Array {
  const fields = { versions: { lowest: 1, highest: 1 }, features: [], identity: toBase64url(identity.publicKey) };
  return encodeFrame(signHello({ role: role as Role, ...fields }, exporter, identity.sign));
}

function frame(content: Uint8Array): Uint8Array {
  return Buffer.concat([lengthOf(content.length), content]);
}

function lengthOf(length: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length);
  return bytes;
}

function end(how: "closed" | "open"): void {
  console.log(how);
  process.exit();
}
