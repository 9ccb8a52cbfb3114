import { describe, expect, it } from "vitest";
import { classify } from "../../src/packet/classify.ts";
import { getAddress6 } from "../../src/packet/ipv6-address.ts";
import { Packet } from "../../src/packet/packet.ts";
import { answerEcho, isEchoRequest } from "../../src/translate/answer-echo.ts";
import { mayBeAnswered, writeIcmpv4Error, writeIcmpv6Error } from "../../src/translate/own-errors.ts";
import {
  address,
  checksumError,
  concat,
  filler,
  fragment,
  icmp,
  ipv4,
  ipv6,
  PROTOCOL,
  sum,
  toHex,
  udp,
  withChecksum,
  withPartialChecksum,
} from "../packet/build.ts";

const datagram = (length: number) => udp(1000, 53, filler(length));

function classified(bytes: Uint8Array, offset = 0): Packet {
  const packet = new Packet();
  classify(bytes, offset, bytes.length - offset, packet);
  return packet;
}

describe("errors of our own", () => {
  it("ICMPv6: quotes the packet as it came, to its source, from the given address", () => {
    const offender = ipv6({ protocol: 17, payload: datagram(30), source: "2001:db8::77" });
    const bytes = concat(offender, new Uint8Array(200));
    const own = new Int32Array(4);
    getAddress6(address("2001:db8::1"), 0, own);
    const at = offender.length + 9;
    const length = writeIcmpv6Error(
      bytes,
      at,
      classified(offender).outer,
      own,
      classified(offender).outer.tuple.source,
      2,
      0,
      1400,
    );
    const out = bytes.subarray(at, at + length);
    expect(toHex(out.subarray(8, 24))).toBe(toHex(address("2001:db8::1")));
    expect(toHex(out.subarray(24, 40))).toBe(toHex(address("2001:db8::77")));
    expect(toHex(out.subarray(40, 42)) + toHex(out.subarray(44, 48))).toBe("020000000578");
    expect(toHex(out.subarray(48))).toBe(toHex(offender));
    expect(checksumError(out)).toBe(0);
    expect(classified(out.slice()).isIcmpError).toBe(true);
  });

  it("ICMPv4: likewise, with a right header checksum", () => {
    const offender = ipv4({ protocol: 17, payload: datagram(31) });
    const bytes = concat(offender, new Uint8Array(200));
    const at = offender.length;
    const length = writeIcmpv4Error(bytes, at, classified(offender).outer, 0x0a000001, 3, 4, 1400, 99);
    const out = bytes.subarray(at, at + length);
    expect(toHex(out.subarray(20, 22)) + toHex(out.subarray(24, 28))).toBe("030400000578");
    expect(toHex(out.subarray(28))).toBe(toHex(offender));
    expect(sum(out.subarray(0, 20))).toBe(0);
    expect(checksumError(out)).toBe(0);
  });

  it("RFC 4443 §2.4 (c), RFC 1812 §4.3.2.3: fit 1280 and 576 bytes", () => {
    const six = concat(ipv6({ protocol: 17, payload: datagram(3000) }), new Uint8Array(1300));
    const at6 = six.length - 1300;
    expect(
      writeIcmpv6Error(six, at6, classified(six.subarray(0, at6)).outer, new Int32Array(4), new Int32Array(4), 3, 0, 0),
    ).toBe(1280);
    const four = concat(ipv4({ protocol: 17, payload: datagram(3000) }), new Uint8Array(600));
    const at4 = four.length - 600;
    expect(writeIcmpv4Error(four, at4, classified(four.subarray(0, at4)).outer, 1, 11, 0, 0, 0)).toBe(576);
    expect(checksumError(four.subarray(at4, at4 + 576))).toBe(0);
  });
});

