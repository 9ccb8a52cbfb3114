import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { QUEUE_BLOCK } from "../../src/shaping/index.ts";
import { Link, type Sent, sizeOf } from "./harness.ts";

const RATE = 10e6;
const BYTES_PER_MS = RATE / 8000;

/** A sender that always has something waiting: `flows` flows of a client, packets of 1,200 bytes. */
function greedy(link: Link, client: number, flows: number, perMillisecond: number): () => void {
  let owed = 0;
  let next = 0;
  let before = link.now;
  return () => {
    owed += (link.now - before) * perMillisecond;
    before = link.now;
    const packets: Sent[] = [];
    for (; owed >= 1; owed--) packets.push({ client, flow: 1000 + (next++ % flows), payload: 1152 });
    link.send(...packets);
  };
}

describe("the rate", () => {
  it.each([1e6, 10e6, 100e6])("of %d bit/s is kept within half a percent over ten seconds", (rate) => {
    const link = new Link({ rate });
    const send = greedy(link, 1, 4, (2 * rate) / 8000 / 1200);
    link.run(10_000, send, 1);
    expect(Math.abs(link.bytesOf(1) / ((rate / 8000) * 10_000) - 1)).toBeLessThan(0.005);
  });

  it("of 2 Gbit/s is kept with super-packets that are not cut", () => {
    const link = new Link({ rate: 2e9 });
    const packets = Array.from(
      { length: 10 },
      (_, flow): Sent => ({ client: 1, flow, payload: 60_000, segment: 1428 }),
    );
    link.run(1000, () => link.send(...packets), 1);
    expect(Math.abs(link.bytesOf(1) / 250e6 - 1)).toBeLessThan(0.02);
    // CoDel takes single segments out of them.
    const whole = link.left.filter(({ bytes }) => bytes.length === 60_048);
    expect(whole.length).toBeGreaterThan(0.9 * link.left.length);
  });

  it("is kept if the caller is repeatedly late", () => {
    const link = new Link({ rate: RATE });
    const send = greedy(link, 1, 4, 3);
    for (let i = 0; i < 400; i++) {
      link.now += 25;
      send();
      link.release();
    }
    expect(Math.abs(link.bytesOf(1) / (BYTES_PER_MS * 10_000) - 1)).toBeLessThan(0.005);
  });

  it("lets a burst of its size through at once, and no more", () => {
    const link = new Link({ rate: RATE, burst: 60_000 });
    link.send(...Array.from({ length: 200 }, (): Sent => ({ client: 1, flow: 1, payload: 1152 })));
    expect(link.bytesOf(1)).toBe(60_000);
  });

  it("counts the headers of each segment of a super-packet", () => {
    const link = new Link({ rate: RATE });
    const sent: Sent = { client: 1, flow: 1, payload: 50_000, segment: 500, protocol: "tcp" };
    link.send(sent);
    link.run(1000);
    expect(link.shaper.bytes).toBe(50_000 + 100 * 60);
    expect(sizeOf(sent)).toBe(56_000);
  });

  it("takes effect at once when it changes, also for queued packets", () => {
    const link = new Link({ rate: 1e6 });
    const send = greedy(link, 1, 4, 10);
    link.run(1000, send, 1);
    link.shaper.set({ rate: 50e6 }, link.now);
    const from = link.now;
    link.run(2000, send, 1);
    expect(link.bytesOf(1, from) / (50e6 / 8)).toBeCloseTo(2, 1);
  });

  it("releases queued packets at once when it is removed", () => {
    const link = new Link({ rate: RATE });
    link.send(...Array.from({ length: 500 }, (): Sent => ({ client: 1, flow: 1, payload: 1152 })));
    link.shaper.set(undefined, link.now);
    link.release();
    expect(link.left.length).toBe(500);
    expect(link.shaper.nextDeadline(link.now)).toBe(Number.POSITIVE_INFINITY);
  });

  it("passes everything if there is no limit, counted or not", () => {
    for (const settings of [undefined, {}]) {
      const link = new Link(settings);
      link.send(...Array.from({ length: 3000 }, (): Sent => ({ client: 1, flow: 1, payload: 1000 })));
      expect(link.left.length).toBe(3000);
      expect(link.shaper.bytes).toBe(settings === undefined ? 0 : 3000 * 1048);
    }
  });
});

