// Measures the time inside the machine per input, and the memory per peer. Run after a build:
//   node --expose-gc packages/coordinator/bench/registrations.mjs [IPv6 peers] [IPv4 peers]
// The time includes the verification of signatures, but not the work of the peers.

import { Coordinator, DEFAULT_LIMITS } from "@nat64/coordinator/machine";
import {
  fromBase64url,
  makeEphemeralKeys,
  openAdvertisementValue,
  parsePrefixProof,
  signAccept,
  signHello,
  signOffer,
  solicitationValue,
  toBase64url,
} from "@nat64/peer-protocol";
import { identityOfSeed, nodeSuite } from "@nat64/peer-protocol/node";
import { bytesOf, compileRefusals, LABORATORY_BLOCKS, parseIPv4, parseIPv6 } from "@nat64/rfc6052";
import { decodeDatagram, encodeDatagram, makeBubble, makeRouterSolicitation } from "@nat64/teredo";

const [v6count, v4count] = [Number(process.argv[2] ?? 500), Number(process.argv[3] ?? 2000)];
const EXPORTER = new Uint8Array(32);
const LINK_LOCAL = Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255);

const peers = new Map();
const addresses = new Set();
const spent = { hello: 0, registration: 0, pair: 0, bubble: 0, silence: 0 };
const longest = { ...spent };
let [now, proofs, datagram] = [0, [], undefined];

const machine = new Coordinator(
  {
    suite: nodeSuite,
    addresses: ["192.0.2.1", "2001:db8:c::1"],
    primary: { address: "192.0.2.1", port: 3544 },
    secondary: { address: "192.0.2.2", port: 3544 },
    proofSource: { address: "2001:db8:c::1", port: 3544 },
    refusals: compileRefusals({ allow: LABORATORY_BLOCKS }),
    enrolment: { mode: "open", peers: [], invites: [] },
    keepAliveSeconds: 300,
    solicitationIntervalSeconds: 25,
    limits: DEFAULT_LIMITS,
    software: "bench",
  },
  now,
);

globalThis.gc?.();
const before = process.memoryUsage().heapUsed;
for (let i = 0; i < v6count; i++) addV6(i);
for (let i = 0; i < v4count; i++) addV4(i);
globalThis.gc?.();
const memory = (process.memoryUsage().heapUsed - before) / (v6count + v4count);
const { pairs } = machine.status();
for (const address of addresses) {
  now += 100;
  const bytes = encodeDatagram({ packet: makeBubble(LINK_LOCAL, bytesOf(parseIPv6(address))) });
  timed("bubble", () => machine.receiveDatagram(0, parseIPv4("203.0.113.9"), 3545, bytes, now));
}

const each = (milliseconds, count) => `${((1000 * milliseconds) / count).toFixed(0)} µs`;
console.log(`${v6count} IPv6 peers, ${v4count} IPv4 peers, ${pairs} pairs`);
console.log(`hello ${each(spent.hello, v6count + v4count)}`);
console.log(`registration ${each(spent.registration, v6count + v4count)}, its proposals included`);
console.log(`offer and accept ${each(spent.pair, pairs)}`);
console.log(`bubble ${each(spent.bubble, machine.counters.bubbles["passed-on"])}`);
// All peers fall silent: all connections and pairs end.
let calls = 0;
for (; machine.nextDeadline() < Number.POSITIVE_INFINITY; calls++) {
  now = Math.max(now, machine.nextDeadline());
  timed("silence", () => machine.advance(now));
}
console.log(`silence ${each(spent.silence, calls)} a call, ${calls} calls until all are gone`);
const worst = Object.entries(longest).map(([what, took]) => `${what} ${took.toFixed(1)} ms`);
console.log(`longest calls: ${worst.join(", ")}`);
if (globalThis.gc) console.log(`memory ${Math.round(memory)} bytes a peer, with the bench's own`);

function timed(what, input) {
  const start = performance.now();
  const outputs = input();
  const took = performance.now() - start;
  spent[what] += took;
  longest[what] = Math.max(longest[what], took);
  return outputs;
}