describe("RFC 4443 §2.4 (e), RFC 1812 §4.3.2.7: no error is sent", () => {
  const six = (fields: Partial<Parameters<typeof ipv6>[0]>) => ipv6({ protocol: 17, payload: datagram(30), ...fields });
  const four = (fields: Partial<Parameters<typeof ipv4>[0]>) =>
    ipv4({ protocol: 17, payload: datagram(30), ...fields });
  const about = (inner: Uint8Array) => icmp(3, 0, [0, 0, 0, 0], inner);

  it.each([
    ["about an ICMPv6 error", six({ protocol: 58, payload: about(six({})) })],
    ["about an ICMPv6 error of unknown type", six({ protocol: 58, payload: icmp(100, 0, [0, 0, 0, 0], filler(60)) })],
    ["about an ICMPv4 error", four({ protocol: 1, payload: about(four({})) })],
    ["about a redirect", four({ protocol: 1, payload: icmp(5, 0, [0, 0, 0, 0], four({})) })],
    [
      "about an error about an error",
      four({ protocol: 1, payload: about(four({ protocol: 1, payload: about(four({})) })) }),
    ],
    ["about a later IPv6 fragment", six({ extensions: [fragment(64, false, 1)] })],
    ["about a later IPv4 fragment", four({ offset: 64 })],
    ["about a packet to many (IPv6)", six({ destination: "ff02::1" })],
    ["about a packet to many (IPv4)", four({ destination: "224.0.0.1" })],
    ["about a broadcast", four({ destination: "255.255.255.255" })],
    ["to ::", six({ source: "::" })],
    ["to ::1", six({ source: "::1" })],
    ["to a multicast address", six({ source: "ff0e::1" })],
    ["to 0.0.0.0", four({ source: "0.0.0.0" })],
    ["to a loopback address", four({ source: "127.0.0.1" })],
    ["to class E", four({ source: "240.0.0.1" })],
    ["about what is no IP packet", filler(40).fill(0x90)],
  ])("%s", (_, bytes) => {
    expect(mayBeAnswered(classified(bytes))).toBe(false);
  });

  it("but about ordinary packets, first fragments and echo messages", () => {
    const echo = icmp(128, 0, [0, 0, 0, 0], filler(8));
    for (const bytes of [
      six({}),
      four({}),
      six({ extensions: [fragment(0, true, 1)] }),
      six({ protocol: 58, payload: echo }),
    ]) {
      expect(mayBeAnswered(classified(bytes))).toBe(true);
    }
  });
});

describe("echo to the translator itself", () => {
  const data = filler(21);
  const request6 = ipv6({ protocol: PROTOCOL.icmpv6, payload: icmp(128, 0, [1, 2, 0, 3], data), hopLimit: 1 });
  const request4 = ipv4({
    protocol: PROTOCOL.icmp,
    payload: icmp(8, 0, [1, 2, 0, 3], data),
    options: Uint8Array.of(1, 1, 1, 0),
  });

  function answer(request: Uint8Array, partial = false): Uint8Array {
    const bytes = concat(new Uint8Array(64), request);
    const packet = classified(bytes, 64);
    packet.partialChecksum = partial;
    expect(isEchoRequest(packet)).toBe(true);
    answerEcho(bytes, packet, 77);
    return bytes.slice(packet.outOffset, packet.outOffset + packet.outLength);
  }

  it("RFC 4443 §4.2: is answered with the same data, addresses exchanged", () => {
    const out = answer(withChecksum(request6));
    expect(out.subarray(8, 40)).toEqual(concat(request6.subarray(24, 40), request6.subarray(8, 24)));
    expect([out[7], out[40]]).toEqual([64, 129]);
    expect(out.subarray(48)).toEqual(data);
    expect(checksumError(out)).toBe(0);
  });

  it("RFC 1122 §3.2.2.6: likewise in IPv4", () => {
    const out = answer(withChecksum(request4));
    expect(out.subarray(12, 20)).toEqual(concat(request4.subarray(16, 20), request4.subarray(12, 16)));
    expect([out[0], out[8], out[20]]).toEqual([0x45, 64, 0]);
    expect(sum(out.subarray(0, 20))).toBe(0);
    expect(checksumError(out)).toBe(0);
  });

  it("a wrong checksum stays wrong, a partial one is completed", () => {
    expect(checksumError(answer(withChecksum(request6, 99)))).toBe(99);
    expect(checksumError(answer(withPartialChecksum(request6), true))).toBe(0);
  });
});
