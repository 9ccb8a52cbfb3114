import { describe, expect, it } from "vitest";
import {
  type Accept,
  acceptBytes,
  checkAccept,
  checkOffer,
  derivePairKeys,
  hkdfSha256,
  makeEphemeralKeys,
  type Offer,
  offerBytes,
  signAccept,
  signOffer,
  toBase64url,
} from "../src/index.ts";
import { hex, unhex } from "./support/bytes.ts";
import { accept, keys, offer, suite, v4, v4PrivateKey, v6, v6PrivateKey } from "./support/pair.ts";
import vector from "./vectors/agreement.json" with { type: "json" };

const flip = (text: string): string => (text.startsWith("A") ? `B${text.slice(1)}` : `A${text.slice(1)}`);

/** Every field of an offer changed, one at a time. */
const changedOffers: [string, Partial<Offer>][] = [
  ["pair", { pair: flip(offer.pair) }],
  ["from", { from: accept.from }],
  ["prefix", { prefix: "2001:db8:65::/80" }],
  ["selector", { selector: offer.selector + 1 }],
  ["pinnedInternet", { pinnedInternet: !offer.pinnedInternet }],
  ["ephemeral", { ephemeral: flip(offer.ephemeral) }],
  ["signature", { signature: flip(offer.signature) }],
];

const [service, ...rest] = accept.policy.services;
const services = (change: object): Partial<Accept> => ({
  policy: { ...accept.policy, services: [{ ...service, ...change }, ...rest] },
});

/** Every field of an accept changed, one at a time. */
const changedAccepts: [string, Partial<Accept>][] = [
  ["ports.first", { ports: { ...accept.ports, first: accept.ports.first + 1 } }],
  ["ports.last", { ports: { ...accept.ports, last: accept.ports.last + 1 } }],
  ["policy.internet", { policy: { ...accept.policy, internet: !accept.policy.internet } }],
  ["policy.services, one missing", { policy: { ...accept.policy, services: rest } }],
  ["policy.services, turned round", { policy: { ...accept.policy, services: [...rest, service] } }],
  ["service.network, address", services({ network: "192.168.1.11/32" })],
  ["service.network, length", services({ network: "192.168.1.10/31" })],
  ["service.protocol", services({ protocol: "udp" })],
  ["service.firstPort", services({ firstPort: 442 })],
  ["service.lastPort", services({ lastPort: 444 })],
  ["pinnedInternet", { pinnedInternet: !accept.pinnedInternet }],
  ["ephemeral", { ephemeral: flip(accept.ephemeral) }],
  ["signature", { signature: flip(accept.signature) }],
];

describe("an offer", () => {
  it("signs the bytes that the other implementation signs", () => {
    expect(hex(offerBytes(offer))).toBe(vector.offerSigned);
    const { type: _, signature: __, ...fields } = offer;
    expect(signOffer(fields, v6.sign)).toEqual(offer);
    expect(checkOffer(offer, toBase64url(v4.identity), suite)).toBeUndefined();
  });

  it.each(changedOffers)("is refused with another %s", (_, change) => {
    expect(checkOffer({ ...offer, ...change }, offer.to, suite)).toBe("bad-signature");
  });

  it("is refused by a peer that it is not for, even if it names that peer", () => {
    expect(checkOffer(offer, offer.from, suite)).toBe("wrong-peer");
    expect(checkOffer({ ...offer, to: offer.from }, offer.from, suite)).toBe("bad-signature");
  });
});

