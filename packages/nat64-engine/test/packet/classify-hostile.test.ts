import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { REASON_COUNT, Reason } from "../../src/drop-reasons.ts";
import { classify } from "../../src/packet/classify.ts";
import { Packet } from "../../src/packet/packet.ts";
import { type Direction, run } from "../translate/run.ts";
import { concat, filler, fragment, icmp, ipv4, ipv6, PROTOCOL, sum, tcp, u16, udp, withChecksum } from "./build.ts";

const web = tcp(40000, 80, filler(20), Uint8Array.of(2, 4, 5, 0xb4));
const dns = udp(1000, 53, filler(31));
const options = Uint8Array.of(131, 7, 8, 192, 0, 2, 1, 0);
const chain = [
  [0, concat([0, 0, 1, 4], [0, 0, 0, 0])],
  [43, concat([0, 0, 4, 0], [0, 0, 0, 0])],
  fragment(0, true, 7),
] as const;
const inner4 = withChecksum(ipv4({ protocol: PROTOCOL.tcp, payload: web, options }));
const inner6 = withChecksum(ipv6({ protocol: PROTOCOL.udp, payload: dns, extensions: [chain[0]] }));

/** Sane packets of every kind, to be damaged. */
const seeds: readonly Uint8Array[] = [
  inner4,
  inner6,
  ipv4({ protocol: PROTOCOL.udp, payload: dns }),
  ipv4({ protocol: PROTOCOL.udp, payload: dns, mf: true }),
  ipv4({ protocol: PROTOCOL.icmp, payload: icmp(8, 0, [0, 1, 0, 2], filler(9)) }),
  ipv6({ protocol: PROTOCOL.tcp, payload: web }),
  ipv6({ protocol: PROTOCOL.udp, payload: dns, extensions: chain }),
  ipv6({ protocol: PROTOCOL.icmpv6, payload: icmp(128, 0, [0, 1, 0, 2], filler(9)) }),
  ipv4({ protocol: PROTOCOL.icmp, payload: icmp(3, 4, [0, 0, 5, 0], inner4) }),
  ipv4({
    protocol: PROTOCOL.icmp,
    payload: icmp(11, 0, [0, 33, 0, 0], concat(inner4, filler(132 - inner4.length + 12))),
  }),
  ipv6({ protocol: PROTOCOL.icmpv6, payload: icmp(2, 0, [0, 0, 5, 0], inner6) }),
  ipv6({
    protocol: PROTOCOL.icmpv6,
    payload: icmp(1, 0, [17, 0, 0, 0], concat(inner6, filler(136 - inner6.length + 12))),
  }),
];

/** Gives an IPv4 packet a right header checksum, so that damage is seen behind that check, too. */
function heal(bytes: Uint8Array): Uint8Array {
  const header = (bytes[0] & 15) * 4;
  if (bytes[0] >>> 4 !== 4 || header < 20 || header > bytes.length) return bytes;
  bytes.set([0, 0], 10);
  bytes.set(u16(65535 - sum(bytes.subarray(0, header))), 10);
  return bytes;
}

const mutated = fc
  .record({
    seed: fc.constantFrom(...seeds),
    changes: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
    cut: fc.option(fc.nat(), { freq: 3 }),
    heals: fc.boolean(),
  })
  .map(({ seed, changes, cut, heals }) => {
    const bytes = cut === null ? seed.slice() : seed.slice(0, cut % (seed.length + 1));
    // Mostly the first bytes, where the lengths are.
    for (const [at, value] of changes)
      if (bytes.length > 0) bytes[(at % 3 === 0 ? at : at % 64) % bytes.length] = value;
    return heals ? heal(bytes) : bytes;
  });
const random = fc
  .tuple(fc.constantFrom(0x45, 0x46, 0x60, 0x4f), fc.uint8Array({ maxLength: 160 }))
  .map(([first, bytes]) => {
    if (bytes.length > 0) bytes[0] = first;
    return heal(bytes);
  });
const hostile = fc.oneof({ arbitrary: mutated, weight: 4 }, { arbitrary: random, weight: 1 });

const RUNS = { numRuns: 4000 };

// A busy machine may take long; how long says nothing about the code.
describe("hostile bytes", { timeout: 60_000 }, () => {
  it("are classified without an exception, and by nothing but themselves", () => {
    fc.assert(
      fc.property(hostile, (bytes) => {
        const outcomes = [0x00, 0xff].map((around) => {
          const memory = new Uint8Array(64 + bytes.length + 320).fill(around);
          memory.set(bytes, 64);
          const packet = new Packet();
          const reason = classify(memory, 64, bytes.length, packet);
          expect(reason).toBeGreaterThanOrEqual(0);
          expect(reason).toBeLessThan(REASON_COUNT);
          expect(memory.subarray(64, 64 + bytes.length)).toEqual(bytes);
          if (reason === Reason.none) expect(packet.outer.transport).toBeLessThanOrEqual(64 + bytes.length);
          return JSON.stringify({ reason, packet });
        });
        expect(outcomes[0]).toBe(outcomes[1]);
      }),
      RUNS,
    );
  });

  it("that pass are rewritten within themselves and their headroom, into a packet that passes in turn", () => {
    fc.assert(
      fc.property(hostile, fc.boolean(), fc.nat(0xffff), (bytes, hairpins, portShift) => {
        // The pipeline answers packets that arrive with less itself.
        const life = bytes[0] >>> 4 === 4 ? bytes[8] : bytes[7];
        if (life < 2) return;
        const direction: Direction = bytes[0] >>> 4 === 4 ? "4to6" : hairpins ? "6to6" : "6to4";
        const { reason, out } = run(direction, bytes, { portShift });
        if (reason !== "none") return;
        const packet = new Packet();
        expect(classify(out, 0, out.length, packet)).toBe(Reason.none);
        expect(packet.outer.length).toBe(out.length);
      }),
      RUNS,
    );
  });
});
