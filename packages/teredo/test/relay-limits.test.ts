import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isBubble, makeBubble, type RelayOutput } from "../src/index.ts";
import { HOME, NATIVE, nonceOf, packet, relayWith, teredo } from "./fixtures.ts";
import { words } from "./world.ts";

const T = teredo();
const PORT = 40_000;

describe("the relay is bounded", () => {
  it("in the packets that wait for one peer; the first ones stay", () => {
    const relay = relayWith({ queueBytes: 100 });
    const nonce = nonceOf([1, 2, 3].flatMap((mark) => relay.receivePacket(packet(NATIVE, T, mark), 0)));
    expect(relay.counters.drops["queue-full"]).toBe(1);
    const released = relay.receiveDatagram(HOME, PORT, makeBubble(T, nonce), 1);
    expect(released.map(({ bytes }) => bytes[40])).toEqual([1, 2]);
  });

  it("in the packets that wait in total", () => {
    const relay = relayWith({ totalQueueBytes: 100 });
    for (const flags of [1, 2, 3]) relay.receivePacket(packet(NATIVE, teredo({ flags })), 0);
    expect(relay.queuedBytes).toBe(96);
    expect(relay.counters.drops["queue-full"]).toBe(1);
  });

  it("in peers; those that send the first packet get half of the table", () => {
    const relay = relayWith({ peers: 4 });
    for (const mappedPort of [1, 2, 3])
      relay.receiveDatagram(HOME, mappedPort, packet(teredo({ mappedPort }), NATIVE), 0);
    expect(relay.peerCount).toBe(2);
    expect(relay.counters.drops["peers-full"]).toBe(1);
    for (const flags of [1, 2, 3]) relay.receivePacket(packet(NATIVE, teredo({ flags })), 0);
    expect(relay.peerCount).toBe(4);
    expect(relay.counters.drops["peers-full"]).toBe(2);
  });

  it("in bubbles per second; a peer whose bubble had to wait gets it at its next turn", () => {
    const relay = relayWith({ bubblesPerSecond: 2 });
    for (const flags of [1, 2, 3]) relay.receivePacket(packet(NATIVE, teredo({ flags })), 0);
    expect(relay.counters.bubblesSent).toBe(2);
    expect(relay.counters.drops["bubble-rate"]).toBe(1);
    expect(relay.advance(2_000)).toHaveLength(2);
    relay.advance(4_000);
    expect(relay.counters.bubblesSent).toBe(6);
  });

  it("in the work of one call of advance; the rest is due at once", () => {
    const relay = relayWith({ bubblesPerSecond: 10_000 });
    for (let mappedPort = 1; mappedPort <= 2000; mappedPort++) {
      relay.receiveDatagram(HOME, mappedPort, packet(teredo({ mappedPort }), NATIVE), 0);
    }
    expect(relay.peerCount).toBe(2000);
    const counts: number[] = [];
    while (relay.nextDeadline() <= 60_000) {
      relay.advance(60_000);
      counts.push(relay.peerCount);
    }
    expect(counts).toEqual([1488, 976, 464, 0]);
  });

  it("in ICMPv6 errors per second, and never sends one about an error", () => {
    const relay = relayWith({ errorsPerSecond: 1 });
    relay.receivePacket(packet(NATIVE, T), 0);
    for (const now of [2_000, 4_000, 6_000, 8_000]) relay.advance(now);
    expect(relay.receivePacket(packet(NATIVE, T), 8_000)).toEqual([]);
    expect(relay.counters.drops["error-rate"]).toBe(1);
    expect(relay.receivePacket(packet(NATIVE, T, 1, 8, 58), 20_000)).toEqual([]);
    expect(relay.receivePacket(packet(NATIVE, T, 128, 8, 58), 20_000)).toHaveLength(1);
    expect(relay.counters.errorsSent).toBe(2);
  });
});

describe("whatever happens", () => {
  const some = fc.nat(5);
  const step = fc.oneof(
    fc.record({ do: fc.constant("out" as const), peer: some, size: fc.nat(200) }),
    fc.record({
      do: fc.constant("in" as const),
      peer: some,
      port: fc.nat(2),
      changes: fc.array(fc.tuple(fc.nat(50), fc.nat(255)), { maxLength: 2 }),
    }),
    fc.record({ do: fc.constant("answer" as const), peer: some, port: fc.nat(2) }),
    fc.record({ do: fc.constant("wait" as const), ms: fc.nat(20_000) }),
  );

  it("packets are released, dropped or waiting, tables are empty at the end, and nothing throws", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const relay = relayWith({ peers: 4, queueBytes: 600, totalQueueBytes: 1_500, random: words(5) });
        const nonces = new Map<number, Uint8Array>();
        let now = 0;
        let taken = 0;
        let sent = 0;
        let bubbles = 0;
        let refused = 0;
        const count = (outputs: readonly RelayOutput[]): void => {
          for (const output of outputs) {
            if (output.kind !== "datagram") continue;
            if (isBubble(output.bytes, 0)) {
              bubbles++;
              nonces.set(output.bytes[33], output.bytes.slice(8, 24));
            } else sent++;
          }
        };
        const clientAt = (peer: number): Uint8Array => teredo({ flags: peer, mappedPort: 40_000 });
        for (const one of steps) {
          if (one.do === "wait") {
            now += one.ms;
            count(relay.advance(now));
          } else if (one.do === "out") {
            taken++;
            count(relay.receivePacket(packet(NATIVE, clientAt(one.peer), 1, one.size), now));
          } else if (one.do === "in") {
            const bytes = packet(clientAt(one.peer), NATIVE);
            for (const [at, byte] of one.changes) if (at < bytes.length) bytes[at] = byte;
            const before = relay.counters.drops["peers-full"];
            count(relay.receiveDatagram(HOME, 40_000 + one.port, bytes, now));
            refused += relay.counters.drops["peers-full"] - before;
          } else {
            const nonce = nonces.get(one.peer) ?? NATIVE;
            count(relay.receiveDatagram(HOME, 40_000 + one.port, makeBubble(clientAt(one.peer), nonce), now));
          }
          expect(relay.peerCount).toBeLessThanOrEqual(4);
          expect(relay.queuedBytes).toBeLessThanOrEqual(1_500);
          expect([...relay.peers(now)]).toHaveLength(relay.peerCount);
        }
        for (let i = 0; i < 100 && relay.nextDeadline() < Number.POSITIVE_INFINITY; i++) {
          now = Math.max(now, relay.nextDeadline());
          count(relay.advance(now));
        }
        expect(relay.peerCount).toBe(0);
        expect(relay.queuedBytes).toBe(0);
        const { drops } = relay.counters;
        expect(sent + drops["queue-full"] + drops["peers-full"] - refused + drops.unreachable).toBe(taken);
        expect(relay.counters.bubblesSent).toBe(bubbles);
      }),
      { numRuns: 200 },
    );
  });
});
