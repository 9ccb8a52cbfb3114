/**
 * An IPv4 peer for tests: the real machine on a real UDP socket and a real TLS connection, with an internet behind it that
 * answers every ping and every UDP datagram by itself. Arguments: coordinator host, pin, seed of its identity, and "black" for
 * a peer that answers probes and drops all data.
 */
import { createSocket } from "node:dgram";
import { connectTls } from "@nat64/daemon-kit/coordinator";
import { CoordinatorConnection, V4Peer } from "@nat64/peer-machines";
import { toBase64url } from "@nat64/peer-protocol";
import { exporterOf, identityOfSeed, nodeSuite } from "@nat64/peer-protocol/node";
import { compileRefusals, formatIPv4, LABORATORY_BLOCKS, parseIPv4 } from "@nat64/rfc6052";

const [host, pin, seed, kind] = process.argv.slice(2);
const identity = identityOfSeed(new Uint8Array(32).fill(Number(seed)));
const key = { identity: toBase64url(identity.publicKey), sign: identity.sign };
const now = () => performance.now();
const random = () => Math.trunc(Math.random() * 2 ** 32) | 0;
const connection = new CoordinatorConnection({ role: "v4peer", ...key, random }, now());
const peer = new V4Peer({
  ...key,
  suite: nodeSuite,
  refusals: compileRefusals({ allow: LABORATORY_BLOCKS }),
  policy: { internet: true, services: [] },
  pinnedInternet: true,
  blocks: [{ first: 20480, last: 24575 }],
  wants: [],
  onlyWanted: false,
  pins: new Map(),
});
const udp = createSocket("udp4");
let tls;
let timer;

function actConnection(outputs) {
  for (const output of outputs) {
    if (output.kind === "connect") connect();
    else if (output.kind === "send") tls?.write(output.bytes);
    else if (output.kind === "disconnect") {
      tls?.end();
      tls = undefined;
    } else if (output.kind === "opened") act(peer.opened(output.welcome, now()));
    else if (output.kind === "message") act(peer.receiveMessage(output.message, now()));
    else if (output.kind === "lost") act(peer.lost(now()));
  }
  schedule();
}

function act(outputs) {
  for (const output of outputs) {
    if (output.kind === "send-message") actConnection(connection.send(output.message, now()));
    else if (output.kind === "datagram") udp.send(output.bytes, output.port, formatIPv4(output.address));
    else if (output.kind === "event") console.log(JSON.stringify(output.event));
  }
  schedule();
}

function schedule() {
  clearTimeout(timer);
  const next = Math.min(connection.nextDeadline(), peer.nextDeadline());
  timer = setTimeout(
    () => {
      actConnection(connection.advance(now()));
      act(peer.advance(now()));
    },
    Math.max(0, Math.min(next - now(), 60_000)),
  );
}

function connect() {
  const socket = connectTls(
    { host, port: 3544, pin },
    () => actConnection(connection.connected(exporterOf(socket), now())),
    (reason) => {
      if (tls === socket) actConnection(connection.closed(reason, now()));
    },
  );
  tls = socket;
  socket.on("data", (bytes) => tls === socket && actConnection(connection.receiveBytes(bytes, now())));
}

/** An ICMPv6 Echo Request that is no probe: turned round, as the whole internet would. */
function pong(bytes) {
  const isPing = bytes[0] >>> 4 === 6 && bytes[6] === 58 && bytes[40] === 128;
  if (!isPing || Buffer.from(bytes.subarray(48, 52)).toString() === "N64P") return undefined;
  const reply = Buffer.from(bytes);
  bytes.copy(reply, 8, 24, 40);
  bytes.copy(reply, 24, 8, 24);
  reply[40] = 129;
  const sum = reply.readUInt16BE(42) - 0x0100;
  reply.writeUInt16BE(sum > 0 ? sum : sum + 0xffff, 42);
  return reply;
}

/** A UDP datagram, turned round. The checksum stays right. */
function udpReply(bytes) {
  if (bytes[0] >>> 4 !== 6 || bytes[6] !== 17) return undefined;
  const reply = Buffer.from(bytes);
  bytes.copy(reply, 8, 24, 40);
  bytes.copy(reply, 24, 8, 24);
  bytes.copy(reply, 40, 42, 44);
  bytes.copy(reply, 42, 40, 42);
  return reply;
}

udp.on("message", (bytes, { address, port }) => {
  const reply = pong(bytes) ?? udpReply(bytes);
  if (reply !== undefined && kind === "black") return;
  if (reply !== undefined) udp.send(reply, port, address);
  else act(peer.receiveDatagram(parseIPv4(address), port, bytes, now()));
});
udp.bind(0, () => actConnection(connection.advance(now())));
