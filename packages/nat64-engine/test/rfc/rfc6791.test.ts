/** RFC 6791: IPv4 sources for ICMPv6 errors of routers that have no IPv4 address. */
import { expect, it } from "vitest";
import { OWN6, only, SERVER, SERVER6, stateless } from "../engine/support.ts";
import { checksumError } from "../packet/build.ts";
import { canonical, error4, error6, fate, feed, inside, seen, send, udp4, udp6 } from "./packets.ts";

/** An error of a router without mapping about a packet from the server to a host of the IPv6 side. */
const hop = (router: string) => {
  const quoted = udp6(53, 1000, { source: SERVER6, destination: "2001:db8:64::192.0.2.9" });
  return error6(3, 0, quoted, { source: router, destination: SERVER6 });
};

it("RFC 6791 §3: an ICMPv6 error from an address without mapping is passed on, from an address of the pool", () => {
  const nat64 = stateless({ icmpSourcePool: ["192.0.2.201", "192.0.2.202", "192.0.2.203"] });
  const out = send(nat64, hop("2001:db8:ffff::1"));
  expect(out).toMatchObject({ destination: SERVER, icmp: "11/0" });
  expect(["192.0.2.201", "192.0.2.202", "192.0.2.203"]).toContain(out.source);
  expect(fate(nat64, udp6(1, 2, { source: "2001:db8:ffff::1" }))).toBe("no-mapping 1/3");
});

it("RFC 6791 §5: hops of a traceroute spread over the pool", () => {
  const nat64 = stateless({ icmpSourcePool: ["192.0.2.201", "192.0.2.202", "192.0.2.203"] });
  const sources = Array.from({ length: 60 }, (_, i) => send(nat64, hop(`2001:db8:ffff::${i + 1}`)).source);
  for (const each of new Set(sources)) expect(sources.filter((source) => source === each).length).toBeGreaterThan(8);
  expect(new Set(sources).size).toBe(3);
});

it("RFC 6791 §3, RFC 7600: without a pool they come from 192.0.0.8; a mapped source keeps its mapping", () => {
  const nat64 = stateless();
  expect(send(nat64, hop("2001:db8:ffff::1")).source).toBe("192.0.0.8");
  expect(send(nat64, hop("2001:db8:64::192.0.2.77")).source).toBe("192.0.2.77");
});

const EAM = [
  { ipv4: "192.0.2.10", ipv6: "2001:db8:a::10" },
  { ipv4: "198.51.100.0/24", ipv6: "2001:db8:b::/120" },
];

/** With explicit mappings alone: an error of an IPv4 router without one about a packet of a mapped host. */
const hop4 = (router: string) => {
  const quoted = udp4(1000, 53, { source: "192.0.2.10", destination: SERVER });
  return error4(11, 0, quoted, { source: router, destination: "192.0.2.10" });
};

it("RFC 7915 §4.2, RFC 6791: with explicit mappings alone an ICMPv4 error of a router without one comes from our address", () => {
  const nat64 = stateless({ prefixes: [], eam: EAM });
  for (const router of ["203.0.113.77", "10.1.2.3"]) {
    const out = only(feed(nat64, hop4(router)));
    expect(seen(out)).toMatchObject({ source: canonical(OWN6), destination: "2001:db8:a::10", icmp: "3/0" });
    expect(inside(out)).toMatchObject({ source: "2001:db8:a::10", destination: "2001:db8:b::2" });
    expect(checksumError(out)).toBe(0);
  }
  expect(send(nat64, hop4("198.51.100.9")).source).toBe("2001:db8:b::9");
  expect(fate(nat64, udp4(53, 1000, { source: "203.0.113.77", destination: "192.0.2.10" }))).toBe("no-mapping 3/1");
});

it("RFC 7757 §4: with explicit mappings alone packets between two of them are translated: there is no prefix for a detour", () => {
  const out = send(
    stateless({ prefixes: [], eam: EAM }),
    udp4(53, 1000, { source: SERVER, destination: "192.0.2.10" }),
  );
  expect(out).toMatchObject({ source: "2001:db8:b::2", destination: "2001:db8:a::10" });
});

it("RFC 7915 §4.2, RFC 6791: … or from a pool of IPv6 addresses, always the same for one router", () => {
  const icmpSourcePoolIPv6 = ["2001:db8:5::1", "2001:db8:5::2", "2001:db8:5::3"];
  const nat64 = stateless({ prefixes: [], eam: EAM, icmpSourcePoolIPv6 });
  const sources = Array.from({ length: 60 }, (_, i) => send(nat64, hop4(`203.0.113.${i + 1}`)).source);
  expect(new Set(sources)).toEqual(new Set(icmpSourcePoolIPv6));
  expect(send(nat64, hop4("203.0.113.1")).source).toBe(sources[0]);
});
