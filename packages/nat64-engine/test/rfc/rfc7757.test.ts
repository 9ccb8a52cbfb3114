/** RFC 7757: Explicit Address Mappings of a stateless translator, and hairpinning between mapped hosts (§4). */
import { describe, expect, it } from "vitest";
import { ConfigError } from "../../src/config/config-error.ts";
import { only, SERVER, SERVER6, stateless } from "../engine/support.ts";
import { error4, error6, fate, feed, inside, seen, send, udp4, udp6 } from "./packets.ts";

const EAM = [
  { ipv4: "192.0.2.10", ipv6: "2001:db8:a::10" },
  { ipv4: "192.0.2.20/32", ipv6: "2001:db8:b::20/128" },
  { ipv4: "203.0.113.0/24", ipv6: "2001:db8:c::/64" },
  { ipv4: "203.0.113.128/25", ipv6: "2001:db8:d::/121" },
];
const nat64 = () => stateless({ eam: EAM });

it("RFC 7757 §3.2: a prefix without length is one address", () => {
  expect(send(nat64(), udp6(1000, 53, { source: "2001:db8:a::10" })).source).toBe("192.0.2.10");
  expect(fate(nat64(), udp6(1000, 53, { source: "2001:db8:a::11" }))).toBe("no-mapping 1/3");
});

it("RFC 7757 §3.2, §3.3.1: from IPv4 each address is mapped separately: prefix, suffix, zeros", () => {
  const out = send(nat64(), udp4(53, 1000, { source: SERVER, destination: "203.0.113.7" }));
  expect(out).toMatchObject({ source: "2001:db8:64::c633:6402", destination: "2001:db8:c:0:700::" });
});

it("RFC 7757 §3.3.2: from IPv6 likewise, and bits behind the suffix are ignored", () => {
  const out = send(nat64(), udp6(1000, 53, { source: "2001:db8:c:0:7ab:cdef::1", destination: SERVER6 }));
  expect(out).toMatchObject({ source: "203.0.113.7", destination: SERVER });
});

it("RFC 7757 §3.3: of overlapping mappings the longest prefix decides", () => {
  const out = send(nat64(), udp4(53, 1000, { destination: "203.0.113.200" }));
  expect(out.destination).toBe("2001:db8:d::48");
  expect(send(nat64(), udp6(1000, 53, { source: "2001:db8:d::48" })).source).toBe("203.0.113.200");
});

it("RFC 7757 §3.3: an address without mapping takes the RFC 6052 prefix", () => {
  const out = send(nat64(), udp4(53, 1000, { source: "198.51.100.7", destination: "192.0.2.10" }));
  expect(out).toMatchObject({ source: "2001:db8:64::c633:6407", destination: "2001:db8:a::10" });
});

it("RFC 7757 §3.2: addresses in the packet inside an ICMP error are mapped too", () => {
  const quoted = udp4(1000, 53, { source: "192.0.2.10", destination: SERVER });
  const out = only(feed(nat64(), error4(3, 3, quoted, { source: SERVER, destination: "192.0.2.10" })));
  expect(inside(out)).toMatchObject({ source: "2001:db8:a::10", destination: "2001:db8:64::c633:6402" });
});

it("RFC 7757 §3.1: an IPv6 suffix shorter than the IPv4 suffix is refused", () => {
  expect(() => stateless({ eam: [{ ipv4: "192.0.2.0/24", ipv6: "2001:db8::/121" }] })).toThrow(ConfigError);
});

it("RFC 7757 §3.1: the same prefix twice is refused, with the field", () => {
  const eam = [EAM[0], { ipv4: "192.0.2.10", ipv6: "2001:db8:e::1" }];
  expect(() => stateless({ eam })).toThrow(ConfigError);
});

describe("hairpinning between mapped hosts", () => {
  const towards = { source: "2001:db8:a::10", destination: "2001:db8:64::192.0.2.20" };
  const back = { source: "2001:db8:b::20", destination: "2001:db8:64::192.0.2.10" };

  it("RFC 7757 §4.2.2: intrinsic, the default: the packet goes straight back, its source embedded", () => {
    expect(send(nat64(), udp6(1000, 53, towards))).toMatchObject({
      family: 6,
      source: "2001:db8:64::c000:20a",
      destination: "2001:db8:b::20",
      hopLimit: 63,
    });
    expect(send(nat64(), udp6(53, 1000, back))).toMatchObject({
      source: "2001:db8:64::c000:214",
      destination: "2001:db8:a::10",
    });
  });

  it("RFC 7757 §4.2.2: an ICMPv6 error about a hairpinned packet fits the packet that was sent", () => {
    const translator = nat64();
    const arrived = only(feed(translator, udp6(1000, 53, towards)));
    const error = only(feed(translator, error6(1, 4, arrived, back)));
    expect(seen(error)).toMatchObject({ source: "2001:db8:64::c000:214", destination: "2001:db8:a::10", icmp: "1/4" });
    expect(inside(error)).toMatchObject({ source: "2001:db8:a::10", destination: "2001:db8:64::c000:214" });
  });

  it("RFC 6052 §3.1: a hairpinned source that the well-known prefix may not embed is refused, for no reply would reach it", () => {
    const eam = [
      { ipv4: "10.0.0.10", ipv6: "2001:db8:a::10" },
      { ipv4: "8.8.8.20", ipv6: "2001:db8:b::20" },
    ];
    const translator = () => stateless({ eam, prefixes: ["64:ff9b::/96"], allowSpecialPurpose: false });
    expect(fate(translator(), udp6(1000, 53, { source: "2001:db8:a::10", destination: "64:ff9b::8.8.8.20" }))).toBe(
      "refused-source",
    );
    const quoted = udp6(53, 1000, { source: "64:ff9b::8.8.8.20", destination: "2001:db8:a::10" });
    const about = error6(1, 4, quoted, { source: "2001:db8:a::10", destination: "64:ff9b::8.8.8.20" });
    expect(fate(translator(), about)).toBe("icmp-inner-malformed");
  });

  it("RFC 7757 §4.2.1: simple: the packet passes the IPv4 side, and its source does not take its mapping", () => {
    const translator = stateless({ eam: EAM, hairpinning: "simple" });
    const out = only(feed(translator, udp6(1000, 53, towards)));
    expect(seen(out)).toMatchObject({ family: 4, source: "192.0.2.10", destination: "192.0.2.20" });
    expect(send(translator, out)).toMatchObject({ source: "2001:db8:64::c000:20a", destination: "2001:db8:b::20" });
  });

  it("RFC 7757 §4: a host that speaks to a mapped address directly is translated as ever", () => {
    const out = send(nat64(), udp6(1000, 53, { source: "2001:db8:a::10", destination: SERVER6 }));
    expect(out).toMatchObject({ family: 4, source: "192.0.2.10", destination: SERVER });
  });
});
