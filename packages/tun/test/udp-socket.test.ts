import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import {
  borrowUdpSocket,
  createDatagramBatch,
  type DatagramBatch,
  MAX_SEGMENTS,
  openUdpSocket,
  Poller,
  type UdpOptions,
  type UdpSocket,
} from "@nat64/tun";
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

interface Message {
  readonly payload: Uint8Array;
  readonly segmentSize?: number;
}

function batchTo(port: number, messages: readonly Message[]): DatagramBatch {
  const batch = createDatagramBatch({ capacity: messages.length, bytes: 1 << 20 });
  let next = 0;
  for (const [slot, { payload, segmentSize = 0 }] of messages.entries()) {
    batch.bytes.set(payload, next);
    batch.offset[slot] = next;
    batch.length[slot] = payload.length;
    batch.segmentSize[slot] = segmentSize;
    batch.address.set([127, 0, 0, 1], 4 * slot);
    batch.port[slot] = port;
    next += payload.length;
  }
  batch.count = messages.length;
  return batch;
}

function receive(socket: UdpSocket, batch: DatagramBatch, options = {}): Required<Message>[] {
  new Poller([socket.fd]).wait(5000);
  socket.receive(batch, options);
  return Array.from({ length: batch.count }, (_, slot) => ({
    payload: batch.bytes.slice(batch.offset[slot], batch.offset[slot] + batch.length[slot]),
    segmentSize: batch.segmentSize[slot],
  }));
}

const filled = (length: number, byte: number): Uint8Array => new Uint8Array(length).fill(byte);

