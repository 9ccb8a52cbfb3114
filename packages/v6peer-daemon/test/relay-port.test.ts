import type { createEngine } from "@nat64/nat64-engine";
import { createDatagramBatch, type DatagramBatch, GSO_UDP, MERGE_ALL, openUdpSocket, type Tun } from "@nat64/tun";
import { describe, expect, it, onTestFinished } from "vitest";
import type { PeerExitsOptions } from "../src/peer-exits/messages.ts";
import { createRelayPort, type RelayPort } from "../src/peer-exits/relay-port.ts";

/** A relay that also serves 2001:db8:77::/64. What it sends by UDP goes nowhere: 192.0.2.1 has no route on loopback. */
function relay(): RelayPort {
  const udp = openUdpSocket({ address: "127.0.0.1" });
  onTestFinished(() => udp.close());
  const options = {
    prefix: "2001:db8:64::/80",
    lab: true,
    relay: { udp: udp.handle, address: "192.0.2.45", serves: ["2001:db8:77::/64"] },
  } as unknown as PeerExitsOptions;
  const tun = { takes: MERGE_ALL, write: () => 0 } as unknown as Tun;
  return createRelayPort(options, { engine: {} as ReturnType<typeof createEngine>, tun, random: () => 12_345 });
}

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const CLIENT = "20010000c0000222000063bf34ff8ef5";

/** `count` datagrams of `size` bytes from a served host to a Teredo client, as one super-packet. */
function burst(count: number, size: number): DatagramBatch {
  const batch = createDatagramBatch({ bytes: 1 << 17, capacity: 8 });
  const upper = 8 + count * size;
  batch.bytes.set(bytes(`60000000${upper.toString(16).padStart(4, "0")}1140`));
  batch.bytes.set(bytes("20010db8007700000000000000000001"), 8);
  batch.bytes.set(bytes(CLIENT), 24);
  batch.bytes.set(bytes(`00090035${upper.toString(16).padStart(4, "0")}0000`), 40);
  batch.count = 1;
  batch.length[0] = 40 + upper;
  batch.flags[0] = 1;
  batch.gsoType[0] = GSO_UDP;
  batch.gsoSize[0] = size;
  batch.headerLength[0] = 48;
  batch.checksumStart[0] = 40;
  batch.checksumOffset[0] = 6;
  return batch;
}

describe("the built-in relay", () => {
  it("asks for a client that it does not know when a burst goes there, and keeps what it may of it", () => {
    const port = relay();
    const packets = burst(2, 100);
    port.take(packets, 0);
    expect(packets.count).toBe(0);
    expect(port.status()).toMatchObject({ peers: 1, bubblesSent: 1, queuedBytes: 2 * 148, drops: {} });
  });

  it("bounds what waits of a large burst, and counts the rest", () => {
    const port = relay();
    port.take(burst(40, 1200), 0);
    const { bubblesSent, queuedBytes, drops } = port.status();
    expect(bubblesSent).toBe(1);
    expect(queuedBytes).toBeLessThanOrEqual(8192);
    expect(drops["queue-full"]).toBeGreaterThan(0);
  });

  it("leaves packets to others in the batch", () => {
    const packets = burst(2, 100);
    packets.bytes[24] = 0x2a;
    relay().take(packets, 0);
    expect(packets.count).toBe(1);
  });
});
