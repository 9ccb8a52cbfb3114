import { spawnSync } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { connect as connectTcp, type Socket as TcpSocket } from "node:net";
import { connect as connectTls } from "node:tls";
import {
  ALPN_PROTOCOL,
  emitPrefixProof,
  MAX_FRAME_LENGTH,
  makeEphemeralKeys,
  parsePrefixProof,
  signAccept,
  signOffer,
  toBase64url,
} from "@nat64/peer-protocol";
import { nodeSuite, pinOf } from "@nat64/peer-protocol/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CoordinatorOnLoopback } from "./support/coordinator-on-loopback.ts";
import { bubbleTo, identityOf, mappingNonceIn, registerV4, registerV6, solicitation } from "./support/peers.ts";
import { TlsPeer } from "./support/tls-peer.ts";

const PREFIX = "2001:db8:64::/80";

let coordinator: CoordinatorOnLoopback;
const sockets: Socket[] = [];

beforeEach(async () => {
  coordinator = await new CoordinatorOnLoopback().start();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  await coordinator.stop();
});

async function udp(type: "udp4" | "udp6", address: string): Promise<Socket> {
  const socket = createSocket(type);
  sockets.push(socket);
  socket.bind(0, address);
  await once(socket, "listening");
  return socket;
}

/** Ignores errors. */
function closeOf(socket: TcpSocket): Promise<unknown> {
  socket.on("error", () => {});
  return new Promise((resolve) => socket.once("close", resolve));
}

async function registeredV6(name: string): Promise<TlsPeer> {
  const socket = await udp("udp6", "::1");
  coordinator.proofPort = socket.address().port;
  const peer = await TlsPeer.connect(coordinator.port6, identityOf(name), "::1");
  peer.hello("v6peer");
  await peer.take("welcome");
  const nonces: string[] = [];
  const complete = new Promise<void>((resolve) => {
    socket.on("message", (payload) => {
      const proof = parsePrefixProof(payload)!;
      nonces[proof.index] = toBase64url(proof.nonce);
      if (Object.keys(nonces).length === 3) resolve();
    });
  });
  peer.say(registerV6(PREFIX));
  const { source, sourcePort } = await peer.take("challenge");
  expect({ source, sourcePort }).toEqual({ source: "::1", sourcePort: coordinator.udp.ports.proofs });
  await complete;
  peer.say({ type: "prove", prefix: PREFIX, nonces });
  await peer.take("registered");
  return peer;
}

async function registeredV4(name: string): Promise<{ peer: TlsPeer; port: number }> {
  const socket = await udp("udp4", "127.0.0.1");
  const { port } = socket.address();
  const peer = await TlsPeer.connect(coordinator.port4, identityOf(name));
  peer.hello("v4peer");
  await peer.take("welcome");
  peer.say(registerV4());
  const solicit = await peer.take("solicit");
  socket.send(solicitation(solicit), solicit.primary.port, solicit.primary.address);
  const [answer] = (await once(socket, "message")) as [Uint8Array];
  peer.say({ type: "mapped", address: "127.0.0.1", port, nonce: mappingNonceIn(answer, solicit), nat: "none" });
  expect(await peer.take("registered")).toEqual({ type: "registered", role: "v4peer", address: "127.0.0.1", port });
  return { peer, port };
}

describe("the coordinator over real TLS and UDP", () => {
  it("registers both kinds of peers, makes a pair, passes on a relay's bubble, and notices a lost peer", async () => {
    const v6 = await registeredV6("six");
    const { peer: v4, port } = await registeredV4("four");
    const propose = await v6.take("propose");
    const offer = signOffer(
      {
        pair: propose.pair,
        from: toBase64url(v6.identity.publicKey),
        to: propose.identity,
        prefix: PREFIX,
        selector: 7,
        pinnedInternet: false,
        ephemeral: makeEphemeralKeys(nodeSuite).publicKey,
      },
      v6.identity.sign,
    );
    v6.say(offer);
    const passedOn = await v4.take("offer");
    expect(passedOn).toEqual(offer);
    const terms = {
      ports: { first: 20_480, last: 24_575 },
      policy: { internet: true, services: [] },
      pinnedInternet: false,
      ephemeral: makeEphemeralKeys(nodeSuite).publicKey,
    };
    v4.say(signAccept(passedOn, terms, v4.identity.sign));
    await v6.take("accept");
    const { address } = await v4.take("pair");
    expect((await v6.take("pair")).address).toBe(address);

    const relay = await udp("udp4", "127.0.0.1");
    relay.send(bubbleTo(address), coordinator.udp.ports.primary, "127.0.0.1");
    expect(await v4.take("bubble")).toEqual({
      type: "bubble",
      pair: propose.pair,
      source: "fe80::1234:5678:9abc:def0",
      address,
      relay: { address: "127.0.0.1", port: relay.address().port },
    });
    expect(port).not.toBe(relay.address().port);

    // Like the kernel for a killed process: the other end notices at once.
    v4.socket.destroy();
    expect(await v6.take("away")).toEqual({ type: "away", pair: propose.pair });
  });

  it("says goodbye when it stops", async () => {
    const v6 = await registeredV6("six");
    coordinator.driver.do((now) => coordinator.machine.stop("restart", 2, now));
    expect(await v6.take("goodbye")).toEqual({ type: "goodbye", reason: "restart", reconnectAfter: 2 });
    await v6.ended;
  });

  it("tells each peer its observed address, IPv4 in dotted form", async () => {
    for (const [port, host] of [
      [coordinator.port4, "127.0.0.1"],
      [coordinator.port6, "::1"],
    ] as const) {
      const peer = await TlsPeer.connect(port, identityOf(host), host);
      peer.hello("v4peer");
      expect((await peer.take("welcome")).observed).toBe(host);
    }
  });

  it("logs addresses only at level debug", async () => {
    await registeredV6("six");
    await registeredV4("four");
    const above = coordinator.logs.filter(({ level }) => (level as number) > 20);
    expect(above.length).toBeGreaterThan(3);
    expect(JSON.stringify(above)).not.toMatch(/127\.0\.0\.1|::1|2001:db8/);
  });
});

