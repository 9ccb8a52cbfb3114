/** Packets to the translator's own addresses, and to its own pool where that is not wanted. */
import { expect, test } from "vitest";
import { filler, icmp, ipv6, udp, withChecksum } from "../packet/build.ts";
import { CLIENT, OWN6, only, POOL, stateful } from "./support.ts";

const ping = (source: string) =>
  withChecksum(ipv6({ source, destination: OWN6, protocol: 58, payload: icmp(128, 0, [0, 1, 0, 1], filler(8)) }));

test("RFC 4443 §4.2: an Echo Request to our address is answered from it", () => {
  const reply = only(stateful().fromIPv6(ping(CLIENT), 0));
  expect(reply[40]).toBe(129);
});

test.each(["::", "::1", "ff02::1", "2001:db8:64::198.51.100.2", "fe80::1"])(
  "RFC 4443 §2.2: an Echo Request from %s, which is nobody's, gets no answer",
  (source) => {
    const outcome = stateful().fromIPv6(ping(source), 0);
    expect([outcome.packets.length, outcome.dropped]).toEqual([0, "refused-source"]);
  },
);

test("without hairpinning a destination in our own pool is refused, for sent out it would come straight back", () => {
  const packet = withChecksum(
    ipv6({ source: CLIENT, destination: `2001:db8:64::${POOL}`, protocol: 17, payload: udp(4000, 53, filler(4)) }),
  );
  expect(stateful({ hairpinning: false }).fromIPv6(packet, 0).dropped).toBe("refused-destination");
});
