import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pinOf } from "@nat64/peer-protocol/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ConfigFile } from "../src/config/index.ts";
import { loadCertificate } from "../src/shell/certificate.ts";
import { CoordinatorOnLoopback } from "./support/coordinator-on-loopback.ts";
import { identityOf } from "./support/peers.ts";
import { TlsPeer } from "./support/tls-peer.ts";

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "certificate-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const load = (tls: Partial<ConfigFile["tls"]>): ReturnType<typeof loadCertificate> =>
  loadCertificate({ tls: { listen: [], name: "c.example", ...tls } } as unknown as ConfigFile);

/** A key and a certificate in files, as an operator has them. */
function make(name: string): { certificate: string; key: string } {
  const paths = { certificate: join(directory, `${name}.crt`), key: join(directory, `${name}.key`) };
  const request = ["req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", `/CN=${name}`, "-days", "2"];
  execFileSync("openssl", [...request, "-keyout", paths.key, "-out", paths.certificate], { stdio: "pipe" });
  return paths;
}

describe("a self-signed certificate", () => {
  it("is a new one at each start, with the same pin", async () => {
    const path = join(directory, "key.pem");
    const [one, two] = [await load({ "self-signed": path }), await load({ "self-signed": path })];
    expect(one.pin).toBe(two.pin);
    expect(one.cert).not.toBe(two.cert);
  });

  it("is refused with a sentence if its key cannot be written", async () => {
    await expect(load({ "self-signed": join(directory, "no", "key.pem") })).rejects.toThrow(
      /no\/key\.pem cannot be written: ENOENT/,
    );
    await expect(load({ "self-signed": directory })).rejects.toThrow(/cannot be read: EISDIR/);
  });
});

describe.skipIf(!hasOpenssl)("a certificate from files (needs the program openssl)", () => {
  it("is refused with a sentence if a file is missing or certificate and key do not match", async () => {
    const [one, two] = [make("one"), make("two")];
    await expect(load({ ...one, key: two.key })).rejects.toThrow(/^no usable certificate with its key in .*two\.key: /);
    await expect(load({ ...one, key: join(directory, "nowhere") })).rejects.toThrow(/nowhere cannot be read: ENOENT/);
  });

  it("that replaces another is used for new connections; open ones continue", async () => {
    const coordinator = await new CoordinatorOnLoopback().start();
    try {
      const before = await TlsPeer.connect(coordinator.port4, identityOf("six"));
      before.hello("v6peer");
      await before.take("welcome");
      const renewed = await load(make("renewed"));
      coordinator.tls.setCertificate(renewed);
      const after = await TlsPeer.connect(coordinator.port4, identityOf("other"));
      expect(pinOf(after.socket.getPeerX509Certificate()!)).toBe(renewed.pin);
      expect(renewed.pin).not.toBe(coordinator.certificate.pin);
      before.say({ type: "ping", id: 3 });
      expect(await before.take("pong")).toEqual({ type: "pong", id: 3 });
    } finally {
      await coordinator.stop();
    }
  });
});