describe("UdpSocket", () => {
  it("exchanges datagrams with a plain socket, and tells who sent them", async () => {
    const plain = await openPlain();
    const socket = open();
    const arriving = once(plain, "message");
    expect(socket.send(batchTo(plain.address().port, [{ payload: Buffer.from("there") }]))).toBe(1);
    const [message, sender] = await arriving;
    expect([message.toString(), sender.address, sender.port]).toEqual(["there", LOOPBACK, socket.port]);

    await new Promise((resolve) => plain.send("back", socket.port, LOOPBACK, resolve));
    const batch = createDatagramBatch();
    expect(receive(socket, batch)).toEqual([{ payload: new Uint8Array(Buffer.from("back")), segmentSize: 0 }]);
    expect([...batch.address.subarray(0, 4), batch.port[0]]).toEqual([127, 0, 0, 1, plain.address().port]);
    expect(socket.receive(batch)).toBe(0);
  });

  it("has the kernel cut a message into datagrams, the last one shorter", async () => {
    const plain = await openPlain();
    const lengths: number[] = [];
    const arrived = new Promise<void>((resolve) => {
      plain.on("message", (message) => {
        lengths.push(message.length);
        if (lengths.length === 3) resolve();
      });
    });
    expect(open().send(batchTo(plain.address().port, [{ payload: filled(2300, 1), segmentSize: 1000 }]))).toBe(1);
    await arrived;
    expect(lengths).toEqual([1000, 1000, 300]);
  });

  it("receives datagrams of a flow as one message where it merges, as several where it does not", () => {
    const merging = open();
    const single = open({ merge: false });
    expect([merging.merges, single.merges]).toEqual([true, false]);
    const message = { payload: filled(2300, 7), segmentSize: 1000 };
    const sender = open();
    sender.send(batchTo(merging.port, [message]));
    sender.send(batchTo(single.port, [message]));
    expect(receive(merging, createDatagramBatch())).toEqual([message]);
    expect(receive(single, createDatagramBatch()).map(({ payload }) => payload.length)).toEqual([1000, 1000, 300]);
  });

  it("moves more messages in one batch than fit one system call, in order, aligned and with headroom", () => {
    const receiver = open({ merge: false, receiveBuffer: 1 << 20 });
    const messages = Array.from({ length: 100 }, (_, index) => ({ payload: filled(index, index), segmentSize: 0 }));
    expect(open().send(batchTo(receiver.port, messages))).toBe(100);
    const batch = createDatagramBatch();
    expect(receive(receiver, batch, { room: 1501, headroom: 30, reserve: 4096 })).toEqual(messages);
    for (const [slot, offset] of batch.offset.subarray(0, batch.count).entries()) {
      expect(offset).toBe(32 + slot * (1504 + 32));
    }
  });

  it("takes what room and slots allow, and leaves the rest for the next time", () => {
    const receiver = open({ merge: false });
    open().send(
      batchTo(
        receiver.port,
        Array.from({ length: 5 }, () => ({ payload: filled(10, 1) })),
      ),
    );
    const slots = createDatagramBatch({ capacity: 2 });
    const bytes = createDatagramBatch({ bytes: 64 + 100 + 64 + 100 + 63 });
    expect(receive(receiver, slots)).toHaveLength(2);
    expect(receiver.receive(bytes, { room: 100 })).toBe(2);
    expect(receiver.receive(bytes, { room: 1000 })).toBe(0);
    expect(receiver.receive(bytes, { room: 100 })).toBe(1);
  });

  it("drops and counts what is longer than its room", () => {
    const receiver = open({ merge: false });
    open().send(batchTo(receiver.port, [{ payload: filled(101, 1) }, { payload: filled(100, 2) }]));
    expect(receive(receiver, createDatagramBatch(), { room: 100 })).toEqual([
      { payload: filled(100, 2), segmentSize: 0 },
    ]);
    expect(receiver.counters().truncatedReads).toBe(1);
  });

  it("skips and counts messages that the kernel refuses, and sends the others", () => {
    const receiver = open({ merge: false });
    const sender = open();
    const batch = batchTo(
      receiver.port,
      [1, 2, 3].map((byte) => ({ payload: filled(10, byte) })),
    );
    batch.address.set([255, 255, 255, 255], 4);
    expect(sender.send(batch)).toBe(2);
    expect(sender.counters()).toMatchObject({ writeErrors: { EACCES: 1 }, refusedWrites: 0 });
    expect(receive(receiver, createDatagramBatch()).map(({ payload }) => payload[0])).toEqual([1, 3]);
  });

  it.each([
    ["offset past the end", { offset: (1 << 20) + 1 }],
    ["length past the end", { offset: (1 << 20) - 10, length: 11 }],
    ["offset and length that wrap round", { offset: 0xffffffff, length: 2 }],
    ["length over the longest datagram", { length: 65_508 }],
    ["port 0", { port: 0 }],
    ["too many segments", { length: MAX_SEGMENTS * 10 + 1, segmentSize: 10 }],
  ])("refuses a slot that lies: %s", (_, lie) => {
    const receiver = open();
    const sender = open();
    const batch = batchTo(
      receiver.port,
      [1, 2, 3].map((byte) => ({ payload: filled(10, byte) })),
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
      Array.from({ length: 8 }, () => ({ payload: filled(1, 1) })),
    );
    const bytes = { ...batch, bytes: new Uint8Array(5000) };
    const slot = fc.record({
      offset: fc.oneof(fc.nat(5000), fc.nat(0xffffffff)),
      length: fc.oneof(fc.nat(5000), fc.nat(0xffffffff)),
      segmentSize: fc.oneof(fc.nat(2000), fc.nat(0xffff)),
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
          bytes.segmentSize[index] = fields.segmentSize;
        }
        bytes.count = slots.length;
        const before = total();
        return sender.send(bytes) + total() - before === slots.length;
      }),
      { numRuns: 300 },
    );
  });

  it("refuses batches whose arrays are wrong", () => {
    const socket = open();
    const good = (): DatagramBatch => batchTo(socket.port, [{ payload: filled(1, 1) }]);
    for (const wrong of [
      { count: 2 },
      { address: new Uint8Array(3) },
      { port: new Uint32Array(1) },
      { offset: new Uint32Array(0) },
    ]) {
      const batch = { ...good(), ...wrong } as DatagramBatch;
      expect(() => socket.send(batch)).toThrow(expect.objectContaining({ code: "ERR_TUN_ARGUMENT" }));
    }
  });

  it.each([
    [{ address: "::1" }, "ERR_TUN_ARGUMENT"],
    [{ address: "127.1" }, "ERR_TUN_ARGUMENT"],
    [{ port: 65_536 }, "ERR_TUN_ARGUMENT"],
    [{ port: Number.NaN }, "ERR_TUN_ARGUMENT"],
    [{ address: "192.0.2.1" }, "ERR_TUN_ADDRESS"],
  ])("refuses to open %j with %s", (options, code) => {
    expect(() => openUdpSocket(options)).toThrow(expect.objectContaining({ name: "TunError", code }));
  });

  it("says that a port is taken", () => {
    const { port } = open();
    expect(() => open({ port })).toThrow(expect.objectContaining({ code: "ERR_TUN_ADDRESS", errno: "EADDRINUSE" }));
  });

  it("can be borrowed, and throws ERR_TUN_CLOSED after close", () => {
    const socket = open();
    const borrowed = borrowUdpSocket(socket.handle);
    expect(borrowed.send(batchTo(socket.port, [{ payload: filled(3, 3) }]))).toBe(1);
    borrowed.close();
    const batch = createDatagramBatch();
    expect(receive(socket, batch)).toHaveLength(1);
    socket.close();
    for (const use of [() => socket.handle, () => socket.receive(batch), () => borrowed.send(batch)]) {
      expect(use).toThrow(expect.objectContaining({ code: "ERR_TUN_CLOSED" }));
    }
  });
});
