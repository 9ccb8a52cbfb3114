import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checksumAt,
  checksumError,
  concat,
  filler,
  fragment,
  icmp,
  ipv4,
  ipv6,
  layout,
  PROTOCOL,
  partialError,
  sum,
  tcp,
  u16,
  udp,
  withChecksum,
  withPartialChecksum,
} from "../packet/build.ts";
import { type Direction, run, translate } from "./run.ts";

const port = fc.integer({ min: 0, max: 0xffff });
const ipv4Text = fc.tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 0, max: 255 }))).map((b) => b.join("."));
const data = fc.uint8Array({ maxLength: 70 });
/** Right, off by little, and off by anything. */
const error = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 65534 }));
const options4 = fc.constantFrom(new Uint8Array(0), Uint8Array.of(1, 1, 1, 0), Uint8Array.of(7, 7, 4, 0, 0, 0, 0, 0));
const extensions6 = fc.subarray([
  [0, concat([0, 0, 1, 4], u16(0), u16(0))],
  [60, concat([0, 1, 1, 12], new Uint8Array(12))],
  [43, concat([0, 0, 4, 0], u16(0), u16(0))],
] as [number, Uint8Array][]);

const transport = (isIPv6: boolean) =>
  fc.oneof(
    fc.record({
      protocol: fc.constant<number>(PROTOCOL.tcp),
      payload: fc.tuple(port, port, data).map((t) => tcp(...t)),
    }),
    fc.record({
      protocol: fc.constant<number>(PROTOCOL.udp),
      payload: fc.tuple(port, port, data).map((t) => udp(...t)),
    }),
    fc.record({
      protocol: fc.constant<number>(isIPv6 ? PROTOCOL.icmpv6 : PROTOCOL.icmp),
      payload: fc
        .tuple(fc.constantFrom(0, 1), port, port, data)
        .map(([reply, id, seq, body]) =>
          icmp((isIPv6 ? [128, 129] : [8, 0])[reply], 0, [...u16(id), ...u16(seq)], body),
        ),
    }),
  );

const packet4 = fc
  .record({ source: ipv4Text, destination: ipv4Text, options: options4, upper: transport(false), tos: fc.nat(255) })
  .map(({ upper, ...fields }) => ipv4({ ...fields, ...upper }));
const packet6 = fc
  .record({ source: ipv4Text, destination: ipv4Text, extensions: extensions6, upper: transport(true) })
  .map(({ upper, source, destination, extensions }) =>
    ipv6({ source: `2001:db8:64::${source}`, destination: `2001:db8:64::${destination}`, extensions, ...upper }),
  );

const directions: readonly [Direction, fc.Arbitrary<Uint8Array>][] = [
  ["6to4", packet6],
  ["4to6", packet4],
  ["6to6", packet6],
];

describe.each(directions)("translating %s never changes whether a checksum verifies", (direction, packets) => {
  it("RFC 7915 §4.5, §5.5: keeps the error of a whole checksum, zero or not, whatever addresses and ports become", () => {
    fc.assert(
      fc.property(packets, error, fc.nat(0xffff), (packet, wrong, portShift) => {
        const input = withChecksum(packet, wrong);
        expect(checksumError(input)).toBe(wrong);
        const out = translate(direction, input, { portShift });
        expect(checksumError(out)).toBe(wrong);
        if (out[0] >>> 4 === 4) expect(sum(out.subarray(0, 20))).toBe(0);
      }),
    );
  });

  it("keeps the error of a partial checksum; for ICMP it is completed", () => {
    fc.assert(
      fc.property(packets, error, fc.nat(0xffff), (packet, wrong, portShift) => {
        const input = withPartialChecksum(packet, wrong);
        const { out, packet: done } = run(direction, input, { portShift, partial: true });
        if (done.partialChecksum) expect(partialError(out)).toBe(wrong);
        else expect(checksumError(out)).toBe((65535 - wrong) % 65535);
      }),
    );
  });
});

describe("translating an ICMP error never changes whether its checksums verify", () => {
  const errors6 = fc
    .record({ inner: packet6, wrong: error, innerWrong: error, kind: fc.constantFrom([1, 0], [2, 0], [3, 0], [4, 1]) })
    .map(({ inner, wrong, innerWrong, kind: [type, code] }) => {
      const quoted = withChecksum(inner, innerWrong);
      const payload = icmp(type, code, [0, 0, 5, 0], quoted);
      return { wrong, innerWrong, packet: withChecksum(ipv6({ protocol: PROTOCOL.icmpv6, payload }), wrong) };
    });
  const errors4 = fc
    .record({ inner: packet4, wrong: error, innerWrong: error, kind: fc.constantFrom([3, 1], [3, 4], [11, 0], [3, 2]) })
    .map(({ inner, wrong, innerWrong, kind: [type, code] }) => {
      const quoted = withChecksum(inner, innerWrong);
      const payload = icmp(type, code, [0, 0, 5, 0], quoted);
      return { wrong, innerWrong, packet: withChecksum(ipv4({ protocol: PROTOCOL.icmp, payload }), wrong) };
    });
  it.each([
    ["6to4", errors6],
    ["4to6", errors4],
    ["6to6", errors6],
  ] as const)("%s: outer and inner", (direction, errors) => {
    fc.assert(
      fc.property(errors, fc.nat(0xffff), ({ packet, wrong, innerWrong }, portShift) => {
        const out = translate(direction, packet, { portShift });
        expect(checksumError(out)).toBe(wrong);
        const inner = out.subarray(layout(out).transport + 8);
        expect(checksumError(inner)).toBe(innerWrong);
        if (inner[0] >>> 4 === 4) expect(sum(inner.subarray(0, 20))).toBe(0);
      }),
    );
  });
});

