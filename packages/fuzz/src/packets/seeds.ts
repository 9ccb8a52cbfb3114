/** Well-formed packets of every kind that a translator knows. */
import { concat, filler, fragmentHeader, icmp, ipv4, ipv6, PROTOCOL, tcp, u16, u32, udp } from "./build.ts";

const { tcp: TCP, udp: UDP, icmp: ICMP, icmpv6: ICMPV6, options: OPTIONS } = PROTOCOL;

/** The addresses of seeds. */
export const NET = {
  prefix: "2001:db8:64::/96",
  client: "2001:db8:c1::1",
  server: "198.51.100.2",
  server6: "2001:db8:64::198.51.100.2",
  pool: "192.0.2.1",
  pool6: "2001:db8:64::192.0.2.1",
  own6: "2001:db8:64::ffff:0:1",
  own4: "203.0.113.1",
} as const;

const SYN = 2;
const RST = 4;
const ACK = 16;
const FIN_ACK = 17;

/** Packets from a client. @param from port of the client */
export function fromIPv6(client: string = NET.client, from = 40_000): Uint8Array[] {
  const there = { source: client, destination: NET.server6 };
  const answer = ipv6({ source: NET.server6, destination: client, protocol: UDP, payload: udp(53, from) });
  return [
    ...[SYN, ACK, FIN_ACK, RST].map((flags) => ipv6({ ...there, protocol: TCP, payload: tcp(from, 80, flags) })),
    ipv6({ ...there, protocol: UDP, payload: udp(from, 53) }),
    ipv6({ ...there, protocol: ICMPV6, payload: icmp(128, 0, [...u16(from), 0, 1], filler(8)) }),
    ipv6({ ...there, destination: NET.own6, protocol: ICMPV6, payload: icmp(128, 0, [1, 2, 0, 1], filler(8)) }),
    ipv6({ ...there, protocol: UDP, extensions: [fragmentHeader(0, true, 7)], payload: udp(from, 53, filler(32)) }),
    ipv6({ ...there, protocol: UDP, extensions: [fragmentHeader(40, false, 7)], payload: filler(32) }),
    ipv6({
      ...there,
      protocol: TCP,
      extensions: [0, OPTIONS].map((type) => [type, new Uint8Array(8)] as const),
      payload: tcp(from, 80, SYN),
    }),
    ipv6({ ...there, protocol: TCP, extensions: [[43, concat([0, 0, 0, 1], u32(0))]], payload: tcp(from, 80, SYN) }),
    ...[1, 2, 3, 4].map((type) => ipv6({ ...there, protocol: ICMPV6, payload: icmp(type, 0, u32(1280), answer) })),
    ipv6({ ...there, protocol: 132, payload: filler(16) }),
  ];
}

/** Packets from a server. @param port the client's port in the pool */
export function fromIPv4(port = 40_000): Uint8Array[] {
  const there = { source: NET.server, destination: NET.pool };
  const sent = ipv4({ source: NET.pool, destination: NET.server, protocol: UDP, payload: udp(port, 53) });
  return [
    ...[SYN, SYN | ACK, ACK, FIN_ACK, RST].map((flags) =>
      ipv4({ ...there, protocol: TCP, payload: tcp(80, port, flags) }),
    ),
    ipv4({ ...there, protocol: UDP, payload: udp(53, port) }),
    ipv4({ ...there, protocol: UDP, fragment: 0, payload: udp(53, port, filler(1400)) }),
    ipv4({ ...there, protocol: ICMP, payload: icmp(0, 0, [...u16(port), 0, 1], filler(8)) }),
    ipv4({ ...there, destination: NET.own4, protocol: ICMP, payload: icmp(8, 0, [1, 2, 0, 1], filler(8)) }),
    ipv4({ ...there, protocol: UDP, fragment: 0x2000, payload: udp(53, port, filler(32)) }),
    ipv4({ ...there, protocol: UDP, fragment: 5, payload: filler(32) }),
    ipv4({
      ...there,
      protocol: TCP,
      options: Uint8Array.of(131, 7, 4, 10, 0, 0, 1, 0),
      payload: tcp(80, port, ACK),
    }),
    ...[3, 11, 12].map((type) =>
      ipv4({
        ...there,
        source: "10.1.2.3",
        protocol: ICMP,
        payload: icmp(type, type === 3 ? 4 : 0, [0, 0, 5, 0], sent),
      }),
    ),
    ipv4({ ...there, protocol: 47, payload: filler(16) }),
  ];
}
