/** Fragments through the whole engine: in any order, both ways, TCP, UDP and ICMP. RFC 6146 §3.4. */
import { describe, expect, test } from "vitest";
import type { Nat64 } from "../../src/simple.ts";
import {
  checksumError,
  filler,
  fragment,
  icmp,
  ipv4,
  ipv6,
  layout,
  tcp,
  u16,
  udp,
  withChecksum,
} from "../packet/build.ts";
import { CLIENT, POOL, SERVER, SERVER6, stateful, stateless } from "./support.ts";

const SIX = { source: CLIENT, destination: SERVER6 };
const FOUR = { source: SERVER, destination: POOL };

/** Cuts the payload of a whole IPv6 packet into fragments of `size` bytes. */
function cut6(packet: Uint8Array, size: number, id: number): Uint8Array[] {
  const protocol = packet[6];
  const payload = packet.subarray(40);
  return pieces(payload, size).map(([at, part, more]) =>
    ipv6({ ...SIX, protocol, extensions: [fragment(at, more, id)], payload: part }),
  );
}

/** Cuts the payload of a whole IPv4 packet into fragments of `size` bytes. */
function cut4(packet: Uint8Array, size: number, id: number): Uint8Array[] {
  return pieces(packet.subarray(20), size).map(([offset, part, mf]) =>
    ipv4({ ...FOUR, protocol: packet[9], offset, mf, id, payload: part }),
  );
}

function pieces(payload: Uint8Array, size: number): [at: number, part: Uint8Array, more: boolean][] {
  const list: [number, Uint8Array, boolean][] = [];
  for (let at = 0; at < payload.length; at += size) {
    list.push([at, payload.subarray(at, at + size), at + size < payload.length]);
  }
  return list;
}

/** Puts translated fragments together again, as the receiver does, and returns the whole packet. */
function whole(fragments: readonly Uint8Array[]): Uint8Array {
  const isIPv6 = fragments[0][0] >>> 4 === 6;
  const header = isIPv6 ? 40 : 20;
  const parts = fragments.map((each) => {
    const field = isIPv6 ? (each[42] << 8) | each[43] : (each[6] << 8) | each[7];
    return {
      at: isIPv6 ? field & 0xfff8 : (field & 0x1fff) * 8,
      data: each.subarray(isIPv6 ? 48 : 20),
      id: [...(isIPv6 ? each.subarray(44, 48) : each.subarray(4, 6))].join("."),
      more: (field & (isIPv6 ? 1 : 0x2000)) !== 0,
    };
  });
  expect(new Set(parts.map(({ id }) => id)).size).toBe(1);
  parts.sort((a, b) => a.at - b.at);
  const payload = new Uint8Array(parts.reduce((sum, { data }) => sum + data.length, 0));
  let end = 0;
  for (const [i, { at, data, more }] of parts.entries()) {
    expect(at).toBe(end);
    expect(more).toBe(i < parts.length - 1);
    payload.set(data, at);
    end += data.length;
  }
  const packet = new Uint8Array(header + payload.length);
  packet.set(fragments[0].subarray(0, header));
  packet.set(payload, header);
  if (isIPv6) {
    packet[6] = fragments[0][40];
    packet.set(u16(payload.length), 4);
  } else {
    packet.set(u16(packet.length), 2);
  }
  return packet;
}

const KINDS = {
  UDP: {
    out: ipv6({ ...SIX, protocol: 17, payload: udp(40000, 53, filler(2501)) }),
    back: (port: number) => ipv4({ ...FOUR, protocol: 17, payload: udp(53, port, filler(2501)) }),
  },
  TCP: {
    out: ipv6({ ...SIX, protocol: 6, payload: syn(40000, 80, 2501) }),
    back: (port: number) => ipv4({ ...FOUR, protocol: 6, payload: tcp(80, port, filler(2501)) }),
  },
  ICMP: {
    out: ipv6({ ...SIX, protocol: 58, payload: icmp(128, 0, [0x12, 0x34, 0, 1], filler(2501)) }),
    back: (id: number) => ipv4({ ...FOUR, protocol: 1, payload: icmp(0, 0, [...u16(id), 0, 1], filler(2501)) }),
  },
} as const;

