import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checkProbe,
  copyNonce,
  emitProbe,
  hasNonce,
  isProbeOf,
  NO_NONCE,
  PROBE_LENGTH,
  type ProbeEnds,
  type ProbeNumber,
  parseProbe,
  type Role,
  readProbeNumber,
  verifyProbe,
} from "../src/index.ts";
import { hex, unhex } from "./support/bytes.ts";
import { nodeCrypto } from "./support/node-crypto.ts";
import { keys, suite } from "./support/pair.ts";
import vector from "./vectors/probes.json" with { type: "json" };

const NUMBERS: readonly ProbeNumber[] = [1, 2, 3];
const ends: ProbeEnds = { pair: unhex(vector.pair), v6: unhex(vector.v6), v4: unhex(vector.v4), keys };
const nonces = { a: unhex(vector.a), b: unhex(vector.b) };

function probe(number: ProbeNumber, change: Partial<ProbeEnds> = {}): Uint8Array {
  const packet = new Uint8Array(PROBE_LENGTH);
  emitProbe(number, { ...ends, ...change }, nonces, suite.hmacSha256, packet);
  return packet;
}

/** The checksum of RFC 1071 over the pseudo-header and the message: zero if it is correct. */
function checksumDefect(packet: Uint8Array): number {
  const view = new DataView(packet.buffer, packet.byteOffset);
  let sum = packet.length - 40 + 58;
  for (let at = 8; at < packet.length; at += 2) sum += view.getUint16(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum ^ 0xffff;
}

/** Corrects the checksum of a packet, as an attacker on the path would after a change. */
function repaired(packet: Uint8Array): Uint8Array {
  packet.set([0, 0], 42);
  const sum = checksumDefect(packet);
  packet.set([sum >>> 8, sum], 42);
  return packet;
}

const receiverOf = (number: ProbeNumber): Role => (number === 2 ? "v6peer" : "v4peer");
const verify = (packet: Uint8Array, receiver: Role, change: Partial<ProbeEnds> = {}): string | undefined =>
  checkProbe(packet, 0, packet.length) ?? verifyProbe(packet, 0, { ...ends, ...change }, receiver, suite.hmacSha256);

describe.each(NUMBERS)("probe %i", (number) => {
  it("is byte for byte that of the other implementation", () => {
    expect(hex(probe(number))).toBe(vector.packets[number - 1]);
  });

  it("is accepted by the end that it is for", () => {
    expect(verify(probe(number), receiverOf(number))).toBeUndefined();
  });

  it("has the fixed length and a valid checksum", () => {
    expect(probe(number)).toHaveLength(PROBE_LENGTH);
    expect(checksumDefect(probe(number))).toBe(0);
  });

  it("is read back as it was written", () => {
    const isReply = number === 2;
    expect(parseProbe(probe(number))).toEqual({
      number,
      source: isReply ? ends.v4 : ends.v6,
      destination: isReply ? ends.v6 : ends.v4,
      pair: ends.pair,
      a: nonces.a,
      b: number === 1 ? NO_NONCE : nonces.b,
    });
  });

  it("is the same in the middle of a buffer, and changes no bytes around it", () => {
    const buffer = new Uint8Array(PROBE_LENGTH + 20).fill(0xee);
    expect(emitProbe(number, ends, nonces, suite.hmacSha256, buffer, 7)).toBe(PROBE_LENGTH);
    expect(hex(buffer.slice(7, 7 + PROBE_LENGTH))).toBe(vector.packets[number - 1]);
    expect([...buffer.subarray(0, 7), ...buffer.subarray(7 + PROBE_LENGTH)]).toEqual(new Array(20).fill(0xee));
    expect(checkProbe(buffer, 7, PROBE_LENGTH)).toBeUndefined();
    expect(verifyProbe(buffer, 7, ends, receiverOf(number), suite.hmacSha256)).toBeUndefined();
    expect(readProbeNumber(buffer, 7)).toBe(number);
    expect(isProbeOf(buffer, 7, ends.pair)).toBe(true);
    expect(isProbeOf(buffer, 7, nonces.a)).toBe(false);
    expect(hasNonce(buffer, 7, "a", nonces.a)).toBe(true);
    expect(hasNonce(buffer, 7, "b", nonces.b)).toBe(number !== 1);
    const copy = new Uint8Array(16);
    copyNonce(buffer, 7, "a", copy);
    expect(copy).toEqual(nonces.a);
  });

  it("is refused by the end that sent it", () => {
    expect(verify(probe(number), receiverOf(number) === "v4peer" ? "v6peer" : "v4peer")).toBe("turned-round");
  });

  it("is refused with the addresses exchanged, the type changed and the checksum repaired", () => {
    const packet = probe(number);
    const turned = packet.slice();
    turned.set(packet.subarray(8, 24), 24);
    turned.set(packet.subarray(24, 40), 8);
    expect(verify(turned, receiverOf(number))).toBe("wrong-address");
    turned[40] = packet[40] === 128 ? 129 : 128;
    expect(verify(repaired(turned), receiverOf(number))).toBe("wrong-number");
    turned[53] = packet[53] === 4 ? 6 : 4;
    turned[54] = number === 2 ? 1 : 2;
    expect(verify(repaired(turned), receiverOf(turned[54] as ProbeNumber))).toBe("wrong-mac");
  });

  it("is refused with another key, the key of the other direction, another pair or other addresses", () => {
    const receiver = receiverOf(number);
    const zeros = new Uint8Array(32);
    expect(verify(probe(number, { keys: { toV4: zeros, toV6: zeros } }), receiver)).toBe("wrong-mac");
    expect(verify(probe(number, { keys: { toV4: keys.toV6, toV6: keys.toV4 } }), receiver)).toBe("wrong-mac");
    expect(verify(probe(number, { pair: nonces.a }), receiver)).toBe("wrong-pair");
    const freshAddress = ends.v4.slice();
    freshAddress[9] ^= 1;
    expect(verify(probe(number, { v4: freshAddress }), receiver)).toBe("wrong-address");
    expect(verify(probe(number, { v6: ends.v4 }), receiver)).toBe("wrong-address");
  });

  it("is refused with any bit changed under its MAC, and with any changed in the MAC", () => {
    const good = probe(number);
    const receiver = receiverOf(number);
    const positions = [...Array(32).keys()].map((i) => 8 + i).concat([...Array(72).keys()].map((i) => 48 + i));
    fc.assert(
      fc.property(fc.constantFrom(...positions), fc.integer({ min: 1, max: 255 }), (at, bits) => {
        const packet = good.slice();
        packet[at] ^= bits;
        expect(verify(packet, receiver)).toBeDefined();
        expect(verify(repaired(packet), receiver)).toBeDefined();
      }),
    );
  });
});

describe("packets that are not probes", () => {
  it.each<[string, string, (packet: Uint8Array) => Uint8Array]>([
    ["an empty packet", "not-a-probe", () => new Uint8Array(0)],
    ["half a header", "not-a-probe", (packet) => packet.subarray(0, 30)],
    ["IPv4", "not-a-probe", (packet) => packet.fill(0x45, 0, 1)],
    ["UDP", "not-a-probe", (packet) => packet.fill(17, 6, 7)],
    ["another ICMPv6 message", "not-a-probe", (packet) => packet.fill(1, 40, 41)],
    ["another code", "not-a-probe", (packet) => packet.fill(1, 41, 42)],
    ["somebody's ping", "not-a-probe", (packet) => packet.fill(0x61, 48, 52)],
    ["a probe that ends early", "wrong-size", (packet) => packet.subarray(0, 119)],
    ["a probe with trailing bytes", "wrong-size", (packet) => Uint8Array.of(...packet, 0)],
    ["a false payload length", "wrong-size", (packet) => packet.fill(79, 5, 6)],
    ["a probe of version 2", "unknown-version", (packet) => packet.fill(2, 52, 53)],
    ["message 0", "wrong-number", (packet) => repaired(packet.fill(0, 54, 55))],
    ["message 4", "wrong-number", (packet) => repaired(packet.fill(4, 54, 55))],
    ["a reply as message 1", "wrong-number", (packet) => repaired(packet.fill(129, 40, 41))],
    ["direction 5", "turned-round", (packet) => repaired(packet.fill(5, 53, 54))],
    ["a wrong checksum", "wrong-checksum", (packet) => packet.fill(0, 42, 44)],
  ])("names %s", (_, fault, change) => {
    const packet = change(probe(1));
    expect(checkProbe(packet, 0, packet.length)).toBe(fault);
    expect(parseProbe(packet)).toBe(fault);
  });

  it("survives any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 160 }), (packet) => {
        expect(typeof parseProbe(packet)).toBe("string");
      }),
    );
  });

  it("costs no HMAC until pair and addresses are correct", () => {
    const counting = nodeCrypto();
    const packet = probe(1);
    verifyProbe(packet, 0, { ...ends, pair: nonces.a }, "v4peer", counting.hmacSha256);
    verifyProbe(packet, 0, { ...ends, v6: ends.v4 }, "v4peer", counting.hmacSha256);
    verifyProbe(packet, 0, ends, "v6peer", counting.hmacSha256);
    expect(counting.hmacs()).toBe(0);
    verifyProbe(packet, 0, ends, "v4peer", counting.hmacSha256);
    expect(counting.hmacs()).toBe(1);
  });
});