describe("TCP connections", () => {
  it("a peer may come back from the same port before its old connection is cleaned up", async () => {
    const before = connectTcp(coordinator.port4, "127.0.0.1");
    await once(before, "connect");
    while (coordinator.machine.status().connections === 0) await new Promise(setImmediate);
    const { localPort } = before;
    // The reset and the new connection reach the coordinator in the same turn of its event loop.
    before.resetAndDestroy();
    const again = await TlsPeer.connect(coordinator.port4, identityOf("six"), "127.0.0.1", localPort);
    again.hello("v6peer");
    expect(await again.take("welcome")).toMatchObject({ peer: identityOf("six").peerId });
    expect(coordinator.machine.status()).toMatchObject({ connections: 1 });
  });

  it("one that was reset before it is accepted is not a connection of anybody", async () => {
    const script = `
      const socket = require("node:net").connect(${coordinator.port4}, "127.0.0.1", () => socket.resetAndDestroy());
    `;
    // The coordinator runs in this process and cannot accept meanwhile.
    expect(spawnSync(process.execPath, ["-e", script]).status).toBe(0);
    const peer = await TlsPeer.connect(coordinator.port4, identityOf("six"));
    peer.hello("v6peer");
    await peer.take("welcome");
    expect(coordinator.machine.counters.connectionsOpened).toBe(1);
  });
});

describe("strangers", () => {
  it("a hello with a signature for another connection is refused and the connection closed", async () => {
    const one = await TlsPeer.connect(coordinator.port4, identityOf("six"));
    const other = await TlsPeer.connect(coordinator.port4, identityOf("six"));
    const write = other.socket.write.bind(other.socket);
    one.socket.write = write as typeof one.socket.write;
    one.hello("v6peer");
    expect(await other.take("error")).toMatchObject({ code: "bad-signature", regarding: "hello" });
    expect(await other.take("goodbye")).toMatchObject({ reason: "refused" });
    await other.ended;
  });

  it("a frame that is too long is answered, and nothing after it is read", async () => {
    const peer = await TlsPeer.connect(coordinator.port4, identityOf("six"));
    peer.socket.write(Uint8Array.of(0, 1, 0, 1, 0x7b));
    expect(await peer.take("error")).toMatchObject({ code: "frame-too-long" });
    await peer.ended;
  });

  it("malformed JSON after hello is answered, and the next frame is read", async () => {
    const peer = await TlsPeer.connect(coordinator.port4, identityOf("six"));
    peer.hello("v6peer");
    await peer.take("welcome");
    peer.socket.write(Uint8Array.of(0, 0, 0, 2, 0x7b, 0x7b));
    peer.say({ type: "ping", id: 7 });
    expect(await peer.take("error")).toMatchObject({ code: "malformed-json" });
    expect(await peer.take("pong")).toEqual({ type: "pong", id: 7 });
  });

  it("without the right ALPN name there is no connection", async () => {
    for (const ALPNProtocols of [["h2"], undefined]) {
      const socket = connectTls({
        port: coordinator.port4,
        rejectUnauthorized: false,
        ...(ALPNProtocols && { ALPNProtocols }),
      });
      await closeOf(socket);
    }
    // This end may know of the close before the coordinator does.
    await expect.poll(() => coordinator.machine.status()).toMatchObject({ connections: 0, addressGroups: 0 });
  });

  it("without TLS there is no connection either", async () => {
    const socket = connectTcp(coordinator.port4, "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\n\r\n");
    socket.resume();
    await closeOf(socket);
    await expect.poll(() => coordinator.machine.status().connections).toBe(0);
  });

  it("no TLS below 1.3", async () => {
    const socket = connectTls({
      port: coordinator.port4,
      rejectUnauthorized: false,
      maxVersion: "TLSv1.2",
      ALPNProtocols: [ALPN_PROTOCOL],
    });
    const [error] = (await once(socket, "error")) as [Error];
    expect(error.message).toMatch(/protocol version/);
  });

  it("a peer that does not read is cut off", async () => {
    const peer = await TlsPeer.connect(coordinator.port4, identityOf("six"));
    peer.hello("v6peer");
    await peer.take("welcome");
    peer.socket.pause();
    const prefixes = Array.from({ length: 64 }, () => ({
      prefix: PREFIX,
      peer: "a".repeat(32),
      health: "up" as const,
      exits: 0,
      abuse: "a".repeat(254),
    }));
    for (let i = 0; i < 1_000 && coordinator.machine.status().connections > 0; i++) {
      coordinator.tls.send(1, { type: "prefixes", prefixes });
      await new Promise(setImmediate);
    }
    expect(coordinator.machine.status()).toMatchObject({ connections: 0 });
    expect(coordinator.machine.counters.connectionsClosed["not-reading"]).toBe(1);
  });

  it("before welcome a frame of more than 4 KiB is refused by its length", async () => {
    const peer = await TlsPeer.connect(coordinator.port4, identityOf("six"));
    peer.socket.write(Uint8Array.of(0, 0, 0x10, 1));
    expect(await peer.take("error")).toMatchObject({ code: "frame-too-long" });
    await peer.ended;
  });

  it("UDP that is not Teredo is not answered", async () => {
    const socket = await udp("udp4", "127.0.0.1");
    const answers: unknown[] = [];
    socket.on("message", (payload) => answers.push(payload));
    socket.send(new Uint8Array(0), coordinator.udp.ports.primary, "127.0.0.1");
    socket.send(emitPrefixProof({ index: 0, nonce: new Uint8Array(16) }), coordinator.udp.ports.primary, "127.0.0.1");
    socket.send(
      solicitation({ token: toBase64url(new Uint8Array(16)), key: toBase64url(new Uint8Array(32)) }),
      coordinator.udp.ports.primary,
      "127.0.0.1",
    );
    while (coordinator.machine.counters.solicitationsRefused === 0) await new Promise(setImmediate);
    expect(answers).toEqual([]);
  });
});

