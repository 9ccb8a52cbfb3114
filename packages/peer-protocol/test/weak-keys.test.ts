import { describe, expect, it } from "vitest";
import {
  bytesOfBase64url,
  checkAccept,
  checkOffer,
  derivePairKeys,
  type Hello,
  helloBytes,
  isStrongEd25519Point,
  isStrongX25519Point,
  signAccept,
  signHello,
  signOffer,
  toBase64url,
  verifyHello,
} from "../src/index.ts";
import { unhex } from "./support/bytes.ts";
import { accept, offer, suite, v4, v6, v6PrivateKey } from "./support/pair.ts";
import {
  SMALL_ORDER_ED25519,
  SMALL_ORDER_ED25519_NOT_CANONICAL,
  SMALL_ORDER_X25519,
  SMALL_ORDER_X25519_NOT_CANONICAL,
} from "./support/weak-points.ts";

const weakIdentities = [...SMALL_ORDER_ED25519, ...SMALL_ORDER_ED25519_NOT_CANONICAL];
const weakEphemerals = [...SMALL_ORDER_X25519, ...SMALL_ORDER_X25519_NOT_CANONICAL];

/** The neutral element as R, and S = 0: valid for a key of order n and one of n hashes. */
const FORGED = Uint8Array.of(1, ...new Uint8Array(63));
const hello: Omit<Hello, "signature"> = {
  type: "hello",
  role: "v4peer",
  versions: { lowest: 1, highest: 1 },
  features: [],
  identity: toBase64url(v4.identity),
};

/** An exporter for which Ed25519 alone accepts the forged signature; the last one tried, if it accepts none. */
function exporterFor(identity: Uint8Array): { exporter: Uint8Array; isFooled: boolean } {
  const exporter = new Uint8Array(32);
  for (; exporter[0] < 200; exporter[0]++) {
    if (suite.verify(identity, helloBytes("v4peer", identity, exporter), FORGED)) return { exporter, isFooled: true };
  }
  return { exporter, isFooled: false };
}

describe("an identity of small order", () => {
  it("fools Ed25519 alone", () => {
    expect(SMALL_ORDER_ED25519.filter((text) => exporterFor(unhex(text)).isFooled)).toEqual(SMALL_ORDER_ED25519);
  });

  it.each(weakIdentities)("is refused in hello: %s", (text) => {
    const identity = unhex(text);
    expect(isStrongEd25519Point(identity)).toBe(false);
    const { exporter } = exporterFor(identity);
    const forged = { ...hello, identity: toBase64url(identity), signature: toBase64url(FORGED) };
    expect(verifyHello(forged, exporter, suite)).toBe(false);
    // Whatever the suite says.
    expect(verifyHello(forged, exporter, { verify: () => true })).toBe(false);
  });

  it.each(weakIdentities)("is refused in offer and accept: %s", (text) => {
    const careless = { verify: () => true };
    const from = toBase64url(unhex(text));
    expect(checkOffer({ ...offer, from }, offer.to, careless)).toBe("bad-signature");
    expect(checkAccept({ ...offer, to: from }, { ...accept, from }, careless)).toBe("bad-signature");
    expect(checkOffer(offer, offer.to, careless)).toBeUndefined();
    expect(checkAccept(offer, accept, careless)).toBeUndefined();
  });
});

describe("a signature", () => {
  const exporter = new Uint8Array(32).fill(7);
  const { signature: text } = signHello(hello, exporter, v4.sign);
  const signature = bytesOfBase64url(text);
  const verify = (bytes: Uint8Array): boolean =>
    verifyHello({ ...hello, signature: toBase64url(bytes) }, exporter, { verify: () => true });

  it("is accepted as it is", () => {
    expect(verify(signature)).toBe(true);
    expect(verifyHello({ ...hello, signature: text }, exporter, suite)).toBe(true);
  });

  it("is refused with S + L, the same number in another form", () => {
    const order = unhex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    const other = signature.slice();
    let carry = 0;
    for (let i = 0; i < 32; i++) {
      carry += signature[32 + i] + order[i];
      other[32 + i] = carry;
      carry >>= 8;
    }
    expect(verify(other)).toBe(false);
    other.set(order, 32);
    expect(verify(other)).toBe(false);
    other[32]--;
    expect(verify(other)).toBe(true);
  });

  it.each(weakIdentities)("is refused with an R of small order: %s", (point) => {
    const other = signature.slice();
    other.set(unhex(point));
    expect(verify(other)).toBe(false);
  });

  it("is refused with an R that is not reduced", () => {
    const other = signature.slice();
    other.set(unhex(`f0${"ff".repeat(30)}7f`));
    expect(verify(other)).toBe(false);
  });
});

describe("an ephemeral key of small order", () => {
  it.each(weakEphemerals)("is refused in offer and accept, and gives no keys: %s", (text) => {
    const point = unhex(text);
    expect(isStrongX25519Point(point)).toBe(false);
    const ephemeral = toBase64url(point);
    const { type: _, signature: __, ...fields } = offer;
    expect(checkOffer(signOffer({ ...fields, ephemeral }, v6.sign), offer.to, suite)).toBe("weak-key");
    const weak = signAccept(offer, { ...accept, ephemeral }, v4.sign);
    expect(checkAccept(offer, weak, suite)).toBe("weak-key");
    const careless = { ...suite, x25519: () => new Uint8Array(32).fill(1) };
    expect(derivePairKeys(offer, weak, "v6peer", v6PrivateKey, careless)).toBe("weak-key");
  });

  it("is refused if the suite computes zeros from it", () => {
    const careless = { ...suite, x25519: () => new Uint8Array(32) };
    expect(derivePairKeys(offer, accept, "v6peer", v6PrivateKey, careless)).toBe("weak-key");
    expect(derivePairKeys(offer, accept, "v6peer", v6PrivateKey, suite)).not.toBe("weak-key");
  });
});
