import { describe, expect, it } from "vitest";
import { type Hello, helloBytes, peerIdOf, shortPeerId, signHello, toBase64url, verifyHello } from "../src/index.ts";
import { hex, unhex } from "./support/bytes.ts";
import { identityOf, nodeCrypto, signerOf } from "./support/node-crypto.ts";
import vectors from "./vectors/hello.json" with { type: "json" };

const suite = nodeCrypto();
const [first, second] = vectors;
const exporter = unhex(first.exporter);

function helloOf(vector: typeof first): Hello {
  return signHello(
    {
      role: vector.role as Hello["role"],
      versions: { lowest: 1, highest: 1 },
      features: [],
      identity: toBase64url(unhex(vector.identity)),
    },
    unhex(vector.exporter),
    signerOf(unhex(vector.seed)),
  );
}

describe("a hello's signature", () => {
  it.each(vectors)("signs for a $role the bytes that the other implementation signs", (vector) => {
    const identity = unhex(vector.identity);
    expect(hex(identityOf(unhex(vector.seed)))).toBe(vector.identity);
    expect(hex(helloBytes(vector.role as Hello["role"], identity, exporter))).toBe(vector.signed);
    const hello = helloOf(vector);
    expect(hello.signature).toBe(toBase64url(unhex(vector.signature)));
    expect(verifyHello(hello, exporter, suite)).toBe(true);
  });

  it("is bound to the TLS connection", () => {
    const other = exporter.slice();
    other[31] ^= 1;
    expect(verifyHello(helloOf(first), other, suite)).toBe(false);
    expect(verifyHello(helloOf(first), exporter.subarray(0, 31), suite)).toBe(false);
    expect(verifyHello(helloOf(first), new Uint8Array(0), suite)).toBe(false);
  });

  it("is invalid without an exporter, even if both ends have none", () => {
    const none = new Uint8Array(0);
    const hello = helloOf({ ...first, exporter: "" });
    expect(verifyHello(hello, none, suite)).toBe(false);
  });

  it("is bound to the role and the identity", () => {
    const hello = helloOf(first);
    expect(verifyHello({ ...hello, role: "v4peer" }, exporter, suite)).toBe(false);
    expect(verifyHello({ ...hello, identity: toBase64url(unhex(second.identity)) }, exporter, suite)).toBe(false);
    expect(verifyHello({ ...hello, signature: helloOf(second).signature }, exporter, suite)).toBe(false);
    expect(verifyHello({ ...hello, identity: toBase64url(new Uint8Array(32).fill(255)) }, exporter, suite)).toBe(false);
  });
});

describe("a peer id", () => {
  it.each(vectors)("is the one that the other implementation computes for a $role", ({ identity, peerId }) => {
    expect(peerIdOf(unhex(identity), suite)).toBe(peerId);
  });

  it("has a short form in groups", () => {
    expect(shortPeerId("abcdefghijklmnopqrstuvwxyz234567")).toBe("abcd-efgh-ijkl-mnop");
  });
});
