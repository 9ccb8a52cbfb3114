import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type DropReason,
  isBubble,
  makeBubble,
  NO_PEER,
  type RelayOptions,
  type RelayOutput,
  type TeredoRelay,
} from "../src/index.ts";
import { CLIENT_REPLY, INDIRECT_BUBBLE, SOLICITATION, TEST_REPLY } from "./captured.ts";
import { ERROR_SOURCE, HOME, NATIVE, nonceOf, packet, RELAY, relayWith, SERVER, teredo } from "./fixtures.ts";
import { ipv4, ipv6 } from "./vectors.ts";

const T = teredo();
const PORT = 40_000;

/** A relay whose peer T has been trusted since 0. */
function trusting(options: Partial<RelayOptions> = {}): TeredoRelay {
  const relay = relayWith(options);
  const nonce = nonceOf(relay.receivePacket(packet(NATIVE, T), 0));
  relay.receiveDatagram(HOME, PORT, makeBubble(T, nonce), 0);
  return relay;
}

describe("a packet to an unknown Teredo client", () => {
  it("waits, and a bubble goes through the client's own server from a nonce address (RFC 4380 §5.4.1)", () => {
    const relay = relayWith();
    const [bubble, ...rest] = relay.receivePacket(packet(NATIVE, T), 0);
    expect(rest).toEqual([]);
    expect(bubble).toMatchObject({ kind: "datagram", address: SERVER, port: 3544 });
    expect(isBubble(bubble.bytes, 0)).toBe(true);
    expect(bubble.bytes.slice(0, 16)).toEqual(INDIRECT_BUBBLE.bytes.slice(0, 16));
    expect(bubble.bytes.slice(24)).toEqual(T);
    expect(relay.queuedBytes).toBe(48);
  });

  it("is released in order, with those that followed, when the client answers from its mapping", () => {
    const relay = relayWith();
    const packets = [1, 2, 3].map((mark) => packet(NATIVE, T, mark));
    const nonce = nonceOf(packets.flatMap((bytes) => relay.receivePacket(bytes, 0)));
    expect(relay.receiveDatagram(HOME, PORT, makeBubble(T, nonce), 100)).toEqual(
      packets.map((bytes) => ({ kind: "datagram", address: HOME, port: PORT, bytes })),
    );
    expect(relay.queuedBytes).toBe(0);
    expect(relay.receivePacket(packets[0], 200)).toEqual([
      { kind: "datagram", address: HOME, port: PORT, bytes: packets[0] },
    ]);
  });

  it("is released by any packet from the mapping, which is also delivered", () => {
    const relay = relayWith();
    const waiting = packet(NATIVE, T, 1);
    relay.receivePacket(waiting, 0);
    const answer = packet(T, NATIVE, 2);
    expect(relay.receiveDatagram(HOME, PORT, answer, 100)).toEqual([
      { kind: "datagram", address: HOME, port: PORT, bytes: waiting },
      { kind: "packet", bytes: answer },
    ]);
  });

  it("causes bubbles at 2, 4 and 6 s and no more; at 8 s it is answered with address unreachable", () => {
    const relay = relayWith();
    const first = packet(NATIVE, T, 7);
    relay.receivePacket(first, 0);
    const times: number[] = [];
    let error: RelayOutput | undefined;
    while (relay.nextDeadline() < 100_000) {
      const now = relay.nextDeadline();
      for (const output of relay.advance(now)) {
        if (output.kind === "packet") error = output;
        times.push(now);
      }
    }
    expect(times).toEqual([2_000, 4_000, 6_000, 8_000]);
    expect(relay.counters.bubblesSent).toBe(4);
    expect([...error!.bytes.slice(40, 42)]).toEqual([1, 3]);
    expect(error!.bytes.slice(8, 24)).toEqual(ERROR_SOURCE);
    expect(error!.bytes.slice(24, 40)).toEqual(NATIVE);
    expect(error!.bytes.slice(48)).toEqual(first);
    expect(relay.queuedBytes).toBe(0);
    expect(relay.counters.drops.unreachable).toBe(1);
  });

  it("is answered with address unreachable at once while the client is locked, and bubbles start again after 300 s", () => {
    const relay = relayWith();
    relay.receivePacket(packet(NATIVE, T), 0);
    for (const now of [2_000, 4_000, 6_000, 8_000]) relay.advance(now);
    const [error] = relay.receivePacket(packet(NATIVE, T), 9_000);
    expect(error.kind).toBe("packet");
    relay.advance(307_999);
    expect(relay.receivePacket(packet(NATIVE, T), 307_999)[0].kind).toBe("packet");
    relay.advance(308_000);
    expect(relay.peerCount).toBe(0);
    expect(relay.receivePacket(packet(NATIVE, T), 308_000)).toMatchObject([{ kind: "datagram", address: SERVER }]);
  });

  it("also causes direct bubbles from a relay that is behind a NAT", () => {
    const outputs = relayWith({ directBubbles: true }).receivePacket(packet(NATIVE, T), 0);
    expect(outputs).toMatchObject([
      { address: HOME, port: PORT },
      { address: SERVER, port: 3544 },
    ]);
  });

  it("is sent at once to an address with the cone bit if that is honoured, and waits if it is ignored (RFC 5991)", () => {
    const bytes = packet(NATIVE, teredo({ flags: 0x8000 }));
    expect(relayWith({ honourConeBit: true }).receivePacket(bytes, 0)).toEqual([
      { kind: "datagram", address: HOME, port: PORT, bytes },
    ]);
    expect(relayWith().receivePacket(bytes, 0)).toMatchObject([{ address: SERVER }]);
  });

  it("is carried like any other if it is the reply to a connectivity test of a standard client", () => {
    const relay = relayWith({ serves: [{ address: ipv6("2a01:db9:1:0:0:0:0:0"), length: 64 }] });
    const reply = TEST_REPLY.bytes;
    const nonce = nonceOf(relay.receivePacket(reply, 0));
    const released = relay.receiveDatagram(ipv4("45.0.2.30"), 34_971, makeBubble(reply.slice(24, 40), nonce), 20);
    expect(released).toEqual([{ kind: "datagram", address: ipv4("45.0.2.30"), port: 34_971, bytes: reply }]);
  });
});

