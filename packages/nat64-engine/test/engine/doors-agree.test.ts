/** Both doors lead to the same core: what the simple one answers, the batch one answers too, packet by packet. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { createBatch, HEADROOM, RESERVE } from "../../src/batch.ts";
import { createEngine } from "../../src/create-engine.ts";
import { createNat64 } from "../../src/simple.ts";
import { FROM_IPV6, fromIPv4 } from "./seeds.ts";
import { repeatableRandom, STATEFUL } from "./support.ts";

const SEEDS = [...FROM_IPV6, ...fromIPv4(40000)];

/** A seed, perhaps with one byte changed or cut short. */
const packet = fc
  .record({
    seed: fc.integer({ min: 0, max: SEEDS.length - 1 }),
    at: fc.nat(200),
    value: fc.option(fc.nat(255)),
    cut: fc.option(fc.nat(120)),
  })
  .map(({ seed, at, value, cut }) => {
    const copy = SEEDS[seed].slice();
    // The version stays: the simple door has one method for each family.
    if (value !== null) copy[1 + (at % (copy.length - 1))] = value;
    return cut === null ? copy : copy.subarray(0, Math.max(1, Math.min(cut, copy.length)));
  });

test("batch and simple door agree on every packet", () => {
  fc.assert(
    fc.property(fc.array(packet, { minLength: 1, maxLength: 30 }), (packets) => {
      const simple = createNat64(STATEFUL, { random: repeatableRandom() });
      const one = packets.flatMap((each) => {
        const outcome = each[0] >>> 4 === 4 ? simple.fromIPv4(each, 0) : simple.fromIPv6(each, 0);
        return outcome.packets.map((out) => out.packet);
      });

      const engine = createEngine(STATEFUL, { random: repeatableRandom() });
      const bytes = new Uint8Array(packets.length * 4096 + RESERVE);
      const input = createBatch(bytes, packets.length);
      const output = createBatch(bytes, 64);
      let at = HEADROOM;
      for (const [slot, each] of packets.entries()) {
        bytes.set(each, at);
        input.offset[slot] = at;
        input.length[slot] = each.length;
        at = (at + each.length + HEADROOM + 3) & ~3;
      }
      input.count = packets.length;
      const many: Uint8Array[] = [];
      for (let from = 0; from < packets.length; ) {
        from = engine.process(input, from, output, 0);
        for (let i = 0; i < output.count; i++) {
          many.push(bytes.slice(output.offset[i], output.offset[i] + output.length[i]));
        }
      }
      expect(many).toEqual(one);
      expect(engine.counters.dropsByReason()).toEqual(simple.counters.dropsByReason());
    }),
    { numRuns: 200 },
  );
}, 60_000);