describe("unfinished frames on many connections", () => {
  const HALF = 60_000;
  /** The first bytes of a frame of 65,536. */
  const half = Uint8Array.from({ length: 4 + HALF }, (_, i) => (i === 1 ? 1 : i < 4 ? 0 : 0x20));
  const welcomed = async (name: string): Promise<TlsPeer> => {
    const peer = await TlsPeer.connect(coordinator.port4, identityOf(name));
    peer.hello("v6peer");
    await peer.take("welcome");
    return peer;
  };

  it("above the limit cost the connection with the oldest one; the others are read", async () => {
    await coordinator.stop();
    coordinator = await new CoordinatorOnLoopback().start({}, 4 * MAX_FRAME_LENGTH);
    const peers = await Promise.all(["a", "b", "c", "d"].map(welcomed));
    for (const peer of peers) {
      peer.socket.write(half);
      // One after the other: wait until the coordinator has received all of it.
      while (coordinator.tls.unfinishedBytes < HALF * (peers.indexOf(peer) + 1)) await new Promise(setImmediate);
    }
    // The first one starts another frame, so that the second one has the oldest.
    peers[0].socket.write(new Uint8Array(65_536 - HALF).fill(0x20));
    expect(await peers[0].take("error")).toMatchObject({ code: "malformed-json" });
    peers[0].socket.write(half);
    const late = await welcomed("late");
    late.socket.write(half);
    await peers[1].ended;
    for (const peer of [peers[0], peers[2], peers[3], late]) {
      peer.socket.write(new Uint8Array(65_536 - HALF).fill(0x20));
      expect(await peer.take("error")).toMatchObject({ code: "malformed-json" });
      peer.say({ type: "ping", id: 7 });
      expect(await peer.take("pong")).toEqual({ type: "pong", id: 7 });
    }
    expect(coordinator.machine.counters.connectionsClosed["unfinished-frame"]).toBe(1);
    expect(coordinator.tls.unfinishedBytes).toBe(0);
  });

  it("are forgotten with their connections", async () => {
    const peer = await welcomed("a");
    peer.socket.write(half);
    while (coordinator.tls.unfinishedBytes < HALF) await new Promise(setImmediate);
    peer.socket.destroy();
    while (coordinator.machine.status().connections > 0) await new Promise(setImmediate);
    expect(coordinator.tls.unfinishedBytes).toBe(0);
  });
});

it("the certificate that peers see has the key that they pin", async () => {
  const peer = await TlsPeer.connect(coordinator.port4, identityOf("six"));
  expect(pinOf(peer.socket.getPeerX509Certificate()!)).toBe(coordinator.certificate.pin);
});
