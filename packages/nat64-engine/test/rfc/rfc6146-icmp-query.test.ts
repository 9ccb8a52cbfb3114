/** RFC 6146 §3.5.3: ICMP query sessions. */
import { expect, it } from "vitest";
import { ConfigError } from "../../src/config/config-error.ts";
import { CLIENT, POOL, SERVER, SERVER6, stateful } from "../engine/support.ts";
import { canonical, fate, feed, ping6, pong4, send } from "./packets.ts";

it("RFC 6146 §3.5.3: an Echo Request makes a binding of address and Identifier, the reply comes back through it", () => {
  const nat64 = stateful();
  const out = send(nat64, ping6(0x1234));
  expect(out).toMatchObject({ family: 4, source: POOL, destination: SERVER, icmp: "8/0" });
  const back = send(nat64, pong4(out.sourcePort));
  expect(back).toMatchObject({ source: canonical(SERVER6), destination: CLIENT, icmp: "129/0", sourcePort: 0x1234 });
});

it("RFC 6146 §3.5.3: two clients with the same Identifier get different ones", () => {
  const nat64 = stateful();
  const identifiers = Array.from({ length: 40 }, (_, i) => {
    return send(nat64, ping6(1, { source: `2001:db8:c1:${i + 1}::1` })).sourcePort;
  });
  expect(new Set(identifiers).size).toBe(40);
});

it("RFC 6146 §3.5.3, §4: a session lives ICMP_DEFAULT, or what is configured", () => {
  for (const [timers, seconds] of [
    [{}, 60],
    [{ icmp: 200 }, 200],
  ] as const) {
    const nat64 = stateful({ timers });
    feed(nat64, ping6(1), 0);
    nat64.advance(seconds * 1000 - 1);
    expect(nat64.counters.sessions).toBe(1);
    nat64.advance(seconds * 1000 + 2_000);
    expect(nat64.counters).toMatchObject({ sessions: 0, bindings: 0 });
  }
  expect(() => stateful({ timers: { icmp: 59 } })).toThrow(ConfigError);
});

it("RFC 6146 §3.5.3: a query from IPv4 without binding is dropped and answered", () => {
  expect(fate(stateful(), pong4(77, {}, 8))).toBe("no-binding 3/1");
});

it("RFC 6146 §3.5.3: address-dependent filtering keeps strangers out", () => {
  const nat64 = stateful({ filtering: "address-dependent" });
  const { sourcePort } = send(nat64, ping6(1));
  expect(fate(nat64, pong4(sourcePort, { source: "198.51.100.9" }))).toBe("filtered 3/13");
  expect(fate(nat64, pong4(sourcePort))).toBe("translated");
});
