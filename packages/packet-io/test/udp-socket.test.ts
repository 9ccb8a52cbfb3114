import { execFileSync } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import {
  createDatagramBatch,
  createPacketBatch,
  cutPacket,
  type DatagramBatch,
  GSO_TCPV6,
  MERGE_ALL,
  MESSAGE_ROOM,
  NEEDS_CHECKSUM,
} from "@nat64/packet-io/packets";
import { borrowUdpSocket, openUdpSocket, type UdpOptions, type UdpSocket } from "@nat64/packet-io/udp";
import { PollSet } from "@nat64/packet-io/wait";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";

const LOOPBACK = "127.0.0.1";
const opened: { close(): void }[] = [];
afterEach(() => {
  for (const socket of opened.splice(0)) socket.close();
});

function open(options: UdpOptions = {}): UdpSocket {
  const socket = openUdpSocket({ address: LOOPBACK, ...options });
  opened.push(socket);
  return socket;
}

async function openPlain(): Promise<Socket> {
  const socket = createSocket("udp4");
  opened.push(socket);
  socket.bind(0, LOOPBACK);
  await once(socket, "listening");
  return socket;
}

function batchTo(port: number, payloads: readonly Uint8Array[]): DatagramBatch {
  const batch = createDatagramBatch({ capacity: payloads.length, bytes: 1 << 20 });
  let next = 0;
  for (const [slot, payload] of payloads.entries()) {
    batch.bytes.set(payload, next);
    batch.offset[slot] = next;
    batch.length[slot] = payload.length;
    batch.address[slot] = 0x7f000001;
    batch.port[slot] = port;
    next += payload.length;
  }
  batch.count = payloads.length;
  return batch;
}

function receive(socket: UdpSocket, batch: DatagramBatch, options = {}): Uint8Array[] {
  new PollSet([socket.fd]).wait(5000);
  socket.receive(batch, options);
  return Array.from({ length: batch.count }, (_, slot) =>
    batch.bytes.slice(batch.offset[slot], batch.offset[slot] + batch.length[slot]),
  );
}

/** A TCP segment over IPv6 with timestamps and `payload` bytes of noise, to be cut into pieces of 1000 or 1208 bytes. */
function tcpSuperPacket(port: number, payload: number): DatagramBatch {
  const packet = new Uint8Array(72 + payload).map((_, at) => (at * 7919) >>> 3);
  const view = new DataView(packet.buffer);
  view.setUint32(0, 0x60012345);
  view.setUint16(4, 32 + payload);
  view.setUint16(6, 0x0640);
  packet[52] = 0x80;
  packet[53] = 0x10;
  view.setUint16(56, 0);
  view.setUint16(56, pseudoSum(packet));
  const batch = batchTo(port, [packet]);
  batch.flags[0] = NEEDS_CHECKSUM;
  batch.gsoType[0] = GSO_TCPV6;
  batch.gsoSize[0] = payload % 1208 === 0 ? 1208 : 1000;
  batch.headerLength[0] = 72;
  batch.checksumStart[0] = 40;
  batch.checksumOffset[0] = 16;
  return batch;
}

function sum(bytes: Uint8Array, before = 0): number {
  let total = before;
  for (let i = 0; i < bytes.length; i += 2) total += (bytes[i] << 8) | (bytes[i + 1] ?? 0);
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return total;
}

/** RFC 8200 §8.1, for TCP. */
const pseudoSum = (packet: Uint8Array): number => sum(packet.subarray(8, 40), packet.length - 40 + 6);
const transportSum = (packet: Uint8Array): number => sum(packet.subarray(40), pseudoSum(packet));

const filled = (length: number, byte: number): Uint8Array => new Uint8Array(length).fill(byte);

