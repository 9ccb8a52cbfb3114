import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CONE_FLAG,
  emitTeredoAddress,
  isCone,
  isTeredo,
  makeFlags,
  parseTeredoAddress,
  randomBits,
  readFlags,
  readMappedAddress,
  readMappedPort,
  readServer,
  TEREDO_ADDRESS_LENGTH,
  UG_FLAGS,
} from "../src/index.ts";
import { ipv6, PUBLISHED } from "./vectors.ts";

const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const uint16 = fc.integer({ min: 0, max: 0xffff });
const fields = fc.record({ server: word, flags: uint16, mappedPort: uint16, mappedAddress: word });

describe("a Teredo address", () => {
  it.each(PUBLISHED)("is read and written as published: $origin", ({ bytes, fields, cone, random }) => {
    expect(parseTeredoAddress(bytes)).toEqual(fields);
    expect(isCone(fields.flags)).toBe(cone);
    expect(randomBits(fields.flags)).toBe(random);
    const out = new Uint8Array(TEREDO_ADDRESS_LENGTH);
    emitTeredoAddress(fields, out);
    expect(out).toEqual(bytes);
  });

  it("reads back every field that was written, at any offset, and changes no bytes around it", () => {
    fc.assert(
      fc.property(fields, fc.nat(9), (address, offset) => {
        const bytes = new Uint8Array(TEREDO_ADDRESS_LENGTH + 9).fill(0xaa);
        emitTeredoAddress(address, bytes, offset);
        expect(parseTeredoAddress(bytes, offset)).toEqual(address);
        expect(readServer(bytes, offset)).toBe(address.server);
        expect(readFlags(bytes, offset)).toBe(address.flags);
        expect(readMappedPort(bytes, offset)).toBe(address.mappedPort);
        expect(readMappedAddress(bytes, offset)).toBe(address.mappedAddress);
        const around = [...bytes.subarray(0, offset), ...bytes.subarray(offset + TEREDO_ADDRESS_LENGTH)];
        expect(around.every((byte) => byte === 0xaa)).toBe(true);
      }),
    );
  });

  it("is written as the same bytes after it was read", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 12, maxLength: 12 }), (tail) => {
        const bytes = Uint8Array.from([0x20, 0x01, 0, 0, ...tail]);
        const out = new Uint8Array(TEREDO_ADDRESS_LENGTH);
        emitTeredoAddress(parseTeredoAddress(bytes)!, out);
        expect(out).toEqual(bytes);
      }),
    );
  });

  it("does not let a value that is too large spill into other fields", () => {
    const out = new Uint8Array(TEREDO_ADDRESS_LENGTH);
    emitTeredoAddress({ server: 0, flags: 0x1_0000, mappedPort: 0x1_0001, mappedAddress: -1 }, out);
    expect(parseTeredoAddress(out)).toEqual({ server: 0, flags: 0, mappedPort: 1, mappedAddress: -1 });
  });

  it.each([
    "2001:0001:4136:e378:8000:63bf:3fff:fdd2",
    "2001:0db8:0:0:0:0:0:1",
    "3ffe:831f:0:0:0:0:0:1",
    "0:0:0:0:0:0:0:0",
  ])("does not include addresses outside 2001::/32: %s", (text) => {
    expect(isTeredo(ipv6(text), 0)).toBe(false);
    expect(parseTeredoAddress(ipv6(text))).toBeUndefined();
  });
});

describe("the flags", () => {
  it("hold twelve random bits and leave cone, reserved, universal and group bit zero (RFC 5991 §3)", () => {
    const all = Array.from({ length: 4096 }, (_, random) => makeFlags(random));
    expect(new Set(all).size).toBe(4096);
    expect(all.reduce((sum, flags) => sum | flags, 0)).toBe(0x3cff);
    expect(all.every((flags, random) => randomBits(flags) === random)).toBe(true);
    expect(0x3cff & (CONE_FLAG | UG_FLAGS)).toBe(0);
  });

  it("use only twelve bits", () => {
    expect(makeFlags(0xffff_f123)).toBe(makeFlags(0x123));
  });
});