describe("fairness", () => {
  it("gives a single flow as much as another client's fifty", () => {
    const link = new Link({ rate: RATE });
    const [many, one] = [greedy(link, 1, 50, 4), greedy(link, 2, 1, 4)];
    const both = () => {
      many();
      one();
    };
    link.run(1000, both, 1);
    const from = link.now;
    link.run(5000, both, 1);
    const [a, b] = [link.bytesOf(1, from), link.bytesOf(2, from)];
    expect(Math.abs(a / b - 1)).toBeLessThan(0.02);
  });

  it("gives a /48 with a single client as much as one that sends from 500 /64s", () => {
    const link = new Link({ rate: RATE });
    let next = 0;
    const each = () => {
      for (let i = 0; i < 4; i++) link.send({ site: 1, client: next++ % 500, flow: 1, payload: 1152 });
      for (let i = 0; i < 4; i++) link.send({ site: 2, client: 7, flow: 1, payload: 1152 });
    };
    link.run(1000, each, 1);
    const from = link.now;
    link.run(5000, each, 1);
    expect(Math.abs(link.bytesOfSite(1, from) / link.bytesOfSite(2, from) - 1)).toBeLessThan(0.02);
  });

  it("keeps at least half for those who send on, when each packet of a flood is from another /48", () => {
    const link = new Link({ rate: RATE });
    let next = 0;
    const each = () => {
      for (let i = 0; i < 20; i++) link.send({ site: 1000 + (next++ % 20_000), client: 1, flow: 1, payload: 100 });
      for (let i = 0; i < 2; i++) link.send({ site: 2, client: 7, flow: 1, payload: 1152 });
    };
    link.run(1000, each, 1);
    const from = link.now;
    link.run(5000, each, 1);
    expect(link.bytesOfSite(2, from) / (BYTES_PER_MS * 5000)).toBeGreaterThan(0.5);
  });

  it("takes memory from the /48 that uses most when it is full, however many /64s it uses", () => {
    const link = new Link({ rate: 1e5 }, 256);
    link.send({ site: 2, client: 7, flow: 1, payload: 1152 });
    link.send(...Array.from({ length: 20 }, (): Sent => ({ site: 2, client: 7, flow: 1, payload: 1152 })));
    for (let client = 0; client < 2000; client++) link.send({ site: 1, client, flow: 1, payload: 1152 });
    link.shaper.set(undefined, link.now);
    link.release();
    expect(link.left.filter(({ site }) => site === 2).length).toBe(21);
  });

  it("gives unused bandwidth of one client to the others", () => {
    const link = new Link({ rate: RATE });
    const [greedyOne, modest] = [greedy(link, 1, 3, 4), greedy(link, 2, 1, 0.1)];
    link.run(
      5000,
      () => {
        greedyOne();
        modest();
      },
      1,
    );
    expect(link.bytesOf(2)).toBeGreaterThan(0.098 * 5000 * 1200);
    expect((link.bytesOf(1) + link.bytesOf(2)) / (BYTES_PER_MS * 5000)).toBeCloseTo(1, 1);
  });

  it.each([1, 2])(
    "lets a ping through full queues within some milliseconds, its own client's too (client %d)",
    (client) => {
      const link = new Link({ rate: RATE });
      const flood = greedy(link, 1, 50, 4);
      let pings = 0;
      link.run(
        5000,
        (now) => {
          flood();
          if (Math.floor(now) % 200 === 0) {
            link.send({ client, flow: 1, payload: 64, sequence: Math.floor(now) });
            pings++;
          }
        },
        1,
      );
      const seen = link.left.filter(({ flow }) => flow === 1);
      expect(seen.length).toBe(pings);
      for (const { at, bytes } of seen) {
        // What it was sent at stands in its payload: (time + i) * 31.
        const delay = [0, 1, 2, 3, 4, 5, 6, 7].find((each) => bytes[48] === (((Math.floor(at) - each) * 31) & 0xff));
        expect(delay).toBeLessThanOrEqual(5);
      }
    },
  );
});

