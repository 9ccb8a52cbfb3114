import { createSocket } from "node:dgram";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createDatagramBatch, type DatagramBatch, GSO_UDP, MERGE_ALL } from "@nat64/packet-io/packets";
import { openUdpSocket } from "@nat64/packet-io/udp";
import { TeredoRelay } from "@nat64/teredo";
import type { Tun } from "@nat64/tun";
import { describe, expect, it, onTestFinished } from "vitest";
import type { PeerExitsOptions } from "../src/data-path/messages/peer-exits.ts";
import { createRelayPort } from "../src/data-path/worker-thread/relay/create-relay-port.ts";
import { RELAY_BYTES } from "../src/data-path/worker-thread/relay/from-teredo.ts";
import { RelayPort } from "../src/data-path/worker-thread/relay/relay-port.ts";

/** A relay that also serves 2001:db8:77::/64. What it sends by UDP goes nowhere: 192.0.2.1 has no route on loopback. */
function relay(): RelayPort {
  const udp = openUdpSocket({ address: "127.0.0.1" });
  onTestFinished(() => udp.close());
  const options = {
    prefix: "2001:db8:64::/80",
    lab: true,
    relay: { udp: udp.handle, address: "192.0.2.45", serves: ["2001:db8:77::/64"] },
  } as unknown as PeerExitsOptions;
  return createRelayPort(options, PARTS);
}

const PARTS = {
  tun: { takes: MERGE_ALL, write: () => 0 } as unknown as Tun,
  random: () => 12_345,
  bytes: new Uint8Array(RELAY_BYTES),
  translate: () => {},
  toDevice: () => {},
};

/**
 * A relay on loopback for which every address is global, and a Teredo client there. `say` sends a datagram from the client,
 * in hexadecimal, and returns when the relay has taken it.
 *
 * @param served what the relay serves besides the /80
 */
async function listening(served: readonly string[] = []) {
  const udp = openUdpSocket({ address: "127.0.0.1" });
  onTestFinished(() => udp.close());
  const serves = [[PREFIX, 80] as const, ...served.map((each) => [each, 64] as const)];
  const machine = new TeredoRelay({
    serves: serves.map(([address, length]) => ({ address: bytes(address), length })),
    errorSource: bytes(PREFIX),
    own: [],
    isGlobalUnicast: () => true,
    hashKey: [1, 2],
    random: PARTS.random,
  });
  const isOwn = (packet: Uint8Array, at: number) => packet[at + 5] === 0x64;
  const port = new RelayPort(machine, udp, PARTS, isOwn, served.length > 0);
  const socket = createSocket("udp4");
  onTestFinished(() => void socket.close());
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const mapped = ~(socket.address() as AddressInfo).port & 0xffff;
  const say = async (datagram: string) => {
    const before = JSON.stringify(port.status());
    socket.send(bytes(datagram), udp.port, "127.0.0.1");
    while (JSON.stringify(port.status()) === before) {
      await sleep(1);
      port.receive(1);
    }
  };
  return { port, say, client: `20010000c00002220000${mapped.toString(16).padStart(4, "0")}80fffffe` };
}

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const CLIENT = "20010000c0000222000063bf34ff8ef5";
const PREFIX = "20010db8006400000000000000000000";
const SERVED = "20010db8007700000000000000000001";

/** An IPv6 packet without payload, in hexadecimal. */
const packet = (source: string, destination: string, nextHeader: number): string =>
  `600000000000${nextHeader.toString(16)}40${source}${destination}`;

/** `count` datagrams of `size` bytes from a served host to a Teredo client, as one super-packet. */
function burst(count: number, size: number, client = CLIENT): DatagramBatch {
  const batch = createDatagramBatch({ bytes: 1 << 17, capacity: 8 });
  const upper = 8 + count * size;
  batch.bytes.set(bytes(`60000000${upper.toString(16).padStart(4, "0")}1140`));
  batch.bytes.set(bytes(SERVED), 8);
  batch.bytes.set(bytes(client), 24);
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
    port.divert(packets, 0);
    expect(packets.count).toBe(0);
    expect(port.status()).toMatchObject({ peers: 1, bubblesSent: 1, queuedBytes: 2 * 148, drops: {} });
  });

  it("bounds what waits of a large burst, and counts the rest", () => {
    const port = relay();
    port.divert(burst(40, 1200), 0);
    const { bubblesSent, queuedBytes, drops } = port.status();
    expect(bubblesSent).toBe(1);
    expect(queuedBytes).toBeLessThanOrEqual(8192);
    expect(drops).toEqual({ "queue-full": 40 - queuedBytes / 1248 });
  });

  it("carries no segment that is larger than a Teredo packet may be, and counts each", () => {
    const port = relay();
    port.divert(burst(10, 1300), 0);
    expect(port.status()).toMatchObject({ peers: 0, bubblesSent: 0, queuedBytes: 0, drops: { "packet-too-big": 10 } });
  });

  it("counts as carried what has left, not what waits or was dropped", async () => {
    const { port, say, client } = await listening([SERVED]);
    port.divert(burst(2, 100, client), 0);
    port.divert(burst(2, 1300, client), 0);
    expect(port.status().packetsToTeredo).toBe(0);
    await say(packet(client, SERVED, 59));
    expect(port.status()).toMatchObject({ packetsToTeredo: 2, packetsFromTeredo: 0, queuedBytes: 0 });
    port.divert(burst(2, 100, client), 1);
    expect(port.status().packetsToTeredo).toBe(3);
    await say(packet(client, SERVED, 17));
    expect(port.status().packetsFromTeredo).toBe(1);
    // To the /80, without a probe that validated the way.
    await say(packet(client, PREFIX, 17));
    expect(port.status()).toMatchObject({ packetsFromTeredo: 1, drops: { "packet-too-big": 2, "not-validated": 1 } });
  });

  it.each([
    ["one byte", "60", "truncated"],
    ["a server's encapsulation that is cut", "0001", "truncated"],
    ["IPv4", `45${"00".repeat(50)}`, "unknown-encapsulation"],
    ["a packet from no Teredo address", packet(SERVED, SERVED, 17), "not-teredo"],
    ["an unknown encapsulation", `00${"22".repeat(50)}`, "unknown-encapsulation"],
    ["a packet to somewhere else", packet(CLIENT, "2a00".padEnd(32, "0"), 17), "destination-not-served"],
  ])("drops and counts %s", async (_, datagram, reason) => {
    const { port, say } = await listening();
    await say(datagram);
    expect(port.status()).toMatchObject({ peers: 0, packetsFromTeredo: 0, drops: { [reason]: 1 } });
  });

  it("leaves packets to others in the batch", () => {
    const packets = burst(2, 100);
    packets.bytes[24] = 0x2a;
    relay().divert(packets, 0);
    expect(packets.count).toBe(1);
  });
});
