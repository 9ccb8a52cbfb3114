import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeDatagram,
  isRouterSolicitation,
  makeRouterAdvertisement,
  makeRouterSolicitation,
  parseRouterAdvertisement,
} from "../src/index.ts";
import { ADVERTISEMENT, SOLICITATION } from "./captured.ts";
import { ipv4, ipv6 } from "./vectors.ts";

/** The IPv6 packets of the capture. */
const solicitation = SOLICITATION.bytes.slice(13);
const advertisement = ADVERTISEMENT.bytes.slice(21);

const CLIENT = ipv6("fe80:0:0:0:0:ffff:ffff:ffff");
const SERVER = ipv6("fe80:0:0:0:8000:f227:d2ff:fdeb");

/** Changes bytes and corrects the checksum, so that only the change itself is a fault. */
function changed(packet: Uint8Array, at: number, ...bytes: readonly number[]): Uint8Array {
  const copy = packet.slice();
  copy.set(bytes, at);
  const words = [...copy.subarray(8), 0, 58, ...copy.subarray(4, 6)];
  words[34] = 0;
  words[35] = 0;
  let sum = 0;
  for (let i = 0; i < words.length; i += 2) sum += (words[i] << 8) | words[i + 1];
  sum = (sum % 0xffff) ^ 0xffff;
  copy.set([sum >> 8, sum & 255], 42);
  return copy;
}

describe("a Router Solicitation", () => {
  it("is written byte for byte as Miredo's client writes it", () => {
    expect(makeRouterSolicitation(CLIENT)).toEqual(solicitation);
  });

  it("is recognised", () => {
    expect(isRouterSolicitation(solicitation, 0)).toBe(true);
    expect(isRouterSolicitation(SOLICITATION.bytes, 13)).toBe(true);
  });

  it.each([
    ["another type", changed(solicitation, 40, 134)],
    ["a code", changed(solicitation, 41, 1)],
    ["a hop limit below 255", changed(solicitation, 7, 254)],
    ["a source that is not link-local", changed(solicitation, 8, 0x20, 0x01)],
    ["another destination", changed(solicitation, 39, 1)],
    ["another next header", changed(solicitation, 6, 59)],
    ["a wrong checksum", Uint8Array.from(solicitation).fill(0, 42, 44)],
    ["an option of length zero", changed(Uint8Array.from([...solicitation, 1, 0, 0, 0, 0, 0, 0, 0]), 5, 16)],
    ["an option longer than the packet", changed(Uint8Array.from([...solicitation, 1, 2, 0, 0, 0, 0, 0, 0]), 5, 16)],
  ])("is none with %s", (_, packet) => {
    expect(isRouterSolicitation(packet, 0)).toBe(false);
  });

  it("may have options", () => {
    expect(isRouterSolicitation(changed(Uint8Array.from([...solicitation, 1, 1, 0, 0, 0, 0, 0, 0]), 5, 16), 0)).toBe(
      true,
    );
  });
});

describe("a Router Advertisement", () => {
  it("is read as Miredo's server writes it", () => {
    expect(parseRouterAdvertisement(advertisement, 0)).toEqual({ server: ipv4("45.0.2.20"), mtu: 1280 });
  });

  it("is written as Miredo's server writes it, except for the unused retransmission timer", () => {
    const made = makeRouterAdvertisement(SERVER, CLIENT, { server: ipv4("45.0.2.20"), mtu: 1280 });
    expect(changed(made, 52, 0, 0, 7, 0xd0)).toEqual(advertisement);
    expect(parseRouterAdvertisement(made, 0)).toEqual({ server: ipv4("45.0.2.20"), mtu: 1280 });
  });

  it.each([
    ["another type", changed(advertisement, 40, 133)],
    ["a code", changed(advertisement, 41, 1)],
    ["a hop limit below 255", changed(advertisement, 7, 64)],
    ["a source that is not link-local", changed(advertisement, 8, 0x20, 0x01)],
    ["a wrong checksum", Uint8Array.from(advertisement).fill(0, 42, 44)],
    ["a prefix that is not Teredo's", changed(advertisement, 72, 0x20, 0x02)],
    ["a prefix of another length", changed(advertisement, 58, 32)],
    ["no prefix", changed(advertisement, 56, 1)],
    ["two prefixes", changed(Uint8Array.from([...advertisement, ...advertisement.subarray(56, 88)]), 5, 88)],
    ["an option of length zero", changed(advertisement, 89, 0)],
    ["no room for its own fields", changed(advertisement, 5, 8)],
  ])("is none with %s", (_, packet) => {
    expect(parseRouterAdvertisement(packet, 0)).toBeUndefined();
  });

  it("has no MTU if the option is below the IPv6 minimum", () => {
    expect(parseRouterAdvertisement(changed(advertisement, 94, 4, 0xff), 0)).toEqual({ server: ipv4("45.0.2.20") });
  });

  it("never throws, whatever arrives", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(95), fc.nat(255)), { minLength: 1, maxLength: 6 }), (changes) => {
        const mutant = advertisement.slice();
        for (const [at, byte] of changes) mutant[at] = byte;
        const decoded = decodeDatagram(mutant);
        if (!decoded.ok) return;
        parseRouterAdvertisement(decoded.datagram.packet, 0);
        isRouterSolicitation(decoded.datagram.packet, 0);
      }),
      { numRuns: 500 },
    );
  });
});
