import { describe, expect, it } from "vitest";
import { canUseTun, runScenario } from "./support/namespace.ts";

interface SinglePackets {
  readonly offloads: Readonly<Record<string, boolean>>;
  readonly [fact: string]: unknown;
}

interface Slot {
  readonly offset: number;
  readonly length: number;
  readonly fill: number;
}

interface ReadBatches {
  readonly lengths: number[];
  readonly dense: Slot[];
  readonly wide: Slot[];
  readonly byCapacity: number[];
  readonly byRoom: number[];
}

const IP_AND_UDP_HEADERS = 28;

function expectedSlots(lengths: readonly number[], headroom: number): Slot[] {
  const slots: Slot[] = [];
  let next = headroom;
  for (const [index, payload] of lengths.entries()) {
    const length = IP_AND_UDP_HEADERS + payload;
    slots.push({ offset: next, length, fill: index + 1 });
    next = Math.ceil((next + length) / 4) * 4 + headroom;
  }
  return slots;
}

describe.skipIf(!canUseTun)("packets through a TUN device (needs root)", () => {
  const facts = {
    written: 1,
    received: "to the kernel",
    sender: "10.9.0.2:4000",
    ready: 1,
    count: 1,
    batchCount: 1,
    payload: "to the reader",
    destination: "10.9.0.2",
    emptyRead: 0,
  };

  it("carries a packet each way and leaves the checksum to the reader", () => {
    const report = runScenario<SinglePackets>("single-packets", "all");
    expect(report).toMatchObject({ ...facts, flags: 1, checksumStart: 20, checksumOffset: 6 });
    expect(report.offloads).toMatchObject({ vnetHeader: true, checksum: true, tso4: true, tso6: true, tsoEcn: true });
  });

  it("carries a packet each way with finished checksums when no offload is asked for", () => {
    const report = runScenario<SinglePackets>("single-packets", "none");
    expect(report).toMatchObject({ ...facts, flags: 0, checksumStart: 0, checksumOffset: 0 });
    expect(new Set(Object.values(report.offloads))).toEqual(new Set([false]));
  });

  it("reads packets densely, each aligned and with its headroom, until slots or room end", () => {
    const report = runScenario<ReadBatches>("read-batches");
    expect(report.dense).toEqual(expectedSlots(report.lengths, 64));
    expect(report.wide).toEqual(expectedSlots(report.lengths, 132));
    expect(report.byCapacity).toEqual([5, 5, 2, 0]);
    expect(report.byRoom).toEqual([0, 0, 1, 1, 0]);
  });

  it("lets a helper share large writes: every packet arrives, those of a flow in their order", () => {
    expect(runScenario("shared-writes")).toMatchObject({
      written: 6400,
      received: 6400,
      disordered: 0,
      flows: 16,
      counters: { refusedWrites: 0, shortWrites: 0, writeErrors: {} },
    });
  });
});
