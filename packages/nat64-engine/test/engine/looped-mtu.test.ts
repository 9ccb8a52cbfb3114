/** Packet Too Big that goes from IPv6 to IPv6: the MTU is one that the path can have, whatever the sender says. */
import { expect, test } from "vitest";
import { createNat64 } from "../../src/simple.ts";
import { u32, withChecksum } from "../packet/build.ts";
import { error6, feed, inside, seen, udp6 } from "../rfc/packets.ts";
import { only, repeatableRandom, stateless } from "./support.ts";

/** A client opens a port, a second one sends to it across the hairpin, and the first says that this was too big. */
const FIRST = "600000000008114020010db8000c0000000000000000000120010db80064000000000000c633640700070001000879b8";
const SECOND = "600000000008114020010db8000c0000000000000000000220010db80064000000000000cb00710100099a030008cdeb";
const TOO_BIG =
  "6000000000383a4020010db8000c0000000000000000000120010db80064000000000000cb0071010200efc9000004b0" +
  "600000000008113f20010db80064000000000000cb00710120010db8000c000000000000000000019a1100070008cde0";

const bytesOfHex = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

/** The MTU that arrives at the second client when the first reports `mtu`. */
function across(mtu: number, links: { readonly ipv6?: number; readonly ipv4?: number } = {}): number {
  const nat64 = createNat64(
    {
      mode: "stateful",
      ownAddresses: { ipv6: "2001:db8:64::ffff:0:1", ipv4: "192.0.0.8" },
      prefixes: ["2001:db8:64::/96"],
      pool: [{ address: "203.0.113.1" }],
      mtu: links,
      allowSpecialPurpose: true,
    },
    { random: repeatableRandom() },
  );
  const bound = only(nat64.fromIPv6(bytesOfHex(FIRST), 0));
  const second = bytesOfHex(SECOND);
  second.set(bound.subarray(20, 22), 42);
  const arrived = only(nat64.fromIPv6(withChecksum(second), 0));
  const tooBig = bytesOfHex(TOO_BIG);
  tooBig.set(u32(mtu), 44);
  tooBig.set(arrived.subarray(40), 88);
  const out = only(nat64.fromIPv6(withChecksum(tooBig), 0));
  expect(seen(out)).toMatchObject({ destination: "2001:db8:c::2", icmp: "2/0" });
  expect(inside(out)).toMatchObject({ source: "2001:db8:c::2", sourcePort: 9 });
  return mtuOf(out);
}

function mtuOf(packet: Uint8Array): number {
  return new DataView(packet.buffer, packet.byteOffset).getUint32(44);
}

test.each([
  [1200, {}, 1280],
  [0, {}, 1280],
  [1279, {}, 1280],
  [1280, {}, 1280],
  [1400, {}, 1400],
  [9000, {}, 1500],
  [2 ** 31, {}, 1500],
  [2 ** 32 - 1, {}, 1500],
  [9000, { ipv6: 9000, ipv4: 1500 }, 1520],
  [1400, { ipv6: 1500, ipv4: 1300 }, 1320],
])(
  "RFC 7915 §4.2, §5.2, RFC 6146 §3.8: a Packet Too Big across a hairpin that says %i, links %o, says %i",
  (mtu, links, expected) => {
    expect(across(mtu, links)).toBe(expected);
  },
);

test.each([
  [1200, 1280],
  [9000, 1500],
  [2 ** 32 - 1, 1500],
])("RFC 7757 §4.2.2: a Packet Too Big between mapped hosts that says %i says %i", (mtu, expected) => {
  const eam = [
    { ipv4: "192.0.2.10", ipv6: "2001:db8:a::10" },
    { ipv4: "192.0.2.20", ipv6: "2001:db8:b::20" },
  ];
  const translator = stateless({ eam });
  const towards = { source: "2001:db8:a::10", destination: "2001:db8:64::192.0.2.20" };
  const back = { source: "2001:db8:b::20", destination: "2001:db8:64::192.0.2.10" };
  const arrived = only(feed(translator, udp6(1000, 53, towards)));
  const out = only(feed(translator, error6(2, 0, arrived, back, u32(mtu))));
  expect([seen(out).destination, mtuOf(out)]).toEqual(["2001:db8:a::10", expected]);
});