function syn(sourcePort: number, destinationPort: number, data: number): Uint8Array {
  const segment = tcp(sourcePort, destinationPort, filler(data));
  segment[13] = 2;
  return segment;
}

const ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

describe.each(Object.entries(KINDS))("a fragmented %s packet", (_, { out, back }) => {
  test.each(ORDERS)(
    "RFC 6146 §3.4: arrives whole in both directions when its fragments come as %i, %i, %i",
    (...order) => {
      const nat = stateful();
      const there = order.flatMap((i) => nat.fromIPv6(cut6(withChecksum(out), 904, 7)[i], 0).packets);
      expect(there.every(({ family }) => family === 4)).toBe(true);
      const sent = whole(there.map(({ packet }) => packet));
      expect(checksumError(sent)).toBe(0);
      expect(sent.subarray(28)).toEqual(withChecksum(ipv4({ protocol: 17, payload: sent.subarray(20) })).subarray(28));
      const { transport, protocol } = layout(sent);
      const at = transport + (protocol === 1 ? 4 : 0);
      const port = (sent[at] << 8) | sent[at + 1];

      const answer = cut4(withChecksum(back(port)), 904, 9);
      const home = order.flatMap((i) => nat.fromIPv4(answer[i], 1).packets);
      expect(home.every(({ family }) => family === 6)).toBe(true);
      const received = whole(home.map(({ packet }) => packet));
      expect(checksumError(received)).toBe(0);
      expect(received.length - 40).toBe(back(port).length - 20);
      expect(nat.counters.dropsByReason()).toEqual({});
      expect(nat.counters.heldPackets).toBe(0);
    },
  );
});

test("RFC 7915 §4.1: a whole IPv4 packet without DF that is too long for 1280 is cut, and arrives whole", () => {
  const nat = stateful();
  const first = nat.fromIPv6(withChecksum(ipv6({ ...SIX, protocol: 17, payload: udp(40000, 53, filler(10)) })), 0);
  const port = (first.packets[0].packet[20] << 8) | first.packets[0].packet[21];
  const { packets } = nat.fromIPv4(
    withChecksum(ipv4({ ...FOUR, id: 77, protocol: 17, payload: udp(53, port, filler(1400)) })),
    0,
  );
  expect(packets).toHaveLength(2);
  expect(Math.max(...packets.map(({ packet }) => packet.length))).toBeLessThanOrEqual(1280);
  expect(checksumError(whole(packets.map(({ packet }) => packet)))).toBe(0);
});

test("RFC 7915 §1.2: a stateless translator drops fragmented ICMP queries with their reason", () => {
  const nat = stateless();
  const [one] = cut6(withChecksum(KINDS.ICMP.out), 904, 7);
  const source = "2001:db8:64::192.0.2.9";
  const packet = ipv6({
    source,
    destination: SERVER6,
    protocol: 58,
    extensions: [fragment(0, true, 7)],
    payload: one.subarray(48),
  });
  expect(nat.fromIPv6(packet, 0).dropped).toBe("fragmented-icmp");
});

test("RFC 6146 §3.4: fragments that wait for a first one that never comes are given up and counted", () => {
  const nat = stateful();
  const [, second, third] = cut6(withChecksum(KINDS.UDP.out), 904, 7);
  expect(nat.fromIPv6(second, 0).packets).toEqual([]);
  expect(nat.fromIPv6(third, 0).packets).toEqual([]);
  expect(nat.counters.heldPackets).toBe(2);
  nat.advance(20_000);
  expect(nat.counters.heldPackets).toBe(0);
  expect(nat.counters.dropsByReason()).toEqual({ "fragment-timeout": 2 });
});

test("RFC 5722 §3: overlapping fragments drop the packet", () => {
  const nat = stateful();
  const [one, two] = cut6(withChecksum(KINDS.UDP.out), 904, 7);
  nat.fromIPv6(one, 0);
  const lie = ipv6({ ...SIX, protocol: 17, extensions: [fragment(896, true, 7)], payload: filler(904) });
  expect(nat.fromIPv6(lie, 0).dropped).toBe("fragment-overlap");
  expect(nat.fromIPv6(two, 0).dropped).toBe("fragment-overlap");
});