describe("a trusted peer", () => {
  it("is valid for 30 s after the last reception; sending to it does not refresh it", () => {
    const relay = trusting();
    expect(relay.receivePacket(packet(NATIVE, T), 29_999)).toMatchObject([{ address: HOME }]);
    expect(relay.receivePacket(packet(NATIVE, T), 30_000)).toMatchObject([{ address: SERVER }]);
  });

  it("stays valid while packets arrive from it", () => {
    const relay = trusting();
    for (let now = 20_000; now <= 200_000; now += 20_000) {
      relay.advance(now);
      expect(relay.receiveDatagram(HOME, PORT, packet(T, NATIVE), now)).toHaveLength(1);
    }
    expect(relay.receivePacket(packet(NATIVE, T), 229_999)).toMatchObject([{ address: HOME }]);
    relay.advance(229_999 + 60_000);
    expect(relay.peerCount).toBe(0);
  });

  it("moves to the source of a bubble to our nonce (symmetric NAT)", () => {
    const relay = relayWith();
    const waiting = packet(NATIVE, T);
    const nonce = nonceOf(relay.receivePacket(waiting, 0));
    expect(relay.receiveDatagram(HOME, 50_000, makeBubble(T, nonce), 10)).toEqual([
      { kind: "datagram", address: HOME, port: 50_000, bytes: waiting },
    ]);
    expect(relay.counters.mappingsMoved).toBe(1);
    expect(relay.receiveDatagram(HOME, 50_000, packet(T, NATIVE), 20)).toHaveLength(1);
    expect(relay.receiveDatagram(HOME, PORT, packet(T, NATIVE), 30)).toEqual([]);
    expect(relay.counters.drops["mapping-mismatch"]).toBe(1);
  });

  it("does not move after a bubble to another address or after data to the nonce", () => {
    const relay = relayWith();
    const nonce = nonceOf(relay.receivePacket(packet(NATIVE, T), 0));
    const guess = nonce.slice();
    guess[15] ^= 1;
    expect(relay.receiveDatagram(HOME, 50_000, makeBubble(T, guess), 10)).toEqual([]);
    expect(relay.receiveDatagram(HOME, 50_000, makeBubble(T, NATIVE), 10)).toEqual([]);
    expect(relay.receiveDatagram(HOME, 50_000, packet(T, nonce), 10)).toEqual([]);
    expect(relay.counters.drops).toMatchObject({ "mapping-mismatch": 2, "destination-not-served": 1 });
    expect(relay.queuedBytes).toBe(48);
  });

  it("may send the first packet from the mapping in its address (RFC 4380 §5.4.2)", () => {
    const relay = relayWith({ serves: [{ address: ipv6("2a01:db9:1:0:0:0:0:0"), length: 64 }] });
    const { from, port, bytes } = CLIENT_REPLY;
    expect(relay.receiveDatagram(from, port, bytes, 0)).toEqual([{ kind: "packet", bytes }]);
    expect([...relay.peers(0)]).toMatchObject([{ state: "trusted", mappedAddress: from, mappedPort: port }]);
  });
});