describe("CoDel", () => {
  it("keeps the delay of flows that slow down near its target", () => {
    const link = new Link({ rate: RATE });
    // A sender with a window: as long as nothing is dropped it grows, at a drop it is halved.
    let window = 10;
    let inFlight = 0;
    let dropsSeen = 0;
    let leftSeen = 0;
    link.run(
      20_000,
      () => {
        inFlight -= link.left.length - leftSeen;
        leftSeen = link.left.length;
        const drops = link.shaper.counters().droppedForDelay;
        if (drops > dropsSeen) {
          inFlight -= drops - dropsSeen;
          window = Math.max(2, window / 2);
          dropsSeen = drops;
        } else window += 0.05;
        while (inFlight < window) {
          link.send({ client: 1, flow: 1, payload: 1152 });
          inFlight++;
        }
      },
      1,
    );
    expect(link.shaper.counters().meanDelay).toBeLessThan(30);
    expect(dropsSeen).toBeGreaterThan(3);
  });

  it("marks packets that can be marked, and drops the others", () => {
    const run = (ecn: number, marks: boolean) => {
      const link = new Link({ rate: RATE, marks });
      for (let i = 0; i < 2000; i++) {
        link.send({ client: 1, flow: 1, payload: 1452, ecn }, { client: 1, flow: 1, payload: 1452, ecn });
        link.run(1);
      }
      return { link, counters: link.shaper.counters() };
    };
    const capable = run(2, true);
    expect(capable.counters.marked).toBeGreaterThan(10);
    expect(capable.counters.droppedForDelay).toBe(0);
    expect(capable.link.left.filter(({ ecn }) => ecn === 3).length).toBe(capable.counters.marked);
    const others = run(0, true);
    expect(others.counters).toMatchObject({ marked: 0 });
    expect(others.counters.droppedForDelay).toBeGreaterThan(10);
    expect(run(2, false).counters).toMatchObject({ marked: 0 });
  });
});

