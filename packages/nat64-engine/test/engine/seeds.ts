/** Well-formed packets of every kind, as starting points for mutation. */
import { concat, filler, fragment, icmp, ipv4, ipv6, tcp, u16, u32, udp, withChecksum } from "../packet/build.ts";
import { CLIENT, OWN4, OWN6, POOL, SERVER, SERVER6 } from "./support.ts";

const six = { source: CLIENT, destination: SERVER6 };
const four = { source: SERVER, destination: POOL };

/** From the IPv6 side. */
export const FROM_IPV6: readonly Uint8Array[] = [
  withChecksum(ipv6({ ...six, protocol: 6, payload: tcp(40000, 80, filler(20)) })),
  withChecksum(ipv6({ ...six, protocol: 17, payload: udp(40000, 53, filler(33)) })),
  withChecksum(ipv6({ ...six, protocol: 58, payload: icmp(128, 0, [0x12, 0x34, 0, 1], filler(32)) })),
  withChecksum(ipv6({ ...six, destination: OWN6, protocol: 58, payload: icmp(128, 0, [1, 2, 0, 1], filler(8)) })),
  ipv6({ ...six, protocol: 17, extensions: [fragment(0, true, 7)], payload: udp(40001, 53, filler(32), 72) }),
  ipv6({ ...six, protocol: 17, extensions: [fragment(40, false, 7)], payload: filler(32) }),
  ipv6({
    ...six,
    protocol: 6,
    extensions: [
      [0, filler(8).fill(0)],
      [60, filler(8).fill(0)],
    ],
    payload: tcp(1, 2, filler(4)),
  }),
  ipv6({ ...six, protocol: 6, extensions: [[43, concat([0, 0, 0, 1], u32(0))]], payload: tcp(1, 2, filler(4)) }),
  ...[1, 2, 3, 4].map((type) =>
    withChecksum(
      ipv6({
        ...six,
        protocol: 58,
        payload: icmp(
          type,
          0,
          u32(1280),
          ipv6({ source: SERVER6, destination: CLIENT, protocol: 17, payload: udp(53, 40000, filler(16)) }),
        ),
      }),
    ),
  ),
  // A length attribute (RFC 4884) that ends among the extension headers of the packet inside.
  withChecksum(
    ipv6({
      ...six,
      protocol: 58,
      payload: icmp(
        1,
        4,
        [16, 0, 0, 0],
        ipv6({
          source: SERVER6,
          destination: CLIENT,
          protocol: 17,
          extensions: [[60, concat([0, 31], filler(254).fill(0))]],
          payload: udp(53, 40000, filler(64)),
        }),
      ),
    }),
  ),
  ipv6({ ...six, protocol: 132, payload: filler(16) }),
];

/** From the IPv4 side; `port` is one that the pool has given to somebody. */
export function fromIPv4(port: number): readonly Uint8Array[] {
  return [
    withChecksum(ipv4({ ...four, protocol: 6, payload: tcp(80, port, filler(20)) })),
    withChecksum(ipv4({ ...four, protocol: 17, payload: udp(53, port, filler(33)) })),
    withChecksum(ipv4({ ...four, protocol: 17, payload: udp(53, port, filler(1800)) })),
    withChecksum(ipv4({ ...four, protocol: 1, payload: icmp(0, 0, [...u16(port), 0, 1], filler(32)) })),
    withChecksum(ipv4({ ...four, destination: OWN4, protocol: 1, payload: icmp(8, 0, [1, 2, 0, 1], filler(8)) })),
    ipv4({ ...four, protocol: 17, mf: true, id: 9, payload: udp(53, port, filler(32), 72) }),
    ipv4({ ...four, protocol: 17, offset: 40, id: 9, payload: filler(32) }),
    ipv4({
      ...four,
      protocol: 6,
      options: Uint8Array.of(131, 7, 4, 10, 0, 0, 1, 0),
      payload: tcp(80, port, filler(4)),
    }),
    ...[3, 11, 12].map((type) =>
      withChecksum(
        ipv4({
          ...four,
          source: "10.1.2.3",
          protocol: 1,
          payload: icmp(
            type,
            type === 3 ? 4 : 0,
            [0, 0, 5, 0],
            ipv4({ source: POOL, destination: SERVER, protocol: 17, payload: udp(port, 53, filler(16)) }),
          ),
        }),
      ),
    ),
    ipv4({ ...four, protocol: 47, payload: filler(16) }),
  ];
}

export const EXIT_SELECTOR = 0x0101;
export const EXIT_TEREDO = "2001:0:c000:205:1234:5678:39cd:9bf9";
const EXIT_SERVER6 = `2001:db8:64::${EXIT_SELECTOR.toString(16)}:${SERVER}`;

/** What comes back to the IPv6 peer through a peer exit; `port` is one of the pair's block. */
export function fromExit(port: number): readonly Uint8Array[] {
  const back = { source: EXIT_TEREDO, destination: EXIT_SERVER6 };
  const out = ipv6({
    source: EXIT_SERVER6,
    destination: EXIT_TEREDO,
    protocol: 17,
    payload: udp(port, 53, filler(16)),
  });
  return [
    withChecksum(ipv6({ ...back, protocol: 6, payload: tcp(80, port, filler(20)) })),
    withChecksum(ipv6({ ...back, protocol: 17, payload: udp(53, port, filler(33)) })),
    withChecksum(ipv6({ ...back, protocol: 58, payload: icmp(129, 0, [...u16(port), 0, 1], filler(32)) })),
    ipv6({ ...back, protocol: 17, extensions: [fragment(0, true, 7)], payload: udp(53, port, filler(32), 72) }),
    ipv6({ ...back, protocol: 17, extensions: [fragment(40, false, 7)], payload: filler(32) }),
    ...[1, 2, 3].map((type) => withChecksum(ipv6({ ...back, protocol: 58, payload: icmp(type, 0, u32(1280), out) }))),
    withChecksum(ipv6({ ...back, source: "2001:db8:99::1", protocol: 58, payload: icmp(2, 0, u32(1280), out) })),
    withChecksum(ipv6({ ...back, source: "2001:db8:99::1", protocol: 58, payload: icmp(1, 3, u32(0), out) })),
  ];
}

/** What an IPv4 peer gets from its pair. */
export function toExit(): readonly Uint8Array[] {
  const there = { source: EXIT_SERVER6, destination: EXIT_TEREDO };
  const back = ipv6({
    source: EXIT_TEREDO,
    destination: EXIT_SERVER6,
    protocol: 17,
    payload: udp(53, 20_000, filler(16)),
  });
  return [
    withChecksum(ipv6({ ...there, protocol: 6, payload: tcp(20_000, 80, filler(20)) })),
    withChecksum(ipv6({ ...there, protocol: 17, payload: udp(20_000, 53, filler(33)) })),
    withChecksum(ipv6({ ...there, protocol: 58, payload: icmp(128, 0, [0x4e, 0x20, 0, 1], filler(32)) })),
    ipv6({ ...there, protocol: 17, extensions: [fragment(0, true, 7)], payload: udp(20_000, 53, filler(32), 72) }),
    ipv6({ ...there, protocol: 17, extensions: [fragment(40, false, 7)], payload: filler(32) }),
    ...[1, 2, 3].map((type) => withChecksum(ipv6({ ...there, protocol: 58, payload: icmp(type, 0, u32(1280), back) }))),
  ];
}
