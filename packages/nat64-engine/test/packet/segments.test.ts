/** How many packets a super-packet stands for: what caps and Identifications count. */
import { expect, test } from "vitest";
import { classify } from "../../src/packet/classify.ts";
import { Packet } from "../../src/packet/packet.ts";
import { segmentsOf } from "../../src/packet/segments.ts";
import { filler, ipv4, ipv6, tcp, udp, withChecksum } from "./build.ts";

function segments(bytes: Uint8Array, segmentSize: number): number {
  const packet = new Packet();
  packet.segmentSize = segmentSize;
  expect(classify(bytes, 0, bytes.length, packet)).toBe(0);
  return segmentsOf(bytes, packet);
}

test.each([
  ["an ordinary packet is one", ipv6({ protocol: 6, payload: tcp(1, 2, filler(5000)) }), 0, 1],
  ["two full segments", ipv6({ protocol: 6, payload: tcp(1, 2, filler(2416)) }), 1208, 2],
  ["… with options", ipv6({ protocol: 6, payload: tcp(1, 2, filler(2416), filler(12)) }), 1208, 2],
  ["a shorter last segment counts, too", ipv6({ protocol: 6, payload: tcp(1, 2, filler(2417)) }), 1208, 3],
  ["datagrams of one byte", withChecksum(ipv6({ protocol: 17, payload: udp(1, 2, filler(64)) })), 1, 64],
  ["over IPv4", ipv4({ protocol: 17, payload: udp(1, 2, filler(1000)) }), 500, 2],
  ["one without payload", ipv4({ protocol: 6, payload: tcp(1, 2, filler(0)) }), 1208, 1],
])("%s", (_, bytes, segmentSize, expected) => {
  expect(segments(bytes, segmentSize)).toBe(expected);
});
