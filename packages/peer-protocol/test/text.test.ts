import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesOfBase64url, fromBase64url, toBase64url } from "../src/index.ts";

describe("base64url", () => {
  it("is that of Node for any bytes, both ways", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = Buffer.from(bytes).toString("base64url");
        expect(toBase64url(bytes)).toBe(text);
        expect(fromBase64url(text)).toEqual(bytes);
      }),
    );
  });

  it("has one text for each string of bytes", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."AQgwBZ_-9=+/ é"), maxLength: 12 }), (text) => {
        const bytes = fromBase64url(text);
        if (bytes !== undefined) expect(toBase64url(bytes)).toBe(text);
      }),
    );
  });

  it.each(["A", "AB", "AAB", "AA==", "A+/A", "AA A", "\u{1f9a5}AA"])("refuses %j", (text) => {
    expect(fromBase64url(text)).toBeUndefined();
    expect(() => bytesOfBase64url(text)).toThrow(TypeError);
  });
});
