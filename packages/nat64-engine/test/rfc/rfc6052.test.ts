/** RFC 6052 as the engine keeps it. The addresses themselves: packages/rfc6052/test. */
import { expect, it } from "vitest";
import { ConfigError } from "../../src/config/config-error.ts";
import { CLIENT, stateful, stateless } from "../engine/support.ts";
import { fate, send, udp4, udp6 } from "./packets.ts";

const WELL_KNOWN = "64:ff9b::/96";

it("RFC 6052 §2.2: a set bit in 64 to 71 makes an address that no prefix has", () => {
  const nat64 = stateful({ prefixes: ["2001:db8:122::/48"] });
  expect(fate(nat64, udp6(5000, 53, { source: "2001:db9::1", destination: "2001:db8:122:c633:64:200::" }))).toBe(
    "translated",
  );
  expect(fate(nat64, udp6(5000, 53, { source: "2001:db9::1", destination: "2001:db8:122:c633:164:200::" }))).toBe(
    "not-in-prefix",
  );
});

it("RFC 6052 §2.2: suffix bits are ignored where they come and zero where they go", () => {
  const nat64 = stateful({ prefixes: ["2001:db8:122::/48"] });
  const destination = "2001:db8:122:c633:64:2ab:cdef:1";
  const out = send(nat64, udp6(5000, 53, { source: "2001:db9::1", destination }));
  expect(out.destination).toBe("198.51.100.2");
  expect(send(nat64, udp4(53, out.sourcePort)).source).toBe("2001:db8:122:c633:64:200::");
});

it("RFC 6052 §2.2: only the six lengths are prefixes", () => {
  for (const length of [31, 33, 63, 65, 72, 80, 95, 97, 128]) {
    expect(() => stateful({ prefixes: [`2001:db8::/${length}`] })).toThrow(ConfigError);
  }
  expect(() => stateful({ prefixes: ["2001:db8:0:0:100::/96"] })).toThrow(ConfigError);
});

it("RFC 6052 §3.1: under the well-known prefix packets to non-global IPv4 are dropped, both modes", () => {
  const nat64 = stateful({ prefixes: [WELL_KNOWN], allowSpecialPurpose: false, pool: [{ address: "8.8.4.4" }] });
  const from = { source: "2a00:1450:4001::1" };
  expect(fate(nat64, udp6(5000, 53, { ...from, destination: "64:ff9b::8.8.8.8" }))).toBe("translated");
  const plain = stateless({ prefixes: [WELL_KNOWN], allowSpecialPurpose: false });
  for (const ipv4 of ["10.0.0.1", "172.16.5.5", "192.168.1.1", "127.0.0.1", "169.254.169.254", "100.64.0.1"]) {
    const { dropped } = nat64.fromIPv6(udp6(5000, 53, { ...from, destination: `64:ff9b::${ipv4}` }), 0);
    expect(dropped).toBe("not-in-prefix");
    expect(plain.fromIPv4(udp4(53, 5000, { source: "8.8.8.8", destination: ipv4 }), 0).dropped).toBe("no-mapping");
    expect(
      plain.fromIPv6(udp6(5000, 53, { source: "64:ff9b::8.8.4.4", destination: `64:ff9b::${ipv4}` }), 0).dropped,
    ).toBe("no-mapping");
  }
});

it("RFC 6052 §3.1, RFC 8215: another prefix may stand for private IPv4 where the operator allows it", () => {
  const nat64 = stateful({ prefixes: ["64:ff9b:1::/96"] });
  expect(send(nat64, udp6(5000, 53, { source: CLIENT, destination: "64:ff9b:1::10.0.0.1" })).destination).toBe(
    "10.0.0.1",
  );
});
