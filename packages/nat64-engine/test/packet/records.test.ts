import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emitFragmentHeader, parseFragmentHeader } from "../../src/packet/fragment-header.ts";
import { emitIcmpHeader, parseIcmpHeader } from "../../src/packet/icmp.ts";
import { emitIPv4Header, parseIPv4Header } from "../../src/packet/ipv4.ts";
import { emitIPv6Header, parseIPv6Header } from "../../src/packet/ipv6.ts";
import { emitTcpHeader, parseTcpHeader } from "../../src/packet/tcp.ts";
import { emitUdpHeader, parseUdpHeader } from "../../src/packet/udp.ts";
import { concat, hex, toHex } from "./build.ts";

const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

/** Random bytes with a first byte that makes them a header. */
const ipv4Bytes = fc
  .integer({ min: 5, max: 15 })
  .chain((words) => bytesOf(words * 4).map((bytes) => concat([0x40 | words], bytes.subarray(1))));
const tcpBytes = fc.integer({ min: 5, max: 15 }).chain((words) =>
  bytesOf(words * 4).map((bytes) => {
    bytes[12] = (words << 4) | (bytes[12] & 15);
    return bytes;
  }),
);
const extension = fc.tuple(fc.constantFrom(0, 43, 44, 60), fc.integer({ min: 0, max: 3 })).chain(([type, units]) =>
  bytesOf(type === 44 ? 8 : 8 + 8 * units).map((bytes) => {
    if (type !== 44) bytes[1] = units;
    return { type, bytes };
  }),
);
const ipv6Bytes = fc
  .tuple(bytesOf(40), fc.array(extension, { maxLength: 4 }), fc.constantFrom(6, 17, 58, 59, 50, 51))
  .map(([fixed, extensions, last]) => {
    const types = [...extensions.map(({ type }) => type), last];
    fixed[0] = 0x60 | (fixed[0] & 15);
    fixed[6] = types[0];
    return concat(fixed, ...extensions.map(({ bytes }, i) => concat([types[i + 1]], bytes.subarray(1))));
  });

type Format = readonly [
  name: string,
  bytes: fc.Arbitrary<Uint8Array>,
  parse: (bytes: Uint8Array, at?: number) => unknown,
  emit: (record: never, bytes: Uint8Array, at?: number) => number,
];

const formats: readonly Format[] = [
  ["IPv4 with options", ipv4Bytes, parseIPv4Header, emitIPv4Header],
  ["IPv6 with extension headers", ipv6Bytes, parseIPv6Header, emitIPv6Header],
  ["Fragment header", bytesOf(8), parseFragmentHeader, emitFragmentHeader],
  ["TCP with options", tcpBytes, parseTcpHeader, emitTcpHeader],
  ["UDP", bytesOf(8), parseUdpHeader, emitUdpHeader],
  ["ICMP and ICMPv6", bytesOf(8), parseIcmpHeader, emitIcmpHeader],
];

describe.each(formats)("%s", (_, arbitrary, parse, emit) => {
  it("gives the same bytes when emitted after it was parsed, wherever it lies", () => {
    fc.assert(
      fc.property(arbitrary, fc.nat(9), (bytes, at) => {
        const record = parse(concat(new Uint8Array(at), bytes), at);
        const again = new Uint8Array(at + bytes.length);
        expect(emit(record as never, again, at)).toBe(bytes.length);
        expect(toHex(again.subarray(at))).toBe(toHex(bytes));
      }),
    );
  });

  it("is undefined when cut off anywhere", () => {
    fc.assert(
      fc.property(arbitrary, fc.nat(), (bytes, cut) => {
        expect(parse(bytes.subarray(0, cut % bytes.length))).toBeUndefined();
      }),
    );
  });
});

describe("records of literal bytes", () => {
  it("IPv4 (192.168.0.1 to 192.168.0.199, UDP)", () => {
    const header = parseIPv4Header(hex("4500 0073 0000 4000 4011 b861 c0a8 0001 c0a8 00c7"));
    expect(header).toMatchObject({ totalLength: 115, flags: 2, timeToLive: 64, protocol: 17, checksum: 0xb861 });
    expect(header?.source).toBe(0xc0a80001 | 0);
  });

  it("IPv6 with a Fragment header", () => {
    const fixed = hex(
      "6011 2345 0010 2c40 | 20010db8 00000000 00000000 00000001 | 0064ff9b 00000000 00000000 c0000201",
    );
    const header = parseIPv6Header(concat(fixed, hex("1100 0009 deadbeef | 0035 0035 0008 0000")));
    expect(header).toMatchObject({
      trafficClass: 1,
      flowLabel: 0x12345,
      payloadLength: 16,
      hopLimit: 64,
      protocol: 17,
    });
    expect(parseFragmentHeader(header?.extensionHeaders[0].bytes ?? new Uint8Array(0))).toMatchObject({
      offset: 8,
      moreFragments: true,
      identification: 0xdeadbeef | 0,
    });
  });
});
