import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { peerIdOf } from "../src/index.ts";
import { identityOfSeed, isPin, loadIdentity, nodeSuite, pinOf } from "../src/node/index.ts";
import { hex, unhex } from "./support/bytes.ts";

/** RFC 8032 §7.1, test 1, and RFC 7748 §6.1. */
const SEED = unhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
const PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
const ALICE = unhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
const BOB_PUBLIC = unhex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");

describe("the crypto suite of Node", () => {
  it("signs and verifies as RFC 8032 says", () => {
    const { publicKey, sign, peerId } = identityOfSeed(SEED);
    const signature = sign(new Uint8Array(0));
    expect(hex(publicKey)).toBe(PUBLIC);
    expect(hex(signature)).toMatch(/^e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155/);
    expect(nodeSuite.verify(publicKey, new Uint8Array(0), signature)).toBe(true);
    expect(nodeSuite.verify(publicKey, Uint8Array.of(1), signature)).toBe(false);
    expect(peerId).toBe(peerIdOf(publicKey, nodeSuite));
  });

  it("agrees on RFC 7748's secret", () => {
    expect(hex(nodeSuite.x25519(ALICE, BOB_PUBLIC)!)).toBe(
      "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742",
    );
  });

  it("does not throw for any bytes of a stranger", () => {
    expect(nodeSuite.verify(new Uint8Array(3), new Uint8Array(3), new Uint8Array(3))).toBe(false);
    expect(nodeSuite.x25519(ALICE, new Uint8Array(3))).toBeUndefined();
    expect(nodeSuite.x25519(ALICE, new Uint8Array(32)) ?? new Uint8Array(32)).toEqual(new Uint8Array(32));
  });
});

describe("an identity in a file", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "identity-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("is created once, readable only by its owner, and is the same the next time", () => {
    const path = join(directory, "identity.pem");
    const made = loadIdentity(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, "utf8")).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(loadIdentity(path).peerId).toBe(made.peerId);
    expect(nodeSuite.verify(made.publicKey, SEED, loadIdentity(path).sign(SEED))).toBe(true);
  });

  it("is refused with a sentence if the file contains something else", () => {
    const path = join(directory, "identity.pem");
    writeFileSync(path, "nonsense");
    expect(() => loadIdentity(path)).toThrow(/holds no private key in PEM/);
  });
});

describe("a pin", () => {
  it("is what openssl and curl compute from the public key", () => {
    const certificate = new X509Certificate(readFileSync(new URL("vectors/certificate.pem", import.meta.url)));
    expect(pinOf(certificate)).toBe(readFileSync(new URL("vectors/certificate.pin", import.meta.url), "utf8").trim());
    expect(isPin(pinOf(certificate))).toBe(true);
  });

  it.each(["", "sha256//", "sha256/AAAA", `sha256//${"A".repeat(43)}`, `sha256//${"A".repeat(42)}B=`])(
    "%j is none",
    (text) => {
      expect(isPin(text)).toBe(false);
    },
  );
});
