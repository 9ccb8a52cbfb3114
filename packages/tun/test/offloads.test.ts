import { describe, expect, it } from "vitest";
import { canUseTun, runScenario } from "./support/namespace.ts";

interface SuperPacket {
  readonly length: number;
  readonly gsoType: number;
  readonly gsoSize: number;
  readonly flags: number;
  readonly headerLength: number;
  readonly trueHeaderLength: number;
  readonly checksumOffset: number;
}

interface Mirrored {
  readonly intact: boolean;
  readonly wokenByStop: boolean;
  readonly unsound: number;
  readonly packets: number;
  readonly superPackets: SuperPacket[];
  readonly counters: unknown;
}

const NOTHING_WRONG = { refusedWrites: 0, shortWrites: 0, truncatedReads: 0, refusedReads: 0, writeErrors: {} };

describe.skipIf(!canUseTun)("offloads of a TUN device (needs root)", () => {
  it.each([
    ["4", 1],
    ["6", 4],
  ])("moves a TCP stream over IPv%s as super-packets, in a worker thread", (family, gsoType) => {
    const report = runScenario<Mirrored>("super-packets", family, "all");
    expect(report).toMatchObject({ intact: true, wokenByStop: true, unsound: 0, counters: NOTHING_WRONG });
    expect(Math.max(...report.superPackets.map((packet) => packet.length))).toBeGreaterThan(60_000);
    for (const packet of report.superPackets) {
      expect(packet.gsoType & ~0x80).toBe(gsoType);
      expect(packet.flags & 1).toBe(1);
      expect(packet.checksumOffset).toBe(16);
      expect(packet.headerLength).toBe(packet.trueHeaderLength);
      expect(packet.gsoSize).toBeLessThanOrEqual(1500 - packet.headerLength);
      expect(packet.length).toBeGreaterThan(packet.headerLength + packet.gsoSize);
    }
  });

  it.each(["checksum", "none"])("gets packets of the MTU's size when it asks for offloads: %s", (offloads) => {
    const report = runScenario<Mirrored>("super-packets", "4", offloads);
    expect(report).toMatchObject({ intact: true, superPackets: [], counters: NOTHING_WRONG });
    expect(report.packets).toBeGreaterThan((8 << 20) / 1500);
  });

  it("lets the kernel cut a UDP super-packet on the write, and gets one whole on the read", () => {
    const report = runScenario<{ readonly uso: boolean }>("udp-segmentation");
    expect(report).toMatchObject({ written: 1, received: ["1000a", "1000b", "300c"] });
    expect(report).toMatchObject(
      report.uso
        ? { forwarded: 1, gsoType: 5, gsoSize: 1000, length: 2328, headerLength: 28 }
        : { forwarded: 3, gsoType: 0 },
    );
  });
});
