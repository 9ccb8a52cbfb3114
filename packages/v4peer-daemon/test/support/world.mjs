/**
 * The world of an IPv4 peer in one process, for tests: a coordinator that follows a script (TLS, and a real Teredo server
 * by UDP), an IPv6 peer that offers a pair and validates its path, a relay, and a UDP server that tells who asked.
 * Commands come as JSON lines on standard input; what happens goes out as JSON lines.
 */
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { createServer } from "node:tls";
import {
  ALPN_PROTOCOL,
  advertisementValue,
  bytesOfBase64url,
  derivePairKeys,
  emitProbe,
  encodeFrame,
  FrameDecoder,
  makeEphemeralKeys,
  NO_NONCE,
  parseMessage,
  parseProbe,
  signOffer,
  toBase64url,
  verifyHello,
  verifySolicitationValue,
} from "@nat64/peer-protocol";
import { exporterOf, identityOfSeed, nodeSuite } from "@nat64/peer-protocol/node";
import { bytesOf, formatIPv4, formatIPv6, parseIPv4, parseIPv6, wordsOf } from "@nat64/rfc6052";
import { emitTeredoAddress, makeFlags, TeredoServer } from "@nat64/teredo";

const [, , certificateFile] = process.argv;
const PRIMARY = { address: "192.0.2.1", port: 3544 };
const SECONDARY = { address: "192.0.2.2", port: 3544 };
const RELAY = "203.0.113.9";
const STRANGER = "203.0.113.10";
const ECHO = "203.0.113.80";
const [P0, P1, P2] = parseIPv6("2001:db8:64::");
const SELECTOR = 42;
const TOKEN = nodeSuite.randomBytes(16);
const KEY = nodeSuite.randomBytes(32);
const v6 = identityOfSeed(new Uint8Array(32).fill(6));

let socket;
let binding;
/** The pair: offer, private key, keys, Teredo address. */
let pair;
const pem = readFileSync(certificateFile);
const tell = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
const say = (message) => socket?.write(encodeFrame(message));
const wordOf = (text) => parseIPv4(text) | 0;

// The coordinator, TLS.
const server = createServer({ key: pem, cert: pem, ALPNProtocols: [ALPN_PROTOCOL], minVersion: "TLSv1.3" }, (peer) => {
  socket = peer;
  const decoder = new FrameDecoder();
  peer.on("error", () => {});
  peer.on("close", () => tell({ event: "closed" }));
  peer.on("data", (bytes) => {
    for (const each of decoder.push(bytes)) hear(parseMessage(each.object, "v4peer-to-coordinator").message, peer);
  });
});
server.listen(3544, "0.0.0.0", () => tell({ event: "listening" }));

function hear(message, peer) {
  tell({ event: "said", message });
  if (message.type === "hello") {
    if (!verifyHello(message, exporterOf(peer), nodeSuite)) throw new Error("the hello is not good");
    binding = message.identity;
    const observed = peer.remoteAddress.replace("::ffff:", "");
    const addresses = [PRIMARY.address, SECONDARY.address];
    say({ type: "welcome", version: 1, features: [], peer: v6.peerId, observed, addresses, keepAlive: 30 });
  } else if (message.type === "register-v4") {
    const terms = { token: toBase64url(TOKEN), key: toBase64url(KEY), primary: PRIMARY, secondary: SECONDARY };
    say({ type: "solicit", ...terms, interval: 5 });
  } else if (message.type === "mapped") {
    say({ type: "registered", role: "v4peer", address: message.address, port: message.port });
    makeTeredoAddress(message);
  } else if (message.type === "accept") {
    pair.keys = derivePairKeys(pair.offer, message, "v6peer", pair.privateKey, nodeSuite);
    say({ type: "pair", pair: message.pair, address: pair.address, reason: "new", limits: {} });
    setTimeout(probe, 100);
  }
}

let teredo;
function makeTeredoAddress({ address, port }) {
  teredo = new Uint8Array(16);
  const fields = { server: wordOf(PRIMARY.address), flags: makeFlags(0x5a5), mappedPort: port };
  emitTeredoAddress({ ...fields, mappedAddress: wordOf(address) }, teredo);
  pair = { ...pair, address: formatIPv6(wordsOf(teredo)), at: { address, port } };
}

function offer() {
  const ephemeral = makeEphemeralKeys(nodeSuite);
  const fields = { pair: toBase64url(nodeSuite.randomBytes(16)), from: toBase64url(v6.publicKey), to: binding };
  const terms = { prefix: "2001:db8:64::/80", selector: SELECTOR, pinnedInternet: false };
  const message = signOffer({ ...fields, ...terms, ephemeral: ephemeral.publicKey }, v6.sign);
  pair = { ...pair, offer: message, privateKey: ephemeral.privateKey };
  say(message);
}

// The coordinator, UDP.
const sockets = [PRIMARY, SECONDARY].map(({ address, port }, at) => {
  const udp = createSocket("udp4");
  udp.bind(port, address);
  udp.on("message", (bytes, from) => {
    const [answer] = teredoServer.receiveDatagram(at, wordOf(from.address), from.port, bytes, performance.now());
    if (answer?.kind === "datagram") sockets[answer.from].send(answer.bytes, answer.port, formatIPv4(answer.address));
  });
  return udp;
});
const own = [PRIMARY, SECONDARY].map(({ address, port }) => ({ address: wordOf(address), port }));
const teredoServer = new TeredoServer({
  address: own[0].address,
  own,
  isGlobalUnicast: () => true,
  hasSecondSocket: true,
  hashKey: [1, 2],
  authenticate: ({ nonce, authenticationValue, origin }) => {
    const solicitation = { token: TOKEN, key: KEY, nonce };
    if (!verifySolicitationValue(authenticationValue, solicitation, nodeSuite.hmacSha256)) return undefined;
    return advertisementValue(solicitation, origin, nodeSuite.randomBytes(16), nodeSuite.hmacSha256);
  },
});

