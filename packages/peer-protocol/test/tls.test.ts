import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type TLSSocket } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import {
  ALPN_PROTOCOL,
  EXPORTER,
  encodeFrame,
  FrameDecoder,
  type Hello,
  parseMessage,
  signHello,
  toBase64url,
  verifyHello,
} from "../src/index.ts";
import { suite, v6 } from "./support/pair.ts";

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

/** A key and a certificate for one test. */
function makeCertificate(): { key: string; cert: string } {
  const request = ["req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=coordinator", "-days", "2"];
  const pem = execFileSync("openssl", [...request, "-keyout", "-", "-out", "-"], { encoding: "utf8", stdio: "pipe" });
  return { key: pem, cert: pem };
}

const exporterOf = (socket: TLSSocket): Uint8Array =>
  new Uint8Array(socket.exportKeyingMaterial(EXPORTER.length, EXPORTER.label, Buffer.alloc(0)));

const open: { destroy?: () => unknown; close?: () => unknown }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.destroy?.() ?? each.close?.();
});

/** A connection over loopback: the peer's end and the coordinator's. */
async function connection(): Promise<[TLSSocket, TLSSocket]> {
  const options = { minVersion: "TLSv1.3", ALPNProtocols: [ALPN_PROTOCOL] } as const;
  const server = createServer({ ...options, ...makeCertificate() });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, "secureConnection");
  const peer = connect({ ...options, port, host: "127.0.0.1", rejectUnauthorized: false });
  await once(peer, "secureConnect");
  const [coordinator] = (await accepted) as [TLSSocket];
  open.push(peer, coordinator, server);
  return [peer, coordinator];
}

const helloOn = (socket: TLSSocket): Hello =>
  signHello(
    {
      role: "v6peer",
      versions: { lowest: 1, highest: 1 },
      features: [],
      identity: toBase64url(v6.identity),
    },
    exporterOf(socket),
    v6.sign,
  );

describe.skipIf(!hasOpenssl)("hello over a real TLS connection (needs the program openssl)", () => {
  it("is accepted at the other end", async () => {
    const [peer, coordinator] = await connection();
    expect(peer.alpnProtocol).toBe(ALPN_PROTOCOL);
    peer.write(encodeFrame(helloOn(peer)));
    const [bytes] = (await once(coordinator, "data")) as [Uint8Array];
    const [event] = new FrameDecoder().push(bytes);
    const parsed = event.ok ? parseMessage(event.object, "v6peer-to-coordinator") : undefined;
    expect(parsed?.ok).toBe(true);
    if (!parsed?.ok) return;
    expect(verifyHello(parsed.message as Hello, exporterOf(coordinator), suite)).toBe(true);
  });

  it("is invalid if a man in the middle forwards it over another connection", async () => {
    const [peer] = await connection();
    const [, coordinator] = await connection();
    expect(verifyHello(helloOn(peer), exporterOf(coordinator), suite)).toBe(false);
  });
});
