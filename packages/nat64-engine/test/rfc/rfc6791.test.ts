/** RFC 6791: IPv4 sources for ICMPv6 errors of routers that have no IPv4 address. */
import { expect, it } from "vitest";
import { SERVER, SERVER6, stateless } from "../engine/support.ts";
import { error6, fate, send, udp6 } from "./packets.ts";

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
