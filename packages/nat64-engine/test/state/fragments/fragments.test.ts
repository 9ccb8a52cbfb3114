import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { REASON_COUNT, Reason } from "../../../src/drop-reasons.ts";
import { KeyedHash } from "../../../src/hash/keyed-hash.ts";
import { IpHeader, Protocol } from "../../../src/packet/packet.ts";
import { Fragments, PASS } from "../../../src/state/fragments/fragments.ts";
import { HeldPackets, PACKET_HELD } from "../../../src/state/held/held-packets.ts";
import { reason } from "../support.ts";

/** One fragment: the bytes from `start` to `end` of the fragmented part of packet `id`. */
interface Piece {
  readonly family: 4 | 6;
  readonly protocol: number;
  readonly id: number;
  readonly source: number;
  readonly start: number;
  readonly end: number;
  readonly last: boolean;
}

const IP_HEADER = { 4: 20, 6: 48 } as const;

/** The fragment at the start of a buffer; its payload is filled with a byte that tells where it starts. */
function build(piece: Piece): { bytes: Uint8Array; header: IpHeader } {
  const transport = IP_HEADER[piece.family];
  const bytes = new Uint8Array(transport + piece.end - piece.start).fill(piece.start >> 3);
  const header = new IpHeader();
  header.family = piece.family;
  header.length = bytes.length;
  header.transport = transport;
  header.fragmentHeader = piece.family === 6 ? 40 : 0;
  header.isFragment = 1;
  header.fragmentOffset = piece.start;
  header.moreFragments = piece.last ? 0 : 1;
  header.identification = piece.id;
  header.protocol = piece.protocol;
  header.tuple.source.set([0x20010db8, piece.source, 0, 1]);
  if (piece.family === 4) header.tuple.source[0] = piece.source;
  if (piece.start === 0) {
    header.tuple.sourcePort = 4000;
    header.tuple.destinationPort = 80;
    // Some checksum: a datagram without one has rules of its own.
    if (piece.protocol === Protocol.udp && bytes.length > transport + 6) bytes[transport + 6] = 1;
    if (piece.protocol === Protocol.icmp) header.icmpType = 8;
    if (piece.protocol === Protocol.icmpv6) header.icmpType = 128;
  }
  return { bytes, header };
}

const piece = (start: number, end: number, last = false, more: Partial<Piece> = {}): Piece => ({
  family: 6,
  protocol: Protocol.udp,
  id: 1,
  source: 1,
  start,
  end,
  last,
  ...more,
});

function create(packets = 64, bytes = 256 * 1024) {
  const held = new HeldPackets(bytes, new KeyedHash(1, 2));
  const drops = new Float64Array(REASON_COUNT);
  const fragments = new Fragments(packets, held, new KeyedHash(3, 4), 10_000, drops);
  /** What comes out: verdict, and the starts of what passed, released ones after the one in hand. */
  const admit = (p: Piece, now = 0) => {
    const { bytes: packet, header } = build(p);
    const verdict = fragments.admit(packet, header, now);
    const passed: number[] = [];
    if (verdict !== PASS) return { verdict, passed };
    expect([header.tuple.sourcePort, header.tuple.destinationPort, header.protocol]).toEqual([4000, 80, p.protocol]);
    passed.push(p.start);
    const copy = new Uint8Array(70_000);
    for (;;) {
      const length = fragments.takeReleased(copy, 64);
      if (length === 0) break;
      passed.push(copy[64 + length - 1] * 8);
      const described = new IpHeader();
      fragments.describeReleased(described);
      expect([described.tuple.sourcePort, described.tuple.destinationPort]).toEqual([4000, 80]);
    }
    return { verdict, passed };
  };
  return { held, drops, fragments, admit };
}

const four = [piece(0, 800), piece(800, 1600), piece(1600, 2000), piece(2000, 2021, true)];