describe("an accept", () => {
  it("signs the bytes that the other implementation signs", () => {
    expect(hex(acceptBytes(offer, accept))).toBe(vector.acceptSigned);
    const { ports, policy, pinnedInternet, ephemeral } = accept;
    expect(signAccept(offer, { ports, policy, pinnedInternet, ephemeral }, v4.sign)).toEqual(accept);
    expect(checkAccept(offer, accept, suite)).toBeUndefined();
  });

  it.each(changedAccepts)("is refused with another %s", (_, change) => {
    expect(checkAccept(offer, { ...accept, ...change }, suite)).toBe("bad-signature");
  });

  it.each(changedOffers.filter(([name]) => !["pair", "from", "signature"].includes(name)))(
    "is refused if the offer that it signed had another %s",
    (_, change) => {
      expect(checkAccept({ ...offer, ...change }, accept, suite)).toBe("bad-signature");
    },
  );

  it("is refused from another peer, for another peer and about another pair", () => {
    expect(checkAccept(offer, { ...accept, from: accept.to }, suite)).toBe("wrong-peer");
    expect(checkAccept(offer, { ...accept, to: accept.from }, suite)).toBe("wrong-peer");
    expect(checkAccept(offer, { ...accept, pair: flip(accept.pair) }, suite)).toBe("wrong-pair");
  });
});

describe("a pair's keys", () => {
  it("are the same at both ends and in the other implementation", () => {
    expect(derivePairKeys(offer, accept, "v4peer", v4PrivateKey, suite)).toEqual(keys);
    expect({ toV4: hex(keys.toV4), toV6: hex(keys.toV6) }).toEqual({ toV4: vector.toV4, toV6: vector.toV6 });
  });

  it.each([...changedOffers, ...changedAccepts].filter(([name]) => name !== "signature" && name !== "ephemeral"))(
    "differ if the ends have seen another %s",
    (name, change) => {
      const isOffer = changedOffers.some(([, each]) => each === change);
      const others = isOffer
        ? derivePairKeys({ ...offer, ...(change as Partial<Offer>) }, accept, "v6peer", v6PrivateKey, suite)
        : derivePairKeys(offer, { ...accept, ...(change as Partial<Accept>) }, "v6peer", v6PrivateKey, suite);
      expect(others, name).not.toEqual(keys);
    },
  );

  it("differ with other ephemeral keys", () => {
    const fresh = makeEphemeralKeys(suite);
    const renewed = signAccept(offer, { ...accept, ephemeral: fresh.publicKey }, v4.sign);
    expect(checkAccept(offer, renewed, suite)).toBeUndefined();
    const ours = derivePairKeys(offer, renewed, "v6peer", v6PrivateKey, suite);
    expect(ours).toEqual(derivePairKeys(offer, renewed, "v4peer", fresh.privateKey, suite));
    expect(ours).not.toEqual(keys);
  });

  it.each([
    ["zero", new Uint8Array(32)],
    ["one", Uint8Array.of(1, ...new Uint8Array(31))],
    // RFC 7748 §6.1 and https://cr.yp.to/ecdh.html#validate: a point of order eight.
    ["of order eight", unhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")],
  ])("are refused for an ephemeral key that is %s", (_, point) => {
    const weak = { ...accept, ephemeral: toBase64url(point) };
    expect(derivePairKeys(offer, weak, "v6peer", v6PrivateKey, suite)).toBe("weak-key");
    const careless = { ...suite, x25519: () => new Uint8Array(32) };
    expect(derivePairKeys(offer, weak, "v6peer", v6PrivateKey, careless)).toBe("weak-key");
  });
});

describe("HKDF", () => {
  it("gives what RFC 5869 appendix A.1 to A.3 print", () => {
    const run = (salt: string, secret: string, info: string, length: number): string =>
      hex(hkdfSha256(suite.hmacSha256, unhex(salt), unhex(secret), unhex(info), length));
    const range = (from: number, to: number): string => hex(Uint8Array.from({ length: to - from }, (_, i) => from + i));
    expect(run(range(0, 13), "0b".repeat(22), range(0xf0, 0xfa), 42)).toBe(
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    );
    expect(run(range(0x60, 0xb0), range(0, 0x50), range(0xb0, 0x100), 82)).toBe(
      "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
    );
    expect(run("", "0b".repeat(22), "", 42)).toBe(
      "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    );
  });
});