// The relay, and a host that would like to be one. A NAT in between is opened by a bubble.
const relays = Object.fromEntries(
  [RELAY, STRANGER].map((address) => {
    const udp = createSocket("udp4");
    udp.bind(3545, address);
    udp.on("message", (bytes) => arrive(new Uint8Array(bytes)));
    return [address, udp];
  }),
);

const self = () => bytesOf([P0, P1, P2 | 0xffff, 1]);
const ends = () => ({ pair: bytesOfBase64url(pair.offer.pair), v6: self(), v4: teredo, keys: pair.keys });
const sendBy = (relay, packet) => relays[relay].send(packet, pair.at.port, pair.at.address);

/** What asks again while no answer to a probe comes: it may be lost before the NAT is open. */
let again;
function probe(relay = RELAY) {
  const bubble = { type: "bubble", pair: pair.offer.pair, source: "fe80::1234", address: pair.address };
  say({ ...bubble, relay: { address: relay, port: 3545 } });
  setTimeout(() => {
    const packet = new Uint8Array(120);
    emitProbe(1, ends(), { a: nodeSuite.randomBytes(16), b: NO_NONCE }, nodeSuite.hmacSha256, packet);
    sendBy(relay, packet);
  }, 100);
  again = setTimeout(() => probe(relay), 2000);
}

function arrive(packet) {
  const found = parseProbe(packet);
  if (typeof found !== "string" && found.number === 2) {
    clearTimeout(again);
    const packet3 = new Uint8Array(120);
    emitProbe(3, ends(), found, nodeSuite.hmacSha256, packet3);
    sendBy(RELAY, packet3);
    tell({ event: "validated", address: pair.address, ports: pair.offer });
    return;
  }
  if (packet[6] === 59) return;
  const protocol = packet[6];
  const transport = packet.subarray(40);
  tell({
    event: "packet",
    protocol,
    from: [...packet.subarray(36, 40)].join("."),
    teredo: formatIPv6(wordsOf(packet, 8)),
    ports: [(transport[0] << 8) | transport[1], (transport[2] << 8) | transport[3]],
    data: Buffer.from(transport.subarray(8)).toString("latin1"),
  });
}

/** `P:selector:D` → `T`, by a relay. */
function send({ relay = RELAY, ...fields }) {
  sendBy(
    relay,
    packetOf({ ...fields, source: bytesOf([P0, P1, P2 | SELECTOR, wordOf(fields.to)]), destination: teredo }),
  );
}

/**
 * An ICMPv6 error of the address that embeds `from`, about a packet that is invented here: from `T` to the address that
 * embeds `about`, from the far end's port `sport` to the pair's port `dport`.
 */
function sendError({ relay = RELAY, from, about, protocol, sport, dport, type = 1, code = 4 }) {
  const embedded = bytesOf([P0, P1, P2 | SELECTOR, wordOf(about)]);
  const inside = packetOf({ source: teredo, destination: embedded, protocol, sport, dport });
  const body = new Uint8Array(8 + inside.length);
  body.set([type, code]);
  body.set(inside, 8);
  const source = bytesOf([P0, P1, P2 | SELECTOR, wordOf(from)]);
  sendBy(relay, assemble({ source, destination: teredo, protocol: 58, transport: body }));
}

/** An IPv6 packet with a transport header. */
function packetOf({ source, destination, protocol, sport = 20_500, dport = 7, data = "hello", hops = 64 }) {
  const isTcp = protocol === 6;
  const body = Buffer.from(data, "latin1");
  const transport = new Uint8Array((isTcp ? 20 : 8) + (isTcp ? 0 : body.length));
  const view = new DataView(transport.buffer);
  if (protocol === 58) {
    transport[0] = 128;
    view.setUint16(4, sport);
  } else {
    view.setUint16(0, sport);
    view.setUint16(2, dport);
  }
  if (protocol === 17) view.setUint16(4, transport.length);
  if (isTcp) transport.set([0x50, 2, 255, 255], 12);
  else transport.set(body, 8);
  return assemble({ source, destination, protocol, transport, hops });
}

function assemble({ source, destination, protocol, transport, hops = 64 }) {
  const packet = new Uint8Array(40 + transport.length);
  packet.set([0x60, 0, 0, 0, transport.length >> 8, transport.length & 255, protocol, hops]);
  packet.set(source, 8);
  packet.set(destination, 24);
  packet.set(transport, 40);
  const at = 40 + { 6: 16, 17: 6, 58: 2 }[protocol];
  const sum = checksum(packet, transport.length, protocol);
  packet[at] = sum >> 8;
  packet[at + 1] = sum & 255;
  return packet;
}

function checksum(packet, length, protocol) {
  let sum = length + protocol;
  for (let i = 8; i < packet.length; i += 2) sum += (packet[i] << 8) | (packet[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff || 0xffff;
}

// A server that tells who asked.
const echo = createSocket("udp4");
echo.bind(7, ECHO);
echo.on("message", (_, from) => echo.send(`${from.address}:${from.port}`, from.port, from.address));

const COMMANDS = {
  offer,
  probe: () => probe(),
  send,
  sendError,
  say: ({ message }) => say(message),
  hangUp: () => socket.destroy(),
};
createInterface({ input: process.stdin }).on("line", (line) => {
  const { command, ...rest } = JSON.parse(line);
  COMMANDS[command](rest);
});
process.stdin.on("end", () => process.exit(0));
