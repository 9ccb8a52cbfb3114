import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { completeChecksum } from "../../src/translate/complete-checksum.ts";
import { cutFragment, cuttablePayload, fragmentPayload } from "../../src/translate/cut.ts";
import {
  checksumError,
  concat,
  filler,
  fragment,
  ipv6,
  tcp,
  udp,
  withChecksum,
  withPartialChecksum,
} from "../packet/build.ts";

function cut(packet: Uint8Array, mtu: number): Uint8Array[] {
  const bytes = concat(packet, new Uint8Array(mtu + 8));
  const fragments: Uint8Array[] = [];
  const total = cuttablePayload(bytes, 0, packet.length);
  for (let position = 0; position < total; position += fragmentPayload(mtu)) {
    const length = cutFragment(bytes, 0, packet.length, position, mtu, 0xabcd, packet.length);
    fragments.push(bytes.slice(packet.length, packet.length + length));
  }
  return fragments;
}

const offsetOf = (part: Uint8Array) => ((part[42] << 8) | part[43]) & 0xfff8;
const moreOf = (part: Uint8Array) => part[43] & 1;

describe("cutting (RFC 7915 §4.1, RFC 8200 §4.5)", () => {
  it("gives fragments that fit the MTU with their Fragment header and carry the whole payload", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1280, max: 1700 }), fc.integer({ min: 1240, max: 9000 }), (mtu, size) => {
        const packet = ipv6({ protocol: 17, payload: udp(1, 2, filler(size)) });
        const parts = cut(packet, mtu);
        expect(concat(...parts.map((part) => part.subarray(48)))).toEqual(packet.subarray(40));
        parts.forEach((part, i) => {
          const isLast = i === parts.length - 1;
          expect(part.length).toBeLessThanOrEqual(mtu);
          expect((part[4] << 8) | part[5]).toBe(part.length - 40);
          expect([part[6], part[40], moreOf(part)]).toEqual([44, 17, isLast ? 0 : 1]);
          expect(part.subarray(44, 48)).toEqual(Uint8Array.of(0, 0, 0xab, 0xcd));
          expect(offsetOf(part)).toBe(i * fragmentPayload(mtu));
          if (!isLast) expect((part.length - 48) % 8).toBe(0);
        });
      }),
      { numRuns: 50 },
    );
  });

  it("cuts a fragment into fragments of the same packet", () => {
    for (const more of [true, false]) {
      const packet = ipv6({ protocol: 17, payload: filler(1480), extensions: [fragment(2960, more, 0x55)] });
      const parts = cut(packet, 1280);
      expect(parts.map((part) => [part.length, offsetOf(part), moreOf(part), part[47], part[40]])).toEqual([
        [1280, 2960, 1, 0x55, 17],
        [48 + 1480 - 1232, 2960 + 1232, more ? 1 : 0, 0x55, 17],
      ]);
    }
  });
});

describe("completing a partial checksum", () => {
  it("gives the checksum that the sender would have written, and never zero for UDP (RFC 768)", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (data, isTcp) => {
        const protocol = isTcp ? 6 : 17;
        const packet = ipv6({ protocol, payload: isTcp ? tcp(1, 2, data) : udp(1, 2, data) });
        const partial = withPartialChecksum(packet);
        completeChecksum(partial, 40, partial.length, protocol);
        expect(checksumError(partial)).toBe(0);
        const at = isTcp ? 56 : 46;
        expect(partial.subarray(at, at + 2)).toEqual(withChecksum(packet).subarray(at, at + 2));
      }),
    );
  });

  it("a UDP checksum that comes out as zero is sent as 0xffff", () => {
    const packet = ipv6({ protocol: 17, payload: udp(1, 2, Uint8Array.of(0, 0)) });
    const rest = checksumError(packet);
    packet.set([(65535 - rest) >>> 8, (65535 - rest) & 255], 48);
    const partial = withPartialChecksum(packet);
    completeChecksum(partial, 40, partial.length, 17);
    expect(partial.subarray(46, 48)).toEqual(Uint8Array.of(0xff, 0xff));
  });
});
