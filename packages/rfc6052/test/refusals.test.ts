import { describe, expect, it } from "vitest";
import {
  compileRefusals,
  DOCUMENTATION_BLOCKS,
  isGlobalUnicastIPv4,
  LABORATORY_BLOCKS,
  parseIPv4,
  parseIPv6,
} from "../src/index.ts";
import { int32s } from "./support.ts";

describe("the refusal table", () => {
  const standard = compileRefusals();

  it("refuses exactly the IPv4 addresses that are not global unicast", () => {
    const random = int32s(4380);
    let wrong = 0;
    for (let i = 0; i < 500_000; i++) {
      const ipv4 = random();
      if (standard.refusesIPv4(ipv4) === isGlobalUnicastIPv4(ipv4)) wrong++;
    }
    expect(wrong).toBe(0);
  });

  it.each([
    ["unspecified", "::"],
    ["loopback", "::1"],
    ["link-local", "fe80::1"],
    ["unique-local", "fd00::1"],
    ["site-local, deprecated", "fec0::1"],
    ["multicast", "ff0e::1"],
    ["IPv4-mapped", "::ffff:8.8.8.8"],
    ["IPv4-compatible, deprecated", "::8.8.8.8"],
    ["well-known prefix", "64:ff9b::808:808"],
    ["local-use translation prefix", "64:ff9b:1::808:808"],
    ["Teredo", "2001:0:4136:e378:8000:63bf:3fff:fdd2"],
    ["6to4", "2002:808:808::1"],
    ["documentation", "2001:db8::1"],
    ["newer documentation", "3fff::1"],
    ["ORCHIDv2", "2001:20::1"],
    ["benchmarking", "2001:2::1"],
    ["discard-only", "100::1"],
    ["dummy prefix", "100:0:0:1::1"],
    ["SRv6 SIDs", "5f00::1"],
    ["AS112", "2620:4f:8000::1"],
    ["unallocated", "8000::1"],
  ])("refuses a client's source that is %s", (_, address) => {
    expect(standard.refusesClientSource(...parseIPv6(address))).toBe(true);
  });

  it.each(["2a00:1450:4001::1", "2001:4860::8888", "2003::1", "2400::1", "2620:4f:8001::1", "2001:200::1"])(
    "allows a client's source: %s",
    (address) => {
      expect(standard.refusesClientSource(...parseIPv6(address))).toBe(false);
    },
  );

  it("allows laboratory blocks if configured, and nothing else", () => {
    const laboratory = compileRefusals({ allow: LABORATORY_BLOCKS });
    for (const address of ["192.0.2.1", "198.18.0.1", "10.1.2.3", "8.8.8.8"]) {
      expect(laboratory.refusesIPv4(parseIPv4(address)), address).toBe(false);
    }
    for (const address of ["127.0.0.1", "0.0.0.0", "169.254.169.254", "224.0.0.1", "255.255.255.255", "192.0.0.9"]) {
      expect(laboratory.refusesIPv4(parseIPv4(address)), address).toBe(true);
    }
    for (const address of ["2001:db8::1", "fd00::1", "3fff::1"]) {
      expect(laboratory.refusesClientSource(...parseIPv6(address)), address).toBe(false);
    }
    for (const address of ["::1", "fe80::1", "ff02::1", "2001::1", "64:ff9b::1"]) {
      expect(laboratory.refusesClientSource(...parseIPv6(address)), address).toBe(true);
    }
  });

  it("allows a laboratory's internet without its private networks", () => {
    const internet = compileRefusals({ allow: DOCUMENTATION_BLOCKS });
    for (const address of ["192.0.2.1", "198.51.100.1", "203.0.113.1", "8.8.8.8"]) {
      expect(internet.refusesIPv4(parseIPv4(address)), address).toBe(false);
    }
    for (const address of ["10.1.2.3", "100.64.0.1", "172.16.0.1", "192.168.1.1", "198.18.0.1", "127.0.0.1"]) {
      expect(internet.refusesIPv4(parseIPv4(address)), address).toBe(true);
    }
    expect(internet.refusesClientSource(...parseIPv6("2001:db8::1"))).toBe(false);
    expect(internet.refusesClientSource(...parseIPv6("fd00::1"))).toBe(true);
  });

  it("also refuses the translator's own prefix, and refuse beats allow", () => {
    const own = compileRefusals({ allow: ["2001:db8::/32", "3fff::/20"], refuse: ["2001:db8:64::/80", "3fff::/20"] });
    expect(own.refusesClientSource(...parseIPv6("2001:db8:64::1"))).toBe(true);
    expect(own.refusesClientSource(...parseIPv6("2001:db8:64:0:1::1"))).toBe(false);
    expect(own.refusesClientSource(...parseIPv6("3fff::1"))).toBe(true);
  });

  it("is not compiled from a malformed block", () => {
    expect(() => compileRefusals({ allow: ["nowhere"] })).toThrow(expect.objectContaining({ code: "invalid-prefix" }));
  });
});