function carryOut(outputs) {
  for (const output of outputs) {
    if (output.kind === "proof") proofs.push(output.bytes);
    else if (output.kind === "datagram") datagram = output.bytes;
    else if (output.kind === "message") peers.get(output.connection).inbox.push(output.message);
  }
  const awake = new Set(outputs.filter(({ kind }) => kind === "message").map(({ connection }) => connection));
  for (const connection of awake) answer(peers.get(connection));
}

function answer(peer) {
  for (const message of peer.inbox.splice(0)) {
    if (message.type === "propose") say(peer, "pair", offerOf(peer, message));
    else if (message.type === "offer") say(peer, "pair", acceptOf(peer, message));
    else if (message.type === "solicit") peer.solicit = message;
    else if (message.type === "pair") addresses.add(message.address);
  }
}

function offerOf({ identity, prefix }, { pair, identity: to }) {
  const from = toBase64url(identity.publicKey);
  const { publicKey: ephemeral } = makeEphemeralKeys(nodeSuite);
  return signOffer({ pair, from, to, prefix, selector: 7, pinnedInternet: false, ephemeral }, identity.sign);
}

function acceptOf({ identity }, offer) {
  const policy = { internet: true, services: [] };
  const { publicKey: ephemeral } = makeEphemeralKeys(nodeSuite);
  return signAccept(
    offer,
    { ports: { first: 20_480, last: 24_575 }, policy, pinnedInternet: false, ephemeral },
    identity.sign,
  );
}

function say(peer, what, object) {
  now += 10;
  carryOut(timed(what, () => machine.receiveFrame(peer.connection, { ok: true, object }, now)));
}

function connect(role, address) {
  const connection = peers.size + 1;
  const identity = identityOfSeed(nodeSuite.randomBytes(32));
  const peer = { connection, identity, inbox: [] };
  peers.set(connection, peer);
  carryOut(machine.connectionOpened(connection, address, now));
  carryOut(machine.connectionSecured(connection, EXPORTER, now));
  const versions = { lowest: 1, highest: 1 };
  const fields = { role, versions, features: [], identity: toBase64url(identity.publicKey) };
  say(peer, "hello", signHello(fields, EXPORTER, identity.sign));
  return peer;
}

function addV6(i) {
  const hex = (i + 1).toString(16);
  const peer = connect("v6peer", `2001:db8:${hex}::1`);
  peer.prefix = `2001:db8:${hex}::/80`;
  proofs = [];
  const wishes = { exits: 4, wants: [], onlyWanted: false, pairs: [] };
  const fields = { relay: "builtin", listed: true, abuse: "abuse@example.net" };
  say(peer, "registration", { type: "register-v6", prefix: peer.prefix, ...fields, ...wishes });
  const nonces = proofs.map((bytes) => toBase64url(parsePrefixProof(bytes).nonce));
  say(peer, "registration", { type: "prove", prefix: peer.prefix, nonces });
}

function addV4(i) {
  const address = `198.18.${i >> 8}.${i & 255}`;
  const peer = connect("v4peer", address);
  const wishes = { maxPairs: 4, wants: [], onlyWanted: false, pairs: [] };
  say(peer, "registration", { type: "register-v4", internet: true, publishes: false, ...wishes });
  const secrets = {
    token: fromBase64url(peer.solicit.token),
    key: fromBase64url(peer.solicit.key),
    nonce: new Uint8Array(8),
  };
  const authentication = {
    clientIdentifier: secrets.token,
    authenticationValue: solicitationValue(secrets, nodeSuite.hmacSha256),
    nonce: secrets.nonce,
    confirmation: 0,
  };
  const bytes = encodeDatagram({ authentication, packet: makeRouterSolicitation(LINK_LOCAL) });
  carryOut(timed("registration", () => machine.receiveDatagram(0, parseIPv4(address), 40_000, bytes, now)));
  const { authentication: answered, origin } = decodeDatagram(datagram).datagram;
  const opened = openAdvertisementValue(answered.authenticationValue, secrets, origin, nodeSuite.hmacSha256);
  say(peer, "registration", { type: "mapped", address, port: 40_000, nonce: toBase64url(opened), nat: "unknown" });
}
