import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Datagram,
  DatagramFault,
  DatagramView,
  decodeDatagram,
  describeDatagramFault,
  encodeDatagram,
  isBubble,
  makeBubble,
  parseDatagram,
} from "../src/index.ts";
import { ADVERTISEMENT, ANSWER_BUBBLE, CAPTURED, FORWARDED_BUBBLE, hex, SOLICITATION } from "./captured.ts";
import { ipv4, ipv6 } from "./vectors.ts";

const BUBBLE = makeBubble(ipv6("fe80:0:0:0:1:2:3:4"), ipv6("2001:0:808:808:0:1:2:3"));
const AUTHENTICATION = "0001000001020304050607080" + "0";
const ORIGIN = "0000f227f7f7f7f7";

function decode(bytes: Uint8Array): Datagram {
  const decoded = decodeDatagram(bytes);
  if (!decoded.ok) throw new Error(decoded.fault);
  return decoded.datagram;
}

function join(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...(typeof part === "string" ? hex(part) : part)]));
}

/** One defect each. */
const BAD: readonly { readonly fault: DatagramFault; readonly what: string; readonly bytes: Uint8Array }[] = [
  { fault: "truncated", what: "nothing", bytes: join("") },
  { fault: "truncated", what: "one byte", bytes: join("60") },
  { fault: "truncated", what: "a truncated IPv6 header", bytes: BUBBLE.subarray(0, 39) },
  { fault: "truncated", what: "a truncated origin indication", bytes: join(ORIGIN).subarray(0, 7) },
  { fault: "truncated", what: "an origin indication alone", bytes: join(ORIGIN) },
  { fault: "truncated", what: "a truncated authentication encapsulation", bytes: join(AUTHENTICATION).subarray(0, 12) },
  { fault: "truncated", what: "authentication longer than the datagram", bytes: join("0001ffff", new Uint8Array(100)) },
  { fault: "unknown-encapsulation", what: "an IPv4 packet", bytes: join("4500", BUBBLE) },
  { fault: "unknown-encapsulation", what: "an undefined encapsulation", bytes: join("0002", BUBBLE) },
  { fault: "misplaced-encapsulation", what: "two origin indications", bytes: join(ORIGIN, ORIGIN, BUBBLE) },
  {
    fault: "misplaced-encapsulation",
    what: "authentication twice",
    bytes: join(AUTHENTICATION, AUTHENTICATION, BUBBLE),
  },
  {
    fault: "misplaced-encapsulation",
    what: "authentication after the origin",
    bytes: join(ORIGIN, AUTHENTICATION, BUBBLE),
  },
  { fault: "bad-length", what: "a missing payload", bytes: join("600000000001", BUBBLE.subarray(6)) },
  { fault: "bad-trailer", what: "one byte after the packet", bytes: join(BUBBLE, "00") },
  { fault: "bad-trailer", what: "a trailer longer than the datagram", bytes: join(BUBBLE, "0105aabbccdd") },
  { fault: "refused-trailer", what: "an unknown trailer that asks to discard", bytes: join(BUBBLE, "4000") },
];

