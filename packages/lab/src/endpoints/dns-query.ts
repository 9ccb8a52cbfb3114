/**
 * Asks a DNS server over UDP without EDNS: `node dns-query.js SERVER NAME`. It prints the answer for AAAA as JSON: its
 * bytes, whether it was truncated, and the addresses in the form of RFC 5952.
 */
import { createSocket } from "node:dgram";
import { SocketAddress } from "node:net";

const [server, name] = process.argv.slice(2);
const AAAA = 28;
const TIMEOUT_MS = 5_000;

function emitQuery(): Buffer {
  const labels = name.split(".").map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)]));
  const header = Buffer.from([0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0]); // recursion desired, one question
  return Buffer.concat([header, ...labels, Buffer.of(0, 0, AAAA, 0, 1)]);
}

/** The end of a name that starts at `offset` (RFC 1035 §4.1.4). */
function skipName(bytes: Buffer, offset: number): number {
  for (let at = offset; ; at += bytes[at] + 1) {
    if (bytes[at] >= 0xc0) return at + 2;
    if (bytes[at] === 0) return at + 1;
  }
}

function readAnswers(bytes: Buffer): string[] {
  const found: string[] = [];
  let at = skipName(bytes, 12) + 4;
  for (let left = bytes.readUInt16BE(6); left > 0; left--) {
    at = skipName(bytes, at);
    const [type, length] = [bytes.readUInt16BE(at), bytes.readUInt16BE(at + 8)];
    at += 10;
    if (type === AAAA) {
      const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(at + 2 * i).toString(16));
      found.push(new SocketAddress({ address: groups.join(":"), family: "ipv6" }).address);
    }
    at += length;
  }
  return found;
}

const socket = createSocket("udp6");
const timer = setTimeout(() => {
  console.error(`${server} does not answer`);
  process.exit(1);
}, TIMEOUT_MS);
socket.on("message", (bytes) => {
  clearTimeout(timer);
  const isTruncated = (bytes[2] & 0x02) !== 0;
  console.log(
    JSON.stringify({ bytes: bytes.length, isTruncated, code: bytes[3] & 0x0f, addresses: readAnswers(bytes) }),
  );
  socket.close();
});
socket.send(emitQuery(), 53, server);
