import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Link, pseudoSum, type Sent, sizeOf, TCP_HEADERS, UDP_HEADERS } from "./harness.ts";

/** What a super-packet comes to at a rate, one piece after the other. */
function piecesOf(sent: Sent, rate: number): Link {
  const link = new Link({ rate });
  link.send(sent);
  link.run(60_000, undefined, 1000);
  return link;
}

const superPacket = fc.record({
  client: fc.constant(1),
  flow: fc.constant(7),
  payload: fc.integer({ min: 1, max: 64_000 }),
  segment: fc.integer({ min: 100, max: 1428 }),
  protocol: fc.constantFrom("tcp" as const, "udp" as const),
  sequence: fc.integer({ min: 0, max: 0xffffffff }),
  tcpFlags: fc.constantFrom(0x10, 0x18, 0x19, 0x90, 0x99),
});

describe("a super-packet that is larger than a millisecond of the rate", () => {
  it("goes in pieces of no more than that, one segment at least", () => {
    for (const [rate, most] of [
      [10e6, 1],
      [100e6, 8],
      [1e9, 44],
    ] as const) {
      const { left } = piecesOf({ client: 1, flow: 1, payload: 63_000, segment: 1428, protocol: "tcp" }, rate);
      const segments = left.map(({ bytes, segment }) =>
        segment === 0 ? 1 : Math.ceil((bytes.length - TCP_HEADERS) / segment),
      );
      expect(Math.max(...segments)).toBe(most === 44 ? 45 : most);
    }
  });

  it("is whole at the other end: payload, sequence numbers, lengths, checksums, flags", () => {
    fc.assert(
      fc.property(superPacket, fc.constantFrom(8e6, 30e6, 200e6), (sent, rate) => {
        const { left, shaper } = piecesOf(sent, rate);
        const headers = sent.protocol === "tcp" ? TCP_HEADERS : UDP_HEADERS;
        let before = 0;
        for (const { bytes, segment } of left) {
          const view = new DataView(bytes.buffer);
          const isLast = before + bytes.length - headers === sent.payload;
          expect(view.getUint16(4)).toBe(bytes.length - 40);
          expect(view.getUint16(sent.protocol === "tcp" ? 56 : 46) % 0xffff).toBe(pseudoSum(bytes) % 0xffff);
          if (sent.protocol === "tcp") {
            expect(view.getUint32(44)).toBe((sent.sequence + before) % 2 ** 32);
            const lastOnly = isLast ? 0xff : 0xff & ~0x09;
            expect(bytes[53]).toBe(sent.tcpFlags & lastOnly & (before === 0 ? 0xff : 0x7f));
          } else expect(view.getUint16(44)).toBe(bytes.length - 40);
          for (let i = headers; i < bytes.length; i++) {
            if (bytes[i] !== (((sent.sequence + before + i - headers) * 31) & 0xff))
              throw new Error(`byte ${i} is wrong`);
          }
          before += bytes.length - headers;
          expect(segment === 0 || segment === sent.segment).toBe(true);
          expect(isLast || (bytes.length - headers) % sent.segment === 0).toBe(true);
        }
        expect(before).toBe(sent.payload);
        expect(shaper.bytes).toBe(sizeOf(sent));
      }),
      { numRuns: 60 },
    );
  });
});
