import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emitPrefixProof, PREFIX_PROOF_LENGTH, parsePrefixProof } from "../src/index.ts";
import { hex, unhex } from "./support/bytes.ts";
import vectors from "./vectors/prefix-proof.json" with { type: "json" };

describe("a proof of prefix", () => {
  it.each(vectors)("number $index is that of the other implementation, both ways", ({ index, nonce, payload }) => {
    const proof = { index, nonce: unhex(nonce) };
    expect(hex(emitPrefixProof(proof))).toBe(payload);
    expect(parsePrefixProof(unhex(payload))).toEqual(proof);
  });

  it.each<[string, (payload: Uint8Array) => Uint8Array]>([
    ["another magic word", (payload) => payload.with(0, 0x6e)],
    ["another version", (payload) => payload.with(4, 2)],
    ["a fourth one", (payload) => payload.with(5, 3)],
    ["one that is too short", (payload) => payload.subarray(0, PREFIX_PROOF_LENGTH - 1)],
    ["one that is too long", (payload) => Uint8Array.of(...payload, 0)],
  ])("is not accepted with %s", (_, change) => {
    expect(parsePrefixProof(change(unhex(vectors[0].payload)))).toBeUndefined();
  });

  it("survives any bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => parsePrefixProof(bytes) === undefined));
  });
});