describe("the clock", () => {
  it("may start at any number of milliseconds, such as the wall clock's", () => {
    const start = 1_763_912_345_678;
    const relay = relayWith();
    const nonce = nonceOf(relay.receivePacket(packet(NATIVE, T), start));
    relay.receiveDatagram(HOME, PORT, makeBubble(T, nonce), start + 5);
    expect([...relay.peers(start + 8)]).toMatchObject([{ state: "trusted", idleMs: 3 }]);
    expect(relay.route(packet(NATIVE, T), 0, start + 30_004)).toBeGreaterThanOrEqual(0);
    expect(relay.route(packet(NATIVE, T), 0, start + 30_005)).toBe(NO_PEER);
    for (let at = relay.nextDeadline(); at < Number.POSITIVE_INFINITY; at = relay.nextDeadline()) relay.advance(at);
    expect(relay.peerCount).toBe(0);
  });
});

describe("the fast path", () => {
  it("finds a trusted peer for a packet from either side, and its mapping", () => {
    const relay = trusting();
    const out = packet(NATIVE, T);
    const peer = relay.route(out, 0, 1);
    expect(peer).toBeGreaterThanOrEqual(0);
    expect([relay.mappedAddress(peer), relay.mappedPort(peer)]).toEqual([HOME, PORT]);
    const back = Uint8Array.from([0, 0, ...packet(T, NATIVE), 0]);
    expect(relay.accept(back, 2, 48, HOME, PORT, 1)).toBe(peer);
    const view = new DataView(T.buffer);
    expect(relay.lookup(view.getInt32(4), view.getInt32(8), view.getInt32(12), 1)).toBe(peer);
  });

  it("keeps the peer alive by packets that it accepts, not by those that it routes", () => {
    const relay = trusting();
    expect(relay.route(packet(NATIVE, T), 0, 29_999)).toBeGreaterThanOrEqual(0);
    expect(relay.route(packet(NATIVE, T), 0, 30_000)).toBe(NO_PEER);
    const kept = trusting();
    kept.accept(packet(T, NATIVE), 0, 48, HOME, PORT, 29_000);
    expect(kept.route(packet(NATIVE, T), 0, 58_999)).toBeGreaterThanOrEqual(0);
    expect(kept.route(packet(NATIVE, T), 0, 59_000)).toBe(NO_PEER);
  });

  it.each([
    ["from elsewhere", packet(T, NATIVE), HOME, PORT + 1],
    ["from another address", packet(T, NATIVE), HOME + 1, PORT],
    ["to a destination that is not served", packet(T, ipv6("2a02:0:0:0:0:0:0:1")), HOME, PORT],
    ["from an unknown client", packet(teredo({ flags: 0 }), NATIVE), HOME, PORT],
    ["from a native source", packet(NATIVE, NATIVE), HOME, PORT],
    ["with trailers", Uint8Array.from([...packet(T, NATIVE), 1, 0]), HOME, PORT],
    ["that is a bubble", makeBubble(T, NATIVE), HOME, PORT],
    ["that is truncated", packet(T, NATIVE).slice(0, 39), HOME, PORT],
  ])("leaves a packet to the slow path: %s", (_, bytes, address, port) => {
    expect(trusting().accept(bytes, 0, bytes.length, address, port, 1)).toBe(NO_PEER);
  });

  it("does not route packets that are not served, not Teredo, or not trusted", () => {
    const relay = trusting();
    expect(relay.route(packet(ipv6("2a02:0:0:0:0:0:0:1"), T), 0, 1)).toBe(NO_PEER);
    expect(relay.route(packet(NATIVE, ipv6("2a02:0:0:0:0:0:0:1")), 0, 1)).toBe(NO_PEER);
    expect(relay.route(packet(NATIVE, teredo({ flags: 1 })), 0, 1)).toBe(NO_PEER);
    const waiting = relayWith();
    waiting.receivePacket(packet(NATIVE, T), 0);
    expect(waiting.route(packet(NATIVE, T), 0, 1)).toBe(NO_PEER);
  });

  it("agrees with the slow path about every packet", () => {
    const change = fc.tuple(fc.nat(47), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 3 }), fc.nat(40_000), fc.boolean(), (changes, now, isOut) => {
        const bytes = isOut ? packet(NATIVE, T) : packet(T, NATIVE);
        for (const [at, byte] of changes) bytes[at] = byte;
        const quick = trusting();
        const whole = trusting();
        const peer = isOut ? quick.route(bytes, 0, now) : quick.accept(bytes, 0, bytes.length, HOME, PORT, now);
        if (peer === NO_PEER) return;
        const outputs = isOut ? whole.receivePacket(bytes, now) : whole.receiveDatagram(HOME, PORT, bytes, now);
        // The data path checks sizes.
        if (isOut && whole.counters.drops["not-ipv6"] === 1) return;
        expect(outputs).toEqual([
          isOut ? { kind: "datagram", address: HOME, port: PORT, bytes } : { kind: "packet", bytes },
        ]);
      }),
      { numRuns: 300 },
    );
  });
});

