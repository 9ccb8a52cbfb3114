import { createPacketBatch, GSO_TCPV6, GSO_UDP } from "@nat64/packet-io/packets";
import { describe, expect, it } from "vitest";
import { bytesInPackets } from "../src/data-path/worker-thread/bytes-in-packets.ts";

describe("bytes of the packets in a slot", () => {
  it.each([
    ["one packet is as long as it is", 0, 0, 0, 1280, 1280],
    ["64 datagrams of one byte have 64 headers", GSO_UDP, 1, 48, 48 + 64, 64 * 49],
    ["50 full TCP segments", GSO_TCPV6, 1208, 72, 72 + 50 * 1208, 50 * 1280],
    ["a shorter last segment", GSO_TCPV6, 1000, 60, 60 + 2001, 3 * 60 + 2001],
    ["a super-packet of one segment", GSO_TCPV6, 1000, 60, 60 + 1000, 1060],
  ])("%s", (_, gsoType, gsoSize, headerLength, length, bytes) => {
    const batch = createPacketBatch({ bytes: 16, capacity: 1 });
    batch.gsoType[0] = gsoType;
    batch.gsoSize[0] = gsoSize;
    batch.headerLength[0] = headerLength;
    expect(bytesInPackets(batch, 0, length)).toBe(bytes);
  });
});
