import fc from "fast-check";
import { expect, it } from "vitest";
import { KeyedHash } from "../../../src/hash/keyed-hash.ts";
import { HeldPackets, NO_PACKET } from "../../../src/state/held/held-packets.ts";

it("returns held packets in any order, and frees all room at the end", () => {
  const step = fc.record({ length: fc.integer({ min: 1, max: 3000 }), group: fc.nat(1023), release: fc.nat(9) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const held = new HeldPackets(64 * 1024, new KeyedHash(1, 2));
      const model: { packet: number; bytes: Uint8Array }[] = [];
      const check = (index: number) => {
        const [{ packet, bytes }] = model.splice(index, 1);
        const copy = new Uint8Array(bytes.length + 5);
        expect(held.copyTo(packet, copy, 5)).toBe(bytes.length);
        expect(copy.subarray(5).every((byte, i) => byte === bytes[i])).toBe(true);
        held.release(packet);
      };
      steps.forEach(({ length, group, release }, i) => {
        const bytes = new Uint8Array(length).map((_, k) => k * 7 + i);
        const packet = held.hold(bytes, 0, length, group);
        if (packet !== NO_PACKET) model.push({ packet, bytes });
        if (release < model.length) check(release);
        expect(held.count).toBe(model.length);
      });
      while (model.length > 0) check(0);
      expect([held.count, held.freeBytes]).toEqual([0, 64 * 1024]);
    }),
  );
});

it("a source's share comes back with each packet that is released", () => {
  const held = new HeldPackets(64 * 1024, new KeyedHash(1, 2));
  const bytes = new Uint8Array(2000);
  for (let round = 0; round < 100; round++) {
    const packet = held.hold(bytes, 0, bytes.length, 7);
    expect(packet).not.toBe(NO_PACKET);
    held.release(packet);
  }
});
