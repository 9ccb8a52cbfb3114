/** Packets to the translator's own addresses, and to its own pool where that is not wanted. */
import { bytesOf, parseIPv6 } from "@nat64/rfc6052";
import { expect, test } from "vitest";
import { filler, icmp, ipv6, udp, withChecksum } from "../packet/build.ts";
import { CLIENT, OWN6, only, POOL, SERVER6, stateful } from "./support.ts";

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

// Server 198.51.100.34, port 40001, mapped address 203.0.113.10: RFC 4380 §4.
const TEREDO = "2001:0:c633:6422:0:63be:34ff:8ef5";

test("RFC 4380 §5.2.9: a Teredo client may ping our address, which shows it the relay", () => {
  const reply = only(stateful().fromIPv6(ping(TEREDO), 0));
  expect([reply[40], reply.slice(24, 40)]).toEqual([129, bytesOf(parseIPv6(TEREDO))]);
});

test.each([
  ["a server that is not global", "2001:0:7f00:1:0:63be:34ff:8ef5"],
  ["a mapped address that is not global", "2001:0:c633:6422:0:63be:80ff:fffe"],
  ["a mapped port that is zero", "2001:0:c633:6422:0:ffff:34ff:8ef5"],
  ["the group bit", "2001:0:c633:6422:100:63be:34ff:8ef5"],
])("RFC 4380 §4: the ping of a Teredo address with %s gets no answer", (_, source) => {
  expect(stateful().fromIPv6(ping(source), 0).dropped).toBe("refused-source");
});

test("Teredo clients reach nothing but our address (RFC 6324)", () => {
  const packet = withChecksum(
    ipv6({ source: TEREDO, destination: SERVER6, protocol: 58, payload: icmp(128, 0, [0, 1, 0, 1], filler(8)) }),
  );
  expect(stateful().fromIPv6(packet, 0).dropped).toBe("refused-source");
});

test("pings of Teredo addresses are answered as often as errors are sent: each answer may cost a relay bubbles", () => {
  const nat64 = stateful({ icmpErrors: { perSecond: 16, burst: 32 } });
  const answers = Array.from({ length: 20 }, () => nat64.fromIPv6(ping(TEREDO), 0).packets.length);
  expect(answers.filter((count) => count === 1)).toHaveLength(2);
  expect(nat64.fromIPv6(ping(TEREDO), 1000).packets).toHaveLength(1);
  expect(nat64.fromIPv6(ping(CLIENT), 1000).packets).toHaveLength(1);
});

test("without hairpinning a destination in our own pool is refused, for sent out it would come straight back", () => {
  const packet = withChecksum(
    ipv6({ source: CLIENT, destination: `2001:db8:64::${POOL}`, protocol: 17, payload: udp(4000, 53, filler(4)) }),
  );
  expect(stateful({ hairpinning: false }).fromIPv6(packet, 0).dropped).toBe("refused-destination");
});