describe("memory", () => {
  it("is bounded, and the client with most of it pays", () => {
    const link = new Link({ rate: RATE }, 2048);
    link.send({ client: 2, flow: 1, payload: 1000 });
    for (let i = 0; i < 100; i++) {
      link.send(...Array.from({ length: 100 }, (_, n): Sent => ({ client: 1, flow: n % 20, payload: 1452 })));
      if (i % 10 === 0) link.send({ client: 2, flow: 1, payload: 1000 });
    }
    const { queuedMemory, droppedForRoom } = link.shaper.counters();
    expect(queuedMemory).toBeLessThanOrEqual(2048 * QUEUE_BLOCK);
    expect(droppedForRoom).toBeGreaterThan(7000);
    link.run(60_000, undefined, 10);
    expect(link.bytesOf(2)).toBe(11 * 1048);
  });

  it.each([
    ["flows of a client", (each: number) => ({ client: 1, flow: each })],
    ["clients", (each: number) => ({ client: each, flow: 1 })],
  ])("is made free for many packets at a time, when many %s have one each", (_, sender) => {
    const link = new Link({ rate: 8000 });
    const blocks = () => link.shaper.counters().queuedMemory / QUEUE_BLOCK;
    let sent = 0;
    const send = () => link.send({ ...sender(++sent), payload: 1000 });
    while (blocks() < 2048) send();
    send();
    expect(blocks()).toBe(2048 - 32 + 1);
    expect(link.shaper.counters().droppedForRoom).toBe(32);
  });

  it("is given back, clients and flows too", () => {
    const link = new Link({ rate: 100e6 });
    for (let client = 0; client < 1000; client++) link.send({ client, flow: client, payload: 1400 });
    expect(link.shaper.counters().queuedClients).toBeGreaterThan(500);
    link.run(2000);
    expect(link.shaper.counters()).toMatchObject({ queuedBytes: 0, queuedMemory: 0, queuedClients: 0, queuedFlows: 0 });
    expect(link.shaper.nextDeadline(link.now)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("a shaper that is closed", () => {
  it("passes nothing, drops queued packets, and opens again", () => {
    const link = new Link({ rate: RATE });
    link.send(...Array.from({ length: 100 }, (): Sent => ({ client: 1, flow: 1, payload: 1152 })));
    const before = link.left.length;
    link.shaper.isClosed = true;
    link.send({ client: 1, flow: 1, payload: 1152 });
    link.run(1000);
    expect(link.left.length).toBe(before);
    expect(link.shaper.counters()).toMatchObject({
      queuedBytes: 0,
      queuedMemory: 0,
      droppedForRoom: 0,
      refused: 101 - before,
    });
    link.shaper.isClosed = false;
    link.send({ client: 1, flow: 1, payload: 1152 });
    expect(link.left.length).toBe(before + 1);
  });

  it("passes a few ICMPv6 errors, which say why, but not a flood of them", () => {
    const link = new Link({});
    link.shaper.isClosed = true;
    const from = link.now;
    const error: Sent = { client: 1, flow: 0x0101, payload: 100, protocol: "icmpv6" };
    link.run(60_000, () => link.send(error, error), 1);
    expect(link.left[0]).toMatchObject({ at: from + 1 });
    // 32 kbit/s, and a burst of 16 KiB.
    expect(link.bytesOf(1)).toBeGreaterThan(60 * 4000);
    expect(link.bytesOf(1)).toBeLessThan(60 * 4000 + 16_384 + 200);
  });
});

describe("whatever comes", () => {
  const packet: fc.Arbitrary<Sent> = fc
    .record({
      client: fc.integer({ min: 0, max: 5 }),
      flow: fc.integer({ min: 0, max: 5 }),
      payload: fc.oneof(fc.integer({ min: 8, max: 1452 }), fc.integer({ min: 1453, max: 60_000 })),
      segment: fc.integer({ min: 64, max: 1428 }),
      protocol: fc.constantFrom("tcp" as const, "udp" as const),
      ecn: fc.constantFrom(0, 2),
    })
    .map(({ segment, ...rest }) => (rest.payload > 1452 ? { ...rest, segment } : rest));

  it("each byte has left, was dropped, or waits; each flow keeps its order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.array(packet, { maxLength: 30 }), fc.integer({ min: 0, max: 400 })), { maxLength: 30 }),
        fc.constantFrom(1e6, 20e6, 300e6),
        fc.boolean(),
        (rounds, rate, isShared) => {
          const link = new Link({ rate }, 256, isShared);
          let sent = 0;
          let count = 0;
          for (const [packets, wait] of rounds) {
            link.send(...packets.map((each) => ({ ...each, sequence: count++ * 0x10000 })));
            for (const each of packets) sent += sizeOf(each);
            link.run(wait);
            const { bytes, droppedBytes, queuedBytes, queuedMemory } = link.shaper.counters();
            expect(bytes + droppedBytes + queuedBytes).toBe(sent);
            expect(queuedMemory).toBeLessThanOrEqual(256 * QUEUE_BLOCK);
          }
          link.run(600_000, undefined, 1000);
          const { bytes, droppedBytes, queuedBytes, queuedMemory, queuedFlows } = link.shaper.counters();
          expect([bytes + droppedBytes, queuedBytes, queuedMemory, queuedFlows]).toEqual([sent, 0, 0, 0]);
          const last = new Map<string, number>();
          for (const { client, flow, bytes: packetBytes } of link.left) {
            if (packetBytes[6] !== 6) continue;
            const key = `${client} ${flow}`;
            const sequence = new DataView(packetBytes.buffer).getUint32(44);
            expect(sequence).toBeGreaterThan(last.get(key) ?? -1);
            last.set(key, sequence);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
