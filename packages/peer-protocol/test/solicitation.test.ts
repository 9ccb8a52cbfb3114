import { describe, expect, it } from "vitest";
import {
  ADVERTISEMENT_VALUE_LENGTH,
  advertisementValue,
  openAdvertisementValue,
  SOLICITATION_VALUE_LENGTH,
  solicitationValue,
  verifySolicitationValue,
} from "../src/index.ts";
import { hex, unhex } from "./support/bytes.ts";
import { nodeCrypto } from "./support/node-crypto.ts";
import vector from "./vectors/solicitation.json" with { type: "json" };

const { hmacSha256 } = nodeCrypto();
const solicitation = { token: unhex(vector.token), key: unhex(vector.key), nonce: unhex(vector.nonce) };
const origin = { address: 0xc6336407 | 0, port: vector.port };
const mappingNonce = unhex(vector.mappingNonce);

/** Each part of a solicitation changed, one at a time. */
const changes = (["token", "key", "nonce"] as const).map((name) => {
  const bytes = solicitation[name].slice();
  bytes[0] ^= 1;
  return [name, { ...solicitation, [name]: bytes }] as const;
});

describe("a Router Solicitation's authentication value", () => {
  const value = solicitationValue(solicitation, hmacSha256);

  it("is that of the other implementation and is accepted", () => {
    expect(hex(value)).toBe(vector.solicitationValue);
    expect(value).toHaveLength(SOLICITATION_VALUE_LENGTH);
    expect(verifySolicitationValue(value, solicitation, hmacSha256)).toBe(true);
  });

  it.each(changes)("is refused with another %s", (_, changed) => {
    expect(verifySolicitationValue(value, changed, hmacSha256)).toBe(false);
  });

  it("is refused if it is shorter, longer, empty or has a bit changed", () => {
    const wrong = [value.subarray(0, 31), Uint8Array.of(...value, 0), new Uint8Array(0), value.with(31, value[31] ^ 1)];
    for (const each of wrong) expect(verifySolicitationValue(each, solicitation, hmacSha256)).toBe(false);
  });
});

describe("a Router Advertisement's authentication value", () => {
  const value = advertisementValue(solicitation, origin, mappingNonce, hmacSha256);

  it("is that of the other implementation and contains the mapping nonce", () => {
    expect(hex(value)).toBe(vector.advertisementValue);
    expect(value).toHaveLength(ADVERTISEMENT_VALUE_LENGTH);
    expect(openAdvertisementValue(value, solicitation, origin, hmacSha256)).toEqual(mappingNonce);
  });

  it.each(changes)("is refused with another %s", (_, changed) => {
    expect(openAdvertisementValue(value, changed, origin, hmacSha256)).toBeUndefined();
  });

  it("is refused with an origin other than the one that the coordinator saw", () => {
    const wrong = [
      { ...origin, port: origin.port + 1 },
      { ...origin, address: origin.address ^ 1 },
    ];
    for (const each of wrong) expect(openAdvertisementValue(value, solicitation, each, hmacSha256)).toBeUndefined();
  });

  it("is refused with any byte changed, and with another length", () => {
    const wrong = [...value.keys()].map((i) => value.with(i, value[i] ^ 0x80));
    for (const each of [...wrong, value.subarray(1), new Uint8Array(0)]) {
      expect(openAdvertisementValue(each, solicitation, origin, hmacSha256)).toBeUndefined();
    }
  });

  it("cannot be made from a solicitation's", () => {
    const own = solicitationValue(solicitation, hmacSha256);
    const forged = Uint8Array.of(...mappingNonce, ...own);
    expect(openAdvertisementValue(forged, solicitation, origin, hmacSha256)).toBeUndefined();
  });
});