describe("a Teredo datagram", () => {
  it.each(CAPTURED)("is read as Miredo sends it and written as the same bytes: $what", ({ bytes }) => {
    expect(encodeDatagram(decode(bytes))).toEqual(bytes);
  });

  it("can have an origin indication, which is read not inverted", () => {
    expect(decode(FORWARDED_BUBBLE.bytes).origin).toEqual({ address: ipv4("45.0.2.10"), port: 51226 });
    expect(decode(ADVERTISEMENT.bytes).origin).toEqual({ address: ipv4("45.0.2.30"), port: 34971 });
  });

  it("can have an authentication encapsulation", () => {
    expect(decode(SOLICITATION.bytes).authentication).toEqual({
      clientIdentifier: new Uint8Array(0),
      authenticationValue: new Uint8Array(0),
      nonce: hex("d2b797aebfdaf6e1"),
      confirmation: 0,
    });
  });

  it("may have trailers, which are skipped (RFC 6081 §4)", () => {
    // Nonce trailer (type 1) and random port trailer (type 5).
    const { packet } = decode(join(BUBBLE, "0104a1b2c3d4", "05021234"));
    expect(packet).toEqual(BUBBLE);
  });

  it.each(BAD)("is $fault when it is $what", ({ fault, bytes }) => {
    expect(decodeDatagram(bytes)).toEqual({ ok: false, fault });
    expect(describeDatagramFault(fault)).toMatch(/^[A-Z].*\.$/);
  });

  it("is written as it was read, with any contents, and parsed at any offset", () => {
    const field = fc.uint8Array({ maxLength: 255 });
    const authentication = fc.record({
      clientIdentifier: field,
      authenticationValue: field,
      nonce: fc.uint8Array({ minLength: 8, maxLength: 8 }),
      confirmation: fc.nat(255),
    });
    const origin = fc.record({ address: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), port: fc.nat(0xffff) });
    const parts = fc.record({ authentication, origin }, { requiredKeys: [] });
    fc.assert(
      fc.property(parts, fc.uint8Array({ maxLength: 64 }), fc.nat(5), (headers, payload, offset) => {
        const packet = join(BUBBLE, payload);
        packet[5] = payload.length;
        const bytes = encodeDatagram({ ...headers, packet });
        expect(decode(bytes)).toEqual({ ...headers, packet });
        const view = new DatagramView();
        expect(parseDatagram(join(new Uint8Array(offset), bytes, "ff"), offset, offset + bytes.length, view)).toBe(0);
        expect(view.packetAt).toBe(offset + bytes.length - packet.length);
        expect(view.packetLength).toBe(packet.length);
      }),
    );
  });

  it("refuses to write an authentication field of impossible length", () => {
    const authentication = {
      clientIdentifier: new Uint8Array(256),
      authenticationValue: new Uint8Array(0),
      nonce: new Uint8Array(8),
      confirmation: 0,
    };
    expect(() => encodeDatagram({ authentication, packet: BUBBLE })).toThrow(RangeError);
    expect(() =>
      encodeDatagram({
        authentication: { ...authentication, clientIdentifier: new Uint8Array(0), nonce: new Uint8Array(7) },
        packet: BUBBLE,
      }),
    ).toThrow(RangeError);
  });

  it("never throws and never points outside itself, whatever arrives", () => {
    const view = new DatagramView();
    const mutation = fc.tuple(fc.constantFrom(...CAPTURED), fc.array(fc.tuple(fc.nat(130), fc.nat(255))), fc.nat(130));
    fc.assert(
      fc.property(mutation, ([{ bytes }, changes, length]) => {
        const mutant = bytes.slice(0, length);
        for (const [at, byte] of changes) if (at < mutant.length) mutant[at] = byte;
        const fault = parseDatagram(mutant, 0, mutant.length, view);
        expect(fault).toBeLessThan(Object.keys(DatagramFault).length);
        if (fault === 0) expect(view.packetAt + view.packetLength).toBeLessThanOrEqual(mutant.length);
      }),
      { numRuns: 500 },
    );
  });
});

describe("a bubble", () => {
  it("is only an IPv6 header with next header 59", () => {
    expect(isBubble(BUBBLE, 0)).toBe(true);
    const { bytes } = ANSWER_BUBBLE;
    expect(makeBubble(bytes.slice(8, 24), bytes.slice(24, 40))).toEqual(bytes);
    expect(isBubble(ANSWER_BUBBLE.bytes, 0)).toBe(true);
  });

  it("is not a packet with a payload or with another next header", () => {
    expect(isBubble(hex("6000000000013bff"), 0)).toBe(false);
    expect(isBubble(hex("6000000000003aff"), 0)).toBe(false);
  });
});