function permutations<T>(list: readonly T[]): T[][] {
  if (list.length < 2) return [[...list]];
  return list.flatMap((item, i) =>
    permutations([...list.slice(0, i), ...list.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}
const orders = permutations([0, 1, 2, 3]);

describe.each([4, 6] as const)("IPv%i", (family) => {
  const pieces = (protocol: number) => four.map((p) => ({ ...p, family, protocol }));

  it.each(orders)(
    "RFC 6146 §3.4: four UDP fragments in the order %i %i %i %i all pass, none before the first",
    (...order) => {
      const { held, fragments, drops, admit } = create();
      const all = pieces(Protocol.udp);
      const passed: number[] = [];
      const waiting: number[] = [];
      for (const i of order.flat()) {
        const result = admit(all[i]);
        if (i !== 0 && !passed.includes(0)) {
          expect(result.verdict).toBe(PACKET_HELD);
          waiting.push(all[i].start);
        } else {
          expect(result.verdict).toBe(PASS);
          expect(result.passed).toEqual(i === 0 ? [0, ...waiting] : [all[i].start]);
          passed.push(...result.passed);
        }
      }
      expect(passed.sort((a, b) => a - b)).toEqual([0, 800, 1600, 2000]);
      expect([held.count, fragments.count]).toEqual([0, 0]);
      expect(drops.every((n) => n === 0)).toBe(true);
    },
  );

  it.each(orders)("a fragmented ICMP query in the order %i %i %i %i waits until its length is known", (...order) => {
    const { held, fragments, admit } = create();
    const all = pieces(family === 6 ? Protocol.icmpv6 : Protocol.icmp);
    const passed: number[] = [];
    const came: number[] = [];
    for (const i of order.flat()) {
      came.push(i);
      const result = admit(all[i]);
      const known = came.includes(0) && came.includes(3);
      expect(result.verdict).toBe(known ? PASS : PACKET_HELD);
      if (known) expect(fragments.upperLength).toBe(2021);
      passed.push(...result.passed);
    }
    expect(passed.sort((a, b) => a - b)).toEqual([0, 800, 1600, 2000]);
    expect([held.count, fragments.count]).toEqual([0, 0]);
  });

  it.each([0, 1, 2, 3])(
    "RFC 6146 §4 FRAGMENT_MIN: when fragment %i is lost, what is held is given up in time",
    (lost) => {
      const { held, fragments, drops, admit } = create();
      const all = pieces(Protocol.udp).filter((_, i) => i !== lost);
      for (const p of all) admit(p);
      expect(fragments.count).toBe(1);
      expect(fragments.expire(9999, 1000)).toBe(1);
      expect(fragments.count).toBe(1);
      expect(fragments.expire(10_000, 1000)).toBe(Number.POSITIVE_INFINITY);
      expect([held.count, fragments.count, drops[Reason["fragment-timeout"]]]).toEqual([0, 0, lost === 0 ? 3 : 0]);
    },
  );
});

it("one call gives up no more packets than its budget, and a fragment of one that is still to go starts anew", () => {
  const { fragments, admit } = create();
  for (let id = 0; id < 50; id++) admit(piece(800, 1600, false, { id, source: id }));
  expect([fragments.expire(10_000, 20), fragments.count]).toEqual([0, 30]);
  expect(admit(piece(0, 800, false, { id: 49, source: 49 }), 10_001).passed).toEqual([0]);
  expect([fragments.expire(10_001, 50), fragments.count]).toEqual([9_999 + 1, 1]);
});

describe("RFC 5722: overlapping fragments", () => {
  it.each([
    ["over the end of one", piece(792, 1000)],
    ["within one", piece(8, 16)],
    ["around one", piece(0, 1608)],
    ["over the transport header", piece(8, 808)],
  ])("%s: this and all later fragments are dropped", (_, overlapping) => {
    const { fragments, admit } = create();
    admit(four[0]);
    admit(four[1]);
    expect(admit(overlapping).verdict).toBe(-reason("fragment-overlap"));
    expect(admit(four[2]).verdict).toBe(-reason("fragment-overlap"));
    expect(admit(four[3]).verdict).toBe(-reason("fragment-overlap"));
    fragments.expire(10_000, 1000);
    expect(admit(four[0], 10_001).verdict).toBe(PASS);
  });

  it("drop waiting fragments, and count them", () => {
    const { held, drops, admit } = create();
    admit(four[1]);
    admit(four[2]);
    expect(admit(piece(1592, 1700)).verdict).toBe(-reason("fragment-overlap"));
    expect([held.count, drops[Reason["fragment-overlap"]]]).toEqual([0, 2]);
    expect(admit(four[0]).verdict).toBe(-reason("fragment-overlap"));
  });

  it("RFC 8200 §4.5: a plain repetition is dropped alone", () => {
    const { admit } = create();
    admit(four[1]);
    expect(admit(four[1]).verdict).toBe(-reason("fragment-overlap"));
    expect(admit(four[0]).passed).toEqual([0, 800]);
    expect(admit(four[0]).verdict).toBe(-reason("fragment-overlap"));
    expect(admit(four[2]).verdict).toBe(PASS);
  });
});

describe("malformed fragments", () => {
  it.each([
    ["without payload", piece(800, 800)],
    ["beyond 65,535 bytes", piece(65_528, 65_600)],
  ])("%s are dropped and leave no record", (_, bad) => {
    const { fragments, admit } = create();
    expect(admit(bad).verdict).toBe(-reason("fragment-malformed"));
    expect(fragments.count).toBe(0);
  });

  it.each([
    ["a first one without the whole UDP header", [piece(0, 7)]],
    ["a first one without the whole TCP header", [piece(0, 16, false, { protocol: Protocol.tcp })]],
    ["one behind the last one", [piece(800, 900, true), piece(904, 912)]],
    ["a second last one", [piece(800, 900, true), piece(1600, 1608, true)]],
    ["a last one before others", [piece(800, 1600), piece(400, 408, true)]],
  ])("%s: the packet is dropped", (_, pieces) => {
    const { held, admit } = create();
    const verdicts = pieces.map((p) => admit(p).verdict);
    expect(verdicts.at(-1)).toBe(-reason("fragment-malformed"));
    expect(held.count).toBe(0);
  });

  it("an ICMP error in fragments is dropped", () => {
    const { admit } = create();
    const { bytes, header } = build(piece(0, 800, false, { protocol: Protocol.icmpv6 }));
    header.icmpType = 2;
    const { fragments } = create();
    expect(fragments.admit(bytes, header, 0)).toBe(-reason("fragmented-icmp-error"));
    expect(admit(piece(0, 800, false, { protocol: Protocol.icmpv6 })).verdict).toBe(PACKET_HELD);
  });

  it("a packet in more pieces than any honest one has is dropped", () => {
    const { held, admit } = create();
    let verdict = 0;
    for (let i = 1; i <= 130 && verdict !== -reason("fragment-memory"); i++)
      verdict = admit(piece(i * 16, i * 16 + 8)).verdict;
    expect(verdict).toBe(-reason("fragment-memory"));
    expect(held.count).toBe(0);
  });
});

it("fragments of other packets, sources and families do not mix", () => {
  const { admit } = create();
  const others = [
    { id: 2 },
    { source: 2 },
    { family: 4 as const },
    { family: 4 as const, id: 2 },
    { family: 4 as const, protocol: 6 },
  ];
  for (const other of others) expect(admit(piece(800, 1600, true, other)).verdict).toBe(PACKET_HELD);
  expect(admit(piece(0, 800)).passed).toEqual([0]);
  expect(admit(piece(0, 800, false, { source: 2 })).passed).toEqual([0, 800]);
});

it("counts extension headers between Fragment header and upper layer out of the upper layer's length", () => {
  const { fragments } = create();
  const { bytes, header } = build(piece(0, 800));
  header.transport += 24;
  fragments.admit(bytes, header, 0);
  const last = build(piece(800, 900, true));
  expect(fragments.admit(last.bytes, last.header, 0)).toBe(PASS);
  expect(fragments.upperLength).toBe(876);
});

describe("bounded memory", () => {
  it("one source cannot take more than an eighth of the store: another source's fragments still wait", () => {
    const { held, admit } = create(1024, 64 * 1024);
    let refused = 0;
    for (let id = 0; id < 200; id++)
      if (admit(piece(800, 1600, true, { id })).verdict === -reason("fragment-memory")) refused++;
    expect(refused).toBeGreaterThan(100);
    expect(held.freeBytes).toBeGreaterThanOrEqual(56 * 1024);
    expect(admit(piece(800, 1600, true, { source: 2 })).verdict).toBe(PACKET_HELD);
    expect(admit(piece(0, 800, false, { source: 2 })).passed).toEqual([0, 800]);
  });

  it("a source that has too many packets under way loses its own oldest", () => {
    const { fragments, drops, admit } = create(64);
    for (let id = 0; id < 20; id++) admit(piece(800, 1600, true, { id }));
    expect(fragments.count).toBe(8);
    expect(drops[Reason["fragment-memory"]]).toBe(12);
    expect(admit(piece(0, 800, false, { id: 19 })).passed).toEqual([0, 800]);
  });

  it("when all is full the oldest packet is dropped, and fragments in order are still served", () => {
    const { held, fragments, drops, admit } = create(4096, 64 * 1024);
    for (let source = 10; source < 500; source++) admit(piece(800, 1600, true, { source }), 0);
    expect(drops[Reason["fragment-memory"]]).toBeGreaterThan(300);
    expect(admit(piece(800, 1600, true)).verdict).toBe(PACKET_HELD);
    expect(admit(piece(0, 800)).passed).toEqual([0, 800]);
    fragments.expire(10_000, 1000);
    expect([held.count, fragments.count, held.freeBytes]).toEqual([0, 0, 64 * 1024]);
  });
});

it("survives any sequence of fragments: no leak, nothing passes twice, nothing before its ports are known", () => {
  const any = fc.record({
    family: fc.constantFrom(4 as const, 6 as const),
    protocol: fc.constantFrom(Protocol.udp, Protocol.tcp),
    id: fc.nat(2),
    source: fc.nat(2),
    start: fc.nat(20).map((n) => n * 8),
    size: fc.integer({ min: 1, max: 60 }),
    last: fc.boolean(),
    wait: fc.constantFrom(0, 0, 0, 3000),
  });
  fc.assert(
    fc.property(fc.array(any, { maxLength: 60 }), (list) => {
      const { held, fragments, drops, admit } = create(8, 4096);
      let now = 0;
      let out = 0;
      let dropped = 0;
      for (const { start, size, wait, ...rest } of list) {
        now += wait;
        // RFC 8200 §4.5: the protocol of an IPv6 packet is what its first fragment says, so let all say the same.
        const protocol = rest.family === 6 ? Protocol.udp : rest.protocol;
        const { verdict, passed } = admit({ ...rest, protocol, start, end: start + size }, now);
        out += passed.length;
        if (verdict < 0 && verdict !== PACKET_HELD) dropped++;
      }
      const given = drops.reduce((a, b) => a + b, 0);
      expect(out + dropped + given + held.count).toBe(list.length);
      fragments.expire(now + 10_000, 1000);
      expect([held.count, held.freeBytes, fragments.count]).toEqual([0, 4096, 0]);
    }),
  );
});

it("only the first fragment of a TCP segment has flags", () => {
  const { fragments } = create();
  const first = build(piece(0, 800, false, { protocol: Protocol.tcp }));
  first.header.tcpFlags = 2;
  expect(fragments.admit(first.bytes, first.header, 0)).toBe(PASS);
  const later = build(piece(800, 900, true, { protocol: Protocol.tcp }));
  later.header.tcpFlags = 2;
  expect(fragments.admit(later.bytes, later.header, 0)).toBe(PASS);
  expect([first.header.tcpFlags, later.header.tcpFlags]).toEqual([2, 0]);
});
