import { formatIPv4, parseIPv4 } from "@nat64/rfc6052";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExitPolicy, type ExitPolicyRow } from "../../src/exits/exit-policy.ts";
import {
  MAX_REFUSED_ROWS,
  NOT_REFUSED,
  REFUSED_ADDRESS,
  REFUSED_PORT,
  RefusedDestinations,
} from "../../src/exits/refused-destinations.ts";

const TCP = 6;
const UDP = 17;
const ICMP = 1;
const network = (address: string, length: number): ExitPolicyRow => {
  return { network: parseIPv4(address), length, protocol: 0, firstPort: 0, lastPort: 65_535 };
};
const port = (protocol: number, firstPort: number, lastPort = firstPort): ExitPolicyRow => {
  return { network: 0, length: 0, protocol, firstPort, lastPort };
};

describe("refused destinations", () => {
  it("are networks for every protocol, and ports at every address", () => {
    const refused = new RefusedDestinations([network("192.0.2.0", 24), port(TCP, 25), port(UDP, 137, 139)]);
    const of = (address: string, protocol: number, at: number) => refused.refusal(parseIPv4(address), protocol, at);
    for (const protocol of [TCP, UDP, ICMP]) expect(of("192.0.2.9", protocol, 80)).toBe(REFUSED_ADDRESS);
    expect([of("8.8.8.8", TCP, 25), of("8.8.8.8", UDP, 25), of("8.8.8.8", ICMP, 25)]).toEqual([REFUSED_PORT, 0, 0]);
    expect([136, 137, 138, 139, 140].map((at) => of("8.8.8.8", UDP, at))).toEqual([0, 2, 2, 2, 0]);
    expect(of("192.0.3.0", TCP, 80)).toBe(NOT_REFUSED);
  });

  it("are those of the rows, whatever form the rows have", () => {
    const row = fc.record({
      network: fc.constantFrom(0, parseIPv4("10.0.0.0"), parseIPv4("192.0.2.128"), -1),
      length: fc.constantFrom(0, 8, 25, 32),
      protocol: fc.constantFrom(0, TCP, UDP),
      firstPort: fc.constantFrom(0, 1, 31, 32, 1000),
      lastPort: fc.constantFrom(1000, 1023, 65_535),
    });
    const address = fc.constantFrom(...["10.1.2.3", "192.0.2.129", "192.0.2.1", "255.255.255.255"].map(parseIPv4));
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 20 }),
        address,
        fc.constantFrom(TCP, UDP),
        fc.constantFrom(0, 1, 31, 32, 33, 999, 1000, 1023, 1024, 65_535),
        (rows, to, protocol, at) => {
          const is = new RefusedDestinations(rows).refusal(to, protocol, at) !== NOT_REFUSED;
          expect(is, formatIPv4(to)).toBe(new ExitPolicy(rows).allows(to, protocol, at));
        },
      ),
    );
  });

  it("are bounded", () => {
    const rows = Array.from({ length: MAX_REFUSED_ROWS + 1 }, () => port(TCP, 25));
    expect(() => new RefusedDestinations(rows)).toThrow(RangeError);
  });
});
