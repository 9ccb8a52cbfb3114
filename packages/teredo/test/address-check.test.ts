import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checkTeredoAddress,
  checkTeredoBytes,
  emitTeredoAddress,
  TEREDO_ADDRESS_LENGTH,
  TEREDO_FAULTS,
  type TeredoAddress,
} from "../src/index.ts";
import { ipv4, ipv6 } from "./vectors.ts";

/** Replaces the registry: private and loopback addresses are not global. */
const isGlobalUnicast = (word: number): boolean => ![10, 127].includes(word >>> 24);

const GOOD: TeredoAddress = {
  server: ipv4("65.54.227.120"),
  flags: 0x3cff,
  mappedPort: 40000,
  mappedAddress: ipv4("8.8.4.4"),
};

/** One defect each. */
const BAD: readonly (Partial<TeredoAddress> & { readonly fault: string })[] = [
  { fault: "server-not-global", server: ipv4("10.0.0.1") },
  { fault: "server-not-global", server: ipv4("127.0.0.1") },
  { fault: "mapped-address-not-global", mappedAddress: ipv4("10.255.255.255") },
  { fault: "mapped-port-zero", mappedPort: 0 },
  { fault: "ug-flags", flags: 0x0200 },
  { fault: "ug-flags", flags: 0x0100 },
];

function bytesOf(address: TeredoAddress): Uint8Array {
  const bytes = new Uint8Array(TEREDO_ADDRESS_LENGTH);
  emitTeredoAddress(address, bytes);
  return bytes;
}

describe("the check of a Teredo address", () => {
  it.each([0x0000, 0x8000, 0x4000, 0x3cff, 0xfcff])("finds nothing wrong with flags %i", (flags) => {
    expect(checkTeredoAddress({ ...GOOD, flags }, isGlobalUnicast)).toBeUndefined();
  });

  it.each(BAD)("finds $fault", ({ fault, ...defect }) => {
    const address = { ...GOOD, ...defect };
    expect(checkTeredoAddress(address, isGlobalUnicast)).toBe(fault);
    expect(checkTeredoBytes(bytesOf(address), 0, isGlobalUnicast)).toBe(fault);
    expect(TEREDO_FAULTS).toHaveProperty(fault);
  });

  it("recognises an address that is not Teredo", () => {
    expect(checkTeredoBytes(ipv6("2001:db8:0:0:0:0:0:1"), 0, isGlobalUnicast)).toBe("not-teredo");
  });

  it("asks about the server and the mapped address in plain form, not inverted", () => {
    const asked: number[] = [];
    checkTeredoAddress(GOOD, (word) => asked.push(word) > 0);
    expect(asked).toEqual([GOOD.server, GOOD.mappedAddress]);
  });

  it("gives the same result for bytes and for the record", () => {
    const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    const uint16 = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(
        fc.record({ server: word, flags: uint16, mappedPort: uint16, mappedAddress: word }),
        fc.nat(7),
        (address, offset) => {
          const bytes = new Uint8Array(TEREDO_ADDRESS_LENGTH + 7);
          emitTeredoAddress(address, bytes, offset);
          expect(checkTeredoBytes(bytes, offset, isGlobalUnicast)).toBe(checkTeredoAddress(address, isGlobalUnicast));
        },
      ),
    );
  });
});
