import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  concat,
  fragment,
  icmp,
  ipv4,
  ipv6,
  PROTOCOL,
  sum,
  tcp,
  toHex,
  u16,
  udp,
  withChecksum,
} from "../packet/build.ts";
import { PREFIX, translate } from "./run.ts";

const port = fc.nat(0xffff);
const byte = fc.nat(255);
const address4 = fc.tuple(byte, byte, byte, byte).map((bytes) => bytes.join("."));
const address6 = address4.map((text) => PREFIX.replace("/96", text));
const data = fc.uint8Array({ maxLength: 40 });
const ttl = fc.integer({ min: 3, max: 255 });

const upper = (isIPv6: boolean) =>
  fc.oneof(
    fc.tuple(port, port, data).map(([s, d, body]) => ({ protocol: PROTOCOL.tcp as number, payload: tcp(s, d, body) })),
    fc.tuple(port, port, data).map(([s, d, body]) => ({ protocol: PROTOCOL.udp as number, payload: udp(s, d, body) })),
    fc.tuple(port, port, data, fc.boolean()).map(([id, sequence, body, isReply]) => ({
      protocol: (isIPv6 ? PROTOCOL.icmpv6 : PROTOCOL.icmp) as number,
      payload: icmp(isIPv6 ? (isReply ? 129 : 128) : isReply ? 0 : 8, 0, [...u16(id), ...u16(sequence)], body),
    })),
    data.map((payload) => ({ protocol: 132, payload })),
  );

/** An extension-free packet; its checksum is right unless there is none to be right. */
function finish(packet: Uint8Array, protocol: number): Uint8Array {
  return protocol === 132 ? packet : withChecksum(packet);
}

const packet6 = fc
  .record({ source: address6, destination: address6, trafficClass: byte, hopLimit: ttl, upper: upper(true) })
  .map(({ upper: { protocol, payload }, ...rest }) => finish(ipv6({ ...rest, protocol, payload }), protocol));
const packet4 = fc
  .record({
    source: address4,
    destination: address4,
    tos: byte,
    ttl,
    id: fc.nat(0xffff),
    df: fc.boolean(),
    upper: upper(false),
  })
  .map(({ upper: { protocol, payload }, ...rest }) => finish(ipv4({ ...rest, protocol, payload }), protocol));

/** The packet with two hops fewer. */
function aged(packet: Uint8Array): Uint8Array {
  const copy = packet.slice();
  copy[copy[0] >>> 4 === 6 ? 7 : 8] -= 2;
  return copy;
}

/** Without what RFC 7915 gives up: Identification and DF of a packet that is no fragment, and the header checksum. */
function without(packet: Uint8Array): Uint8Array {
  const copy = packet.slice();
  copy.fill(0, 4, 8);
  copy.fill(0, 10, 12);
  return copy;
}

describe("there and back", () => {
  it("6→4→6 gives the same packet, two hops on", () => {
    fc.assert(
      fc.property(packet6, fc.nat(0xffff), (packet, portShift) => {
        const there = translate("6to4", packet, { portShift });
        expect(sum(there.subarray(0, 20))).toBe(0);
        const back = translate("4to6", there, { portShift: -portShift });
        expect(toHex(back)).toBe(toHex(aged(packet)));
      }),
    );
  });

  it("4→6→4 gives the same packet up to Identification and DF, two hops on", () => {
    fc.assert(
      fc.property(packet4, fc.nat(0xffff), (packet, portShift) => {
        const back = translate("6to4", translate("4to6", packet, { portShift }), { portShift: -portShift });
        expect(toHex(without(back))).toBe(toHex(without(aged(packet))));
        expect(sum(back.subarray(0, 20))).toBe(0);
      }),
    );
  });

  it("4→6→4 gives the same fragment, Identification and all", () => {
    const fragments = fc
      .record({
        source: address4,
        id: fc.nat(0xffff),
        ttl,
        unit: fc.integer({ min: 1, max: 8000 }),
        mf: fc.boolean(),
        payload: data,
      })
      .filter(({ payload }) => payload.length > 0)
      .map(({ unit, ...fields }) => ipv4({ ...fields, offset: unit * 8, protocol: PROTOCOL.udp }));
    fc.assert(
      fc.property(fragments, (packet) => {
        const back = translate("6to4", translate("4to6", packet));
        const expected = aged(packet);
        expected.set([0, 0], 10);
        back.set([0, 0], 10);
        expect(toHex(back)).toBe(toHex(expected));
      }),
    );
  });

  it("6→4→6 gives the same fragment with the low 16 bits of its Identification (RFC 7915 §5.1.1)", () => {
    const payload = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const packet = ipv6({
      protocol: PROTOCOL.udp,
      payload,
      extensions: [fragment(4096, true, 0x12345678)],
      hopLimit: 9,
    });
    const back = translate("4to6", translate("6to4", packet));
    const expected = ipv6({ protocol: PROTOCOL.udp, payload, extensions: [fragment(4096, true, 0x5678)], hopLimit: 7 });
    expect(toHex(back)).toBe(toHex(expected));
  });

  it("ICMP errors also come back with their inner packet", () => {
    const errors = fc
      .tuple(packet6, fc.constantFrom([1, 1], [1, 4], [3, 0], [3, 1]))
      .filter(([inner]) => inner[6] !== 132)
      .map(([inner, [type, code]]) =>
        withChecksum(ipv6({ protocol: PROTOCOL.icmpv6, payload: icmp(type, code, [0, 0, 0, 0], concat(inner)) })),
      );
    fc.assert(
      fc.property(errors, fc.nat(0xffff), (packet, portShift) => {
        const back = translate("4to6", translate("6to4", packet, { portShift }), { portShift: -portShift });
        expect(toHex(back)).toBe(toHex(aged(packet)));
      }),
    );
  });
});