describe("fragments", () => {
  it("RFC 7915 §4.1: the first fragment's checksum is updated for addresses and ports, as that of the whole packet", () => {
    const whole = ipv4({ protocol: PROTOCOL.udp, payload: udp(1000, 53, filler(91)) });
    const sent = withChecksum(whole);
    const first = ipv4({ protocol: PROTOCOL.udp, mf: true, id: 7, payload: sent.subarray(20, 20 + 64) });
    const rest = ipv4({ protocol: PROTOCOL.udp, offset: 64, id: 7, payload: sent.subarray(84) });
    const outs = [first, rest].map((part) => translate("4to6", part, { portShift: 5 }));
    const payload = concat(...outs.map((out) => out.subarray(48)));
    const joined = ipv6({ protocol: PROTOCOL.udp, payload });
    expect(checksumError(joined)).toBe(0);
  });

  it("RFC 7915 §5.1.1: and the other way", () => {
    const sent = withChecksum(ipv6({ protocol: PROTOCOL.udp, payload: udp(1000, 53, filler(91)) }));
    const parts = [
      ipv6({ protocol: PROTOCOL.udp, extensions: [fragment(0, true, 9)], payload: sent.subarray(40, 104) }),
      ipv6({ protocol: PROTOCOL.udp, extensions: [fragment(64, false, 9)], payload: sent.subarray(104) }),
    ];
    const outs = parts.map((part) => translate("6to4", part, { portShift: 5 }));
    const payload = concat(...outs.map((out) => out.subarray(20)));
    expect(checksumError(ipv4({ protocol: PROTOCOL.udp, payload }))).toBe(0);
  });
});

describe("UDP checksums of zero", () => {
  const without = ipv4({ protocol: PROTOCOL.udp, payload: udp(1000, 53, filler(33)) });

  it("RFC 7915 §4.5: get a right one on the way to IPv6", () => {
    expect(checksumError(translate("4to6", without, { portShift: 3 }))).toBe(0);
  });

  it("RFC 7915 §4.5: are dropped when the operator wants it so", () => {
    expect(run("4to6", without, { settings: { computesZeroChecksum: false } }).reason).toBe("udp-zero-checksum");
  });

  it("RFC 7915 §4.5: are dropped in a first fragment, of which no checksum can be computed", () => {
    const first = ipv4({ protocol: PROTOCOL.udp, mf: true, payload: udp(1000, 53, filler(40), 400) });
    expect(run("4to6", first).reason).toBe("udp-zero-checksum");
  });

  it("RFC 8200 §8.1: are invalid in IPv6, and would be valid in IPv4: dropped in every direction from IPv6", () => {
    const input = ipv6({ protocol: PROTOCOL.udp, payload: udp(1000, 53, filler(33)) });
    expect(run("6to4", input).reason).toBe("udp-zero-checksum");
    expect(run("6to6", input).reason).toBe("udp-zero-checksum");
    const first = ipv6({
      protocol: PROTOCOL.udp,
      payload: udp(1000, 53, filler(40), 400),
      extensions: [fragment(0, true, 1)],
    });
    expect(run("6to6", first).reason).toBe("udp-zero-checksum");
  });

  it("RFC 7915 §5.3: are left alone in the packet inside an ICMP error, which may be cut before them", () => {
    const quoted = ipv6({ protocol: PROTOCOL.udp, payload: udp(1000, 53, filler(33)) });
    const error = withChecksum(ipv6({ protocol: PROTOCOL.icmpv6, payload: icmp(1, 4, [0, 0, 0, 0], quoted) }));
    for (const direction of ["6to4", "6to6"] as const) expect(run(direction, error).reason).toBe("none");
  });

  it("of a super-packet become a partial one, since each segment needs its own", () => {
    const { out, packet } = run("4to6", without, { segmentSize: 10 });
    expect(packet.partialChecksum).toBe(true);
    expect(partialError(out)).toBe(0);
  });

  it("RFC 768: never come out of a checksum that there was", () => {
    fc.assert(
      fc.property(packet6, fc.nat(0xffff), (packet, portShift) => {
        fc.pre(layout(packet).protocol === PROTOCOL.udp);
        const out = translate("6to4", withChecksum(packet), { portShift });
        expect(out.subarray(checksumAt(out), checksumAt(out) + 2)).not.toEqual(Uint8Array.of(0, 0));
      }),
    );
  });
});