describe("the relay refuses", () => {
  const badAddresses: readonly (readonly [DropReason, Uint8Array])[] = [
    ["not-teredo", ipv6("2a02:0:0:0:0:0:0:1")],
    ["server-not-global", teredo({ server: ipv4("10.0.0.1") })],
    ["mapped-address-not-global", teredo({ mappedAddress: ipv4("127.0.0.1") })],
    ["mapped-port-zero", teredo({ mappedPort: 0 })],
    ["ug-flags", teredo({ flags: 0x0300 })],
  ];

  it.each(badAddresses)("%s, both as destination and as source of a packet (CVE-2006-6264)", (reason, address) => {
    const relay = relayWith();
    expect(relay.receivePacket(packet(NATIVE, address), 0)).toEqual([]);
    expect(relay.receiveDatagram(HOME, PORT, packet(address, NATIVE), 0)).toEqual([]);
    expect(relay.counters.drops[reason]).toBe(2);
    expect(relay.peerCount).toBe(0);
  });

  it.each<[DropReason, Uint8Array]>([
    ["not-ipv6", new Uint8Array(0)],
    ["not-ipv6", packet(NATIVE, T).slice(0, 47)],
    ["not-ipv6", Uint8Array.from([0x40, ...packet(NATIVE, T).slice(1)])],
    ["packet-too-big", packet(NATIVE, T, 0, 1241)],
    ["source-not-served", packet(ipv6("2a01:db9:1:0:1:7:0808:0808"), T)],
    ["source-not-served", packet(T, T)],
    ["own-address", packet(NATIVE, teredo({ mappedAddress: RELAY, mappedPort: 3545 }))],
  ])("%s from the native side", (reason, bytes) => {
    const relay = relayWith();
    expect(relay.receivePacket(bytes, 0)).toEqual([]);
    expect(relay.counters.drops[reason]).toBe(1);
    expect(relay.peerCount).toBe(0);
  });

  it.each<[DropReason, number, number, Uint8Array]>([
    ["truncated", HOME, PORT, new Uint8Array(0)],
    ["not-teredo", HOME, PORT, SOLICITATION.bytes],
    ["source-not-global", ipv4("10.0.0.1"), PORT, packet(T, NATIVE)],
    ["source-not-global", HOME, 0, packet(T, NATIVE)],
    ["destination-not-served", HOME, PORT, packet(T, ipv6("2a02:0:0:0:0:0:0:1"))],
    ["destination-not-served", HOME, PORT, packet(T, teredo({ flags: 7 }))],
    ["mapping-mismatch", HOME, PORT + 1, packet(T, NATIVE)],
    ["mapping-mismatch", HOME + 1, PORT, packet(T, NATIVE)],
    ["unknown-peer", HOME, PORT, makeBubble(T, NATIVE)],
    ["own-address", RELAY, 3545, packet(teredo({ mappedAddress: RELAY, mappedPort: 3545 }), NATIVE)],
  ])("%s from UDP", (reason, address, port, bytes) => {
    const relay = relayWith();
    expect(relay.receiveDatagram(address, port, bytes, 0)).toEqual([]);
    expect(relay.counters.drops[reason]).toBe(1);
    expect(relay.peerCount).toBe(0);
  });

  it("prefixes that no relay can serve", () => {
    for (const serves of [
      [{ address: T, length: 32 }],
      [{ address: T, length: 80 }],
      [{ address: ipv6("fe80:0:0:0:0:0:0:0"), length: 10 }],
      [{ address: ipv6("ff02:0:0:0:0:0:0:0"), length: 16 }],
      [{ address: NATIVE, length: 129 }],
      [{ address: NATIVE.slice(1), length: 80 }],
    ]) {
      expect(() => relayWith({ serves })).toThrow(RangeError);
    }
    expect(() => relayWith({ peers: 0 })).toThrow(RangeError);
    expect(() => relayWith({ errorSource: new Uint8Array(4) })).toThrow(RangeError);
  });

  it("Teredo sources even if it serves all prefixes", () => {
    const relay = relayWith({ serves: [{ address: ipv6("2000:0:0:0:0:0:0:0"), length: 3 }] });
    relay.receivePacket(packet(teredo({ flags: 7 }), T), 0);
    expect(relay.counters.drops["source-not-served"]).toBe(1);
    expect(relay.receivePacket(packet(ipv6("2600:0:0:0:0:0:0:1"), T), 0)).toHaveLength(1);
  });
});