describe("UdpSocket", () => {
  it("exchanges datagrams with a plain socket, and reports their sender", async () => {
    const plain = await openPlain();
    const socket = open();
    const arriving = once(plain, "message");
    expect(socket.send(batchTo(plain.address().port, [Buffer.from("there")]))).toBe(1);
    const [message, sender] = await arriving;
    expect([message.toString(), sender.address, sender.port]).toEqual(["there", LOOPBACK, socket.port]);

    await new Promise((resolve) => plain.send("back", socket.port, LOOPBACK, resolve));
    const batch = createDatagramBatch();
    expect(receive(socket, batch)).toEqual([new Uint8Array(Buffer.from("back"))]);
    expect([batch.address[0], batch.port[0]]).toEqual([0x7f000001, plain.address().port]);
    expect(socket.receive(batch)).toBe(0);
  });

  it("sends datagrams of one size, the last one shorter, in one message, and gets them back as datagrams", async () => {
    const plain = await openPlain();
    const lengths: number[] = [];
    const arrived = new Promise<void>((resolve) => {
      plain.on("message", (message) => {
        lengths.push(message.length);
        if (lengths.length === 3) resolve();
      });
    });
    const payloads = [filled(1000, 1), filled(1000, 2), filled(300, 3)];
    expect(open().send(batchTo(plain.address().port, payloads))).toBe(3);
    await arrived;
    expect(lengths).toEqual([1000, 1000, 300]);

    const [merging, single] = [open(), open({ merge: false })];
    expect([merging.merges, single.merges]).toEqual([true, false]);
    for (const socket of [merging, single]) {
      open().send(batchTo(socket.port, payloads));
      expect(receive(socket, createDatagramBatch())).toEqual(payloads);
    }
  });

  it("leaves out slots with port 0", () => {
    const receiver = open();
    const batch = batchTo(
      receiver.port,
      [1, 2, 3].map((byte) => filled(10, byte)),
    );
    batch.port[1] = 0;
    const sender = open();
    expect(sender.send(batch)).toBe(2);
    expect(sender.counters().refusedWrites).toBe(0);
    expect(receive(receiver, createDatagramBatch()).map(([byte]) => byte)).toEqual([1, 3]);
  });

  it("moves more messages in one batch than fit one system call, in order, aligned and with headroom", () => {
    const receiver = open({ merge: false, receiveBuffer: 1 << 20 });
    const payloads = Array.from({ length: 100 }, (_, index) => filled(index + 1, index));
    expect(open().send(batchTo(receiver.port, payloads))).toBe(100);
    const batch = createDatagramBatch({ bytes: 8 << 20, capacity: 8192 });
    expect(receive(receiver, batch, { headroom: 30, reserve: 4096 })).toEqual(payloads);
    for (const [slot, offset] of batch.offset.subarray(0, batch.count).entries()) {
      expect(offset).toBe(32 + slot * (MESSAGE_ROOM + 32));
    }
  });

  it("receives as many as room and slots allow, and leaves the rest for the next time", () => {
    const receiver = open({ merge: false });
    open().send(
      batchTo(
        receiver.port,
        Array.from({ length: 5 }, () => filled(10, 1)),
      ),
    );
    const bytes = createDatagramBatch({ bytes: 2 * (64 + MESSAGE_ROOM), capacity: 1024 });
    expect(receive(receiver, createDatagramBatch({ capacity: 65 }))).toHaveLength(2);
    expect(receiver.receive(bytes)).toBe(2);
    expect(receiver.receive(createDatagramBatch({ bytes: MESSAGE_ROOM, capacity: 64 }))).toBe(0);
    expect(receiver.receive(createDatagramBatch({ capacity: 1 }))).toBe(1);
  });

  it("cuts a super-packet into datagrams with good checksums, and merges them to the same again", () => {
    const [sender, receiver] = [open(), open({ receiveBuffer: 1 << 20 })];
    const batch = tcpSuperPacket(receiver.port, 50 * 1208);
    expect(sender.send(batch)).toBe(50);
    const whole = createDatagramBatch({ capacity: 256 });
    expect(receive(receiver, whole, { merge: MERGE_ALL })).toEqual([
      batch.bytes.slice(batch.offset[0], batch.offset[0] + batch.length[0]),
    ]);
    for (const field of ["flags", "gsoType", "gsoSize", "headerLength", "checksumStart", "checksumOffset"] as const) {
      expect([field, whole[field][0]]).toEqual([field, batch[field][0]]);
    }
    sender.send(batch);
    const pieces = receive(receiver, createDatagramBatch({ capacity: 256 }));
    expect(new Set(pieces.map((piece) => piece.length))).toEqual(new Set([1280]));
    expect(pieces.map(transportSum)).toEqual(Array(50).fill(0xffff));
  });

  it("cuts a super-packet into packets for receivers that cannot send one, as many as there is room for", () => {
    const whole = tcpSuperPacket(1, 5 * 1000);
    const pieces = createPacketBatch({ bytes: 8 * 1500, capacity: 8 });
    expect(cutPacket(whole, 0, pieces)).toBe(5);
    for (let slot = 0; slot < 5; slot++) {
      const packet = pieces.bytes.slice(pieces.offset[slot], pieces.offset[slot] + pieces.length[slot]);
      expect([packet.length, transportSum(packet), pieces.flags[slot], pieces.gsoType[slot]]).toEqual([
        1072, 0xffff, 0, 0,
      ]);
    }
    expect(cutPacket(whole, 0, createPacketBatch({ bytes: 3 * 1500, capacity: 3 }))).toBe(3);
    expect(cutPacket(whole, 0, createPacketBatch({ bytes: 8 * 1000, capacity: 8 }))).toBe(0);
    whole.gsoType[0] = 0;
    expect(cutPacket(whole, 0, pieces)).toBe(0);
    expect(() => cutPacket(whole, 999, pieces)).toThrow(expect.objectContaining({ code: "ERR_PACKET_IO_ARGUMENT" }));
  });

  it("lets a packet with a wrong checksum travel alone, unchanged, in the midst of its flow", () => {
    const [sender, receiver] = [open(), open({ receiveBuffer: 1 << 20 })];
    sender.send(tcpSuperPacket(receiver.port, 5 * 1000));
    const pieces = receive(receiver, createDatagramBatch({ capacity: 256 }));
    pieces[2][100] ^= 1;
    sender.send(batchTo(receiver.port, pieces));
    const merged = receive(receiver, createDatagramBatch({ capacity: 256 }), { merge: MERGE_ALL });
    expect(merged.map((packet) => packet.length - 72)).toEqual([2000, 1000, 2000]);
    expect(merged[1]).toEqual(pieces[2]);
  });

  it.skipIf(process.getuid?.() !== 0)(
    "sends one by one, in fragments, what the path is too narrow to send together (needs root)",
    () => {
      const script = fileURLToPath(new URL("./scenarios/narrow-path.mjs", import.meta.url));
      const output = execFileSync("unshare", ["--net", process.execPath, script], { encoding: "utf8" });
      expect(JSON.parse(output)).toEqual({ sent: 5, received: [1400, 1400, 1400, 1400, 100], errors: {} });
    },
  );

  it("skips and counts messages that the kernel refuses, and sends the others", () => {
    const receiver = open({ merge: false });
    const sender = open();
    const batch = batchTo(
      receiver.port,
      [1, 2, 3].map((byte) => filled(10, byte)),
    );
    batch.address[1] = 0xffffffff;
    expect(sender.send(batch)).toBe(2);
    expect(sender.counters()).toMatchObject({ writeErrors: { EACCES: 1 }, refusedWrites: 0 });
    expect(receive(receiver, createDatagramBatch()).map(([byte]) => byte)).toEqual([1, 3]);
  });

  it.each([
    ["offset past the end", { offset: (1 << 20) + 1 }],
    ["length past the end", { offset: (1 << 20) - 10, length: 11 }],
    ["offset and length that wrap round", { offset: 0xffffffff, length: 2 }],
    ["length over the longest datagram", { length: 65_508 }],
    ["length 0", { length: 0 }],
    ["a super-packet that is none", { gsoType: GSO_TCPV6, gsoSize: 5 }],
    ["a checksum outside of the packet", { flags: NEEDS_CHECKSUM, checksumStart: 8, checksumOffset: 1 }],
  ])("refuses a slot that lies: %s", (_, lie) => {
    const receiver = open();
    const sender = open();
    const batch = batchTo(
      receiver.port,
      [1, 2, 3].map((byte) => filled(10, byte)),
    );
    for (const [field, value] of Object.entries(lie)) batch[field as "offset"][1] = value;
    expect(sender.send(batch)).toBe(2);
    expect(sender.counters().refusedWrites).toBe(1);
  });

  it("sends or counts each message, whatever the batch says", () => {
    const sink = open({ merge: false });
    const sender = open();
    const batch = batchTo(
      sink.port,
      Array.from({ length: 8 }, () => filled(1, 1)),
    );
    const bytes = { ...batch, bytes: new Uint8Array(5000) };
    const slot = fc.record({
      offset: fc.oneof(fc.nat(5000), fc.nat(0xffffffff)),
      length: fc.oneof(fc.nat(5000), fc.nat(0xffffffff)),
      flags: fc.nat(3),
      checksumStart: fc.oneof(fc.nat(2000), fc.nat(0xffff)),
    });
    const total = (): number => {
      const { refusedWrites, shortWrites, writeErrors } = sender.counters();
      return refusedWrites + shortWrites + Object.values(writeErrors).reduce((sum, value) => sum + value, 0);
    };
    fc.assert(
      fc.property(fc.array(slot, { maxLength: 8 }), (slots) => {
        for (const [index, fields] of slots.entries()) {
          bytes.offset[index] = fields.offset;
          bytes.length[index] = fields.length;
          bytes.flags[index] = fields.flags;
          bytes.checksumStart[index] = fields.checksumStart;
        }
        bytes.count = slots.length;
        const before = total();
        return sender.send(bytes) + total() - before === slots.length;
      }),
      { numRuns: 300 },
    );
  });

  it("refuses batches whose block or bytes are wrong", () => {
    const socket = open();
    const good = (): DatagramBatch => batchTo(socket.port, [filled(1, 1)]);
    for (const wrong of [
      { count: 2 },
      { block: createPacketBatch().block },
      { block: good().block.subarray(0, 20) },
      { block: new Uint8Array(10_000) },
      { bytes: new Uint16Array(10_000) },
    ]) {
      const batch = { ...good(), ...wrong } as unknown as DatagramBatch;
      expect(() => socket.send(batch)).toThrow(expect.objectContaining({ code: "ERR_PACKET_IO_ARGUMENT" }));
    }
  });

  it.each([
    [{ address: "::1" }, "ERR_PACKET_IO_ARGUMENT"],
    [{ address: "127.1" }, "ERR_PACKET_IO_ARGUMENT"],
    [{ port: 65_536 }, "ERR_PACKET_IO_ARGUMENT"],
    [{ port: Number.NaN }, "ERR_PACKET_IO_ARGUMENT"],
    [{ address: "192.0.2.1" }, "ERR_PACKET_IO_ADDRESS"],
  ])("refuses to open %j with %s", (options, code) => {
    expect(() => openUdpSocket(options)).toThrow(expect.objectContaining({ name: "PacketIoError", code }));
  });

  it("says that a port is taken", () => {
    const { port } = open();
    expect(() => open({ port })).toThrow(
      expect.objectContaining({ code: "ERR_PACKET_IO_ADDRESS", errno: "EADDRINUSE" }),
    );
  });

  it("can be borrowed, and throws ERR_PACKET_IO_CLOSED after close", () => {
    const socket = open();
    const borrowed = borrowUdpSocket(socket.handle);
    expect(borrowed.send(batchTo(socket.port, [filled(3, 3)]))).toBe(1);
    borrowed.close();
    const batch = createDatagramBatch();
    expect(receive(socket, batch)).toHaveLength(1);
    socket.close();
    for (const use of [() => socket.handle, () => socket.receive(batch), () => borrowed.send(batch)]) {
      expect(use).toThrow(expect.objectContaining({ code: "ERR_PACKET_IO_CLOSED" }));
    }
  });
});
