/** RFC 6146 §3.5: what is looked at at all, and who may send to a binding. */
import { expect, it } from "vitest";
import { OWN4, POOL, SERVER, stateful } from "../engine/support.ts";
import { fate, ping6, send, tcp6, udp4, udp6 } from "./packets.ts";

it("RFC 6146 §3.5, §5.4: an IPv6 packet from inside a NAT64 prefix is dropped without a word", () => {
  const nat64 = stateful({ prefixes: ["2001:db8:64::/96", "2001:db8:100::/40"] });
  for (const source of ["2001:db8:64::192.0.2.1", "2001:db8:64::198.51.100.9", "2001:db8:1c0:2:21::"]) {
    expect(fate(nat64, udp6(5000, 53, { source }))).toBe("refused-source");
    expect(fate(nat64, tcp6("SYN", 5000, 80, { source }))).toBe("refused-source");
    expect(fate(nat64, ping6(7, { source }))).toBe("refused-source");
  }
  expect(nat64.counters.bindings).toBe(0);
});

it("RFC 6146 §3.5: an IPv6 packet to no NAT64 prefix is not translated", () => {
  const nat64 = stateful();
  expect(fate(nat64, udp6(5000, 53, { destination: "2001:db8:65::198.51.100.2" }))).toBe("not-in-prefix");
  expect(nat64.counters.bindings).toBe(0);
});

it("RFC 6146 §3.5: an IPv4 packet to no address of the pool is not translated", () => {
  const nat64 = stateful();
  const { sourcePort } = send(nat64, udp6(5000, 53));
  expect(fate(nat64, udp4(53, sourcePort, { destination: "192.0.2.2" }))).toBe("not-in-pool");
  expect(fate(nat64, udp4(53, sourcePort, { destination: OWN4 }))).toBe("own-address 3/3");
});

it("RFC 6146 §3.5, RFC 4787 REQ-8: endpoint-independent filtering, the default, accepts all remote hosts", () => {
  const nat64 = stateful();
  const { sourcePort } = send(nat64, udp6(5000, 53));
  expect(fate(nat64, udp4(53, sourcePort, { source: "198.51.100.77" }))).toBe("translated");
});

it("RFC 6146 §3.5, RFC 4787 REQ-8: address-dependent filtering lets in whom the client has spoken to", () => {
  const nat64 = stateful({ filtering: "address-dependent" });
  const { sourcePort } = send(nat64, udp6(5000, 53));
  expect(fate(nat64, udp4(9999, sourcePort, { source: SERVER }))).toBe("translated");
  expect(fate(nat64, udp4(53, sourcePort, { source: "198.51.100.77" }))).toBe("filtered 3/13");
});

it("RFC 6146 §3.5: address- and port-dependent filtering, the one of peer exits, wants the port too", () => {
  const nat64 = stateful({ filtering: "address-and-port-dependent" });
  const { sourcePort } = send(nat64, udp6(5000, 53));
  expect(fate(nat64, udp4(53, sourcePort, { source: SERVER }))).toBe("translated");
  expect(fate(nat64, udp4(9999, sourcePort, { source: SERVER }))).toBe("filtered 3/13");
});

it("RFC 6146 §3.1: a manual BIB entry of each protocol is reachable from IPv4 without any packet before", () => {
  const common = { ipv6: "2001:db8:c1::5", ipv4: POOL } as const;
  const nat64 = stateful({
    staticBindings: [
      { ...common, protocol: "tcp", ipv6Port: 80, ipv4Port: 8080 },
      { ...common, protocol: "udp", ipv6Port: 53, ipv4Port: 5353 },
      { ...common, protocol: "icmp", ipv6Port: 7, ipv4Port: 77 },
    ],
    filtering: "address-and-port-dependent",
  });
  expect(send(nat64, udp4(4000, 5353))).toMatchObject({ destination: "2001:db8:c1::5", destinationPort: 53 });
  nat64.advance(3_600_000);
  expect(nat64.counters).toMatchObject({ sessions: 0, bindings: 3 });
  expect(send(nat64, udp6(53, 4000, { source: "2001:db8:c1::5" }), 3_600_000)).toMatchObject({ sourcePort: 5353 });
});
