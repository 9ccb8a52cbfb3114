// Batches that lie. Slots that lie are counted and skipped; batches that lie as a whole are refused.

import { createPacketBatch } from "@nat64/packet-io/packets";
import { openTun } from "@nat64/tun";
import fc from "fast-check";
import { codeOf, fill, ip, report, silenceIPv6, udpPacket } from "./support.mjs";

silenceIPv6();
const tun = openTun({ name: "test0" });
ip("address add 10.9.0.1/24 dev test0");
ip("link set test0 up");

const good = udpPacket({ from: "10.9.0.2", to: "10.9.0.1", payload: Buffer.alloc(72) });
const lies = {
  "offset past the end": { offset: 1 << 20 },
  "offset far past the end": { offset: 0xffffffff },
  "length past the end": { offset: (1 << 20) - 10, length: 11 },
  "offset and length that wrap round": { offset: 0xffffffff, length: 2 },
  "length 0": { length: 0 },
  "length over the longest packet": { length: 65_576 },
  "header longer than the packet": { headerLength: 101 },
  "checksum past the packet": { flags: 1, checksumStart: 90, checksumOffset: 9 },
  "checksum positions that add up past 16 bits": { flags: 1, checksumStart: 0xffff, checksumOffset: 0xffff },
  "segments of size 0": { gsoType: 1 },
  "a segmentation that does not exist": { gsoType: 2, gsoSize: 100 },
  "ECN without TCP": { gsoType: 0x85, gsoSize: 100 },
  "ECN alone": { gsoType: 0x80 },
  "a flag that does not exist": { flags: 0x40 },
};
const refused = {};
for (const [name, lie] of Object.entries(lies)) {
  const batch = fill(createPacketBatch(), [good, good, good]);
  for (const [field, value] of Object.entries(lie)) batch[field][1] = value;
  const before = tun.counters().refusedWrites;
  refused[name] = [tun.write(batch), tun.counters().refusedWrites - before];
}

const notIp = fill(createPacketBatch(), [good, Uint8Array.of(0x00, 1, 2, 3), good]);
const kernelRefused = [tun.write(notIp), tun.counters().writeErrors];

const withBlock = (block) => codeOf(() => tun.write({ ...fill(createPacketBatch(), [good]), block }));
const longer = createPacketBatch().block.slice();
longer[0] = 1 << 20;
const withoutMemory = createPacketBatch();
structuredClone(withoutMemory.block.buffer, { transfer: [withoutMemory.block.buffer] });
const detached = createPacketBatch();
structuredClone(detached.bytes.buffer, { transfer: [detached.bytes.buffer] });
detached.count = 1;
detached.offset[0] = 64;
detached.length[0] = 100;
const detachedRefusals = tun.counters().refusedWrites;
const detachedWritten = tun.write(detached);

// Whatever a batch says, each of its packets is written, or counted once.
const total = () => {
  const { refusedWrites, shortWrites, writeErrors } = tun.counters();
  return refusedWrites + shortWrites + Object.values(writeErrors).reduce((sum, value) => sum + value, 0);
};
const slot = fc.record({
  offset: fc.oneof(fc.nat(5000), fc.nat(0xffffffff)),
  length: fc.oneof(fc.nat(5000), fc.nat(0xffffffff)),
  flags: fc.nat(3),
  gsoType: fc.constantFrom(0, 1, 3, 4, 5, 0x81, 0x84, 9),
  gsoSize: fc.nat(0xffff),
  headerLength: fc.oneof(fc.nat(100), fc.nat(0xffff)),
  checksumStart: fc.oneof(fc.nat(100), fc.nat(0xffff)),
  checksumOffset: fc.oneof(fc.nat(20), fc.nat(0xffff)),
});
const batch = createPacketBatch({ bytes: 5000, capacity: 16 });
fc.assert(
  fc.property(
    fc.array(slot, { maxLength: 16 }),
    fc.uint8Array({ minLength: 5000, maxLength: 5000 }),
    (slots, bytes) => {
      batch.bytes.set(bytes);
      for (const [index, fields] of slots.entries()) {
        for (const [field, value] of Object.entries(fields)) batch[field][index] = value;
      }
      batch.count = slots.length;
      const before = total();
      const written = tun.write(batch);
      return written + total() - before === slots.length;
    },
  ),
  { numRuns: 300 },
);

report({
  refused,
  kernelRefused,
  wholeBatch: {
    "count over capacity": codeOf(() => tun.write({ ...createPacketBatch(), count: 129 })),
    "block shorter than capacity": withBlock(createPacketBatch().block.subarray(0, 100)),
    "block that says it is longer": withBlock(longer),
    "block of another type": withBlock(new Int32Array(10_000)),
    "no block": withBlock(undefined),
    "block whose memory is gone": codeOf(() => tun.write(withoutMemory)),
    "reading into a block that is too short": codeOf(() =>
      tun.read({ ...createPacketBatch(), block: new Uint32Array(16).fill(9) }),
    ),
    "bytes of another type": codeOf(() => tun.read({ ...createPacketBatch(), bytes: new Uint16Array(100_000) })),
  },
  detached: [detachedWritten, tun.counters().refusedWrites - detachedRefusals > 0],
});
tun.close();
