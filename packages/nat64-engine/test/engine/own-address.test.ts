/** Packets to the translator's own addresses, and to its own pool where that is not wanted. */
import { bytesOf, parseIPv6 } from "@nat64/rfc6052";
import { expect, test } from "vitest";
import { ConfigError } from "../../src/config/config-error.ts";
import { filler, icmp, ipv6, udp, withChecksum } from "../packet/build.ts";
import { error4, fate, feed, ping6, pong4, send, tcp4, tcp6, udp4, udp6 } from "../rfc/packets.ts";
import { CLIENT, OWN4, OWN6, only, POOL, SERVER6, stateful, stateless } from "./support.ts";

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

/** One public address for both, as on a small host. */
const shared = () => stateful({ ownAddresses: { ipv6: OWN6, ipv4: POOL } });

test("our IPv4 address may be one of the pool: answers of every protocol reach the clients with bindings", () => {
  const nat64 = shared();
  const mapped = [udp6(5000, 53), tcp6("SYN", 5000, 80), ping6(7)].map((packet) => send(nat64, packet).sourcePort);
  const answers = [udp4(53, mapped[0]), tcp4("SYN ACK", 80, mapped[1]), pong4(mapped[2])];
  for (const answer of answers) expect(send(nat64, answer)).toMatchObject({ family: 6, destination: CLIENT });
  const about = only(feed(nat64, udp6(5000, 53)));
  expect(send(nat64, error4(3, 3, about))).toMatchObject({ family: 6, destination: CLIENT, icmp: "1/4" });
});

test("our IPv4 address may be one of the pool: packets without a binding are for us", () => {
  const nat64 = shared();
  const { sourcePort } = send(nat64, ping6(7));
  expect(send(nat64, pong4(sourcePort + 1, {}, 8))).toMatchObject({ family: 4, source: POOL, icmp: "0/0" });
  expect(fate(nat64, udp4(53, 9))).toBe("own-address 3/3");
  expect(fate(nat64, error4(3, 3, udp4(9, 53, { source: POOL, destination: "198.51.100.2" })))).toBe("own-address");
});

test("our IPv4 address may be one of the pool: clients reach each other, and the ping of the address returns", () => {
  const nat64 = shared();
  const port = send(nat64, udp6(7000, 53, { source: "2001:db8:c2::2" })).sourcePort;
  const destination = `2001:db8:64::${POOL}`;
  expect(send(nat64, udp6(5000, port, { destination })).destination).toBe("2001:db8:c2::2");
  expect(send(nat64, ping6(9, { destination }))).toMatchObject({ destination: CLIENT, icmp: "128/0" });
});

test.each([
  ["ipv4", { ipv4: OWN4, ipv6: "2001:db8:a::10" }],
  ["ipv6", { ipv4: "192.0.2.10", ipv6: OWN6 }],
])(
  "a stateless translator refuses an explicit mapping of its own address (%s), whose host would get nothing",
  (field, entry) => {
    const error = (() => {
      try {
        return stateless({ eam: [entry] });
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).path).toBe(`eam[0].${field}`);
  },
);

test("a block of explicit mappings may contain the translator's address: only that address stays its own", () => {
  const translator = stateless({ eam: [{ ipv4: "203.0.113.0/24", ipv6: "2001:db8:c::/120" }] });
  expect(send(translator, udp4(53, 1000, { destination: "203.0.113.2" })).destination).toBe("2001:db8:c::2");
  expect(send(translator, pong4(7, { destination: OWN4 }, 8))).toMatchObject({ family: 4, source: OWN4, icmp: "0/0" });
});