test.each(ORDERS)(
  "RFC 6146 §3.4: a fragmented UDP packet without checksum gets one when its fragments come as %i, %i, %i",
  (...order) => {
    const nat = stateful();
    const first = nat.fromIPv6(withChecksum(ipv6({ ...SIX, protocol: 17, payload: udp(40000, 53, filler(10)) })), 0);
    const port = (first.packets[0].packet[20] << 8) | first.packets[0].packet[21];
    const fragments = cut4(ipv4({ ...FOUR, protocol: 17, payload: udp(53, port, filler(2501)) }), 904, 9);
    const home = order.flatMap((i) => nat.fromIPv4(fragments[i], 1).packets);
    const received = whole(home.map(({ packet }) => packet));
    expect((received[46] << 8) | received[47]).not.toBe(0);
    expect(checksumError(received)).toBe(0);
    expect(nat.counters.dropsByReason()).toEqual({});
  },
);

test("RFC 7915 §4.5: with the policy to drop them, no fragment of a UDP packet without checksum gets through", () => {
  const nat = stateful({ udpZeroChecksum: "drop" });
  const first = nat.fromIPv6(withChecksum(ipv6({ ...SIX, protocol: 17, payload: udp(40000, 53, filler(10)) })), 0);
  const port = (first.packets[0].packet[20] << 8) | first.packets[0].packet[21];
  const fragments = cut4(ipv4({ ...FOUR, protocol: 17, payload: udp(53, port, filler(2501)) }), 904, 9);
  expect(fragments.flatMap((each) => nat.fromIPv4(each, 1).packets.filter(({ family }) => family === 6))).toEqual([]);
  expect(nat.counters.dropsByReason()["udp-zero-checksum"]).toBe(3);
});

/** The Identification that both fragments of a client's packet leave with; `id` is the one that the client chose. */
function identificationOf(nat: Nat64, source: string, destination: string, id: number, port = 53): number {
  const payload = udp(4000, port, filler(1992));
  payload.set([0xab, 0xcd], 6);
  const ids = pieces(payload, 1000).map(([at, part, more]) => {
    const outcome = nat.fromIPv6(
      ipv6({ source, destination, protocol: 17, extensions: [fragment(at, more, id)], payload: part }),
      0,
    );
    const [{ family, packet }] = outcome.packets;
    return family === 4 ? (packet[4] << 8) | packet[5] : (packet[46] << 8) | packet[47];
  });
  expect(new Set(ids).size).toBe(1);
  return ids[0];
}

test("RFC 6864 §5.3: fragments of clients with the same low 16 bits of the Identification leave with different ones", () => {
  const nat = stateful();
  const clients = Array.from({ length: 8 }, (_, i) => `2001:db8:c${i + 1}::1`);
  const toServer = clients.map((client, i) => identificationOf(nat, client, SERVER6, ((i + 1) << 16) | 7));
  expect(new Set(toServer).size).toBe(clients.length);
});

test("RFC 6864 §5.3: … also across a hairpin", () => {
  const nat = stateful();
  const opened = nat.fromIPv6(withChecksum(ipv6({ ...SIX, protocol: 17, payload: udp(53, 53, filler(8)) })), 0);
  const port = (opened.packets[0].packet[20] << 8) | opened.packets[0].packet[21];

  const pool6 = `2001:db8:64::${POOL}`;
  const ids = ["2001:db8:c2::1", "2001:db8:c3::1"].map((client) => identificationOf(nat, client, pool6, 7, port));
  expect(ids[0]).not.toBe(ids[1]);
});

test("RFC 7739 §5: Identifications count by destination: packets to others do not show in them", () => {
  const nat = stateful();
  const idTo = (destination: string): number => {
    const query = withChecksum(ipv6({ ...SIX, destination, protocol: 17, payload: udp(4000, 53, filler(8)) }));
    const [{ packet }] = nat.fromIPv6(query, 0).packets;
    return (packet[4] << 8) | packet[5];
  };
  const first = idTo(SERVER6);
  for (let i = 1; i <= 20; i++) idTo(`2001:db8:64::203.0.113.${i}`);
  expect(idTo(SERVER6)).toBe((first + 1) & 0xffff);
  const others = Array.from({ length: 20 }, (_, i) => idTo(`2001:db8:64::203.0.113.${i + 1}`));
  expect(others.filter((id, i) => i > 0 && id === ((others[i - 1] + 1) & 0xffff)).length).toBeLessThan(5);
});
