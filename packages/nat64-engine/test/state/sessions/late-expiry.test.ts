/** A caller that comes late, or sleeps: what is over stays over (RFC 6146 §3.5.1, §3.5.2.2, §3.5.3). */
import { describe, expect, it } from "vitest";
import { only, POOL as POOL_TEXT, SERVER as SERVER_TEXT, stateful } from "../../engine/support.ts";
import { error4, fate, feed, seen, tcp6, udp4, udp6 } from "../../rfc/packets.ts";
import {
  ACK,
  createState,
  expectConservation,
  fromClient,
  fromServer,
  LIFETIMES,
  OTHER_SERVER,
  poolPort,
  reason,
  SERVER,
  SYN,
} from "../support.ts";

const DAY = 86_400_000;

describe("without a call of advance", () => {
  it.each([300_000, 300_001, 1_000_000])(
    "a UDP session is over %i ms after its last packet, for both sides and for errors",
    (now) => {
      const nat64 = stateful();
      const out = only(feed(nat64, udp6(5000, 53), 0));
      const port = seen(out).sourcePort;
      const about = error4(3, 3, out, { source: SERVER_TEXT, destination: POOL_TEXT });
      expect(fate(nat64, about, now)).toBe("no-session");
      expect(fate(nat64, udp4(53, port), now)).toBe("no-binding 3/1");
      expect(nat64.counters.sessions).toBe(0);
      expect(fate(nat64, udp6(5000, 53), now)).toBe("translated");
      expect(nat64.counters.sessionsCreated).toBe(2);
    },
  );

  it("a session is alive until its last millisecond", () => {
    const nat64 = stateful();
    const port = seen(only(feed(nat64, udp6(5000, 53), 0))).sourcePort;
    expect(fate(nat64, udp4(53, port), 299_999)).toBe("translated");
    expect(nat64.counters.sessionsCreated).toBe(1);
  });

  it("a stranger does not get in through a binding whose sessions are over", () => {
    const state = createState();
    const session = state.outbound(fromClient("udp", 1, 4000), SERVER, 0, 0, 1, 0);
    const port = poolPort(state, session);
    expect(state.inbound(NOTHING, fromServer("udp", OTHER_SERVER, 9, port), 299_999)).toBeGreaterThanOrEqual(0);
    const other = state.outbound(fromClient("udp", 2, 4000), SERVER, 0, 0, 1, 0);
    expect(state.inbound(NOTHING, fromServer("udp", OTHER_SERVER, 9, poolPort(state, other)), 300_000)).toBe(
      -reason("no-binding"),
    );
    expectConservation(state);
  });

  it("a silent established connection continues during TRANS, and is over after it", () => {
    const end = LIFETIMES.tcpEstablishedMs + LIFETIMES.tcpTransitoryMs;
    for (const [now, isAlive] of [
      [end - 1, true],
      [end, false],
    ] as const) {
      const state = createState();
      const session = state.outbound(fromClient("tcp", 1, 4000, 80, SYN), SERVER, 0, 0, 1, 0);
      state.inbound(NOTHING, fromServer("tcp", SERVER, 80, poolPort(state, session), SYN | ACK), 0);
      const found = state.outbound(fromClient("tcp", 1, 4000, 80, ACK), SERVER, 0, 0, 1, now);
      expect(found).toBe(isAlive ? session : -reason("no-session"));
      expectConservation(state);
    }
  });
});

const NOTHING = new Uint8Array(0);

describe("after a sleep", () => {
  it.each([13, 24, 25, 26, 40, 49, 50, 75, 400])("of %i days no session lives, and new ones expire as ever", (days) => {
    const nat64 = stateful();
    const port = seen(only(feed(nat64, udp6(5000, 53), 0))).sourcePort;
    feed(nat64, tcp6("SYN", 5000, 80), 0);
    const now = days * DAY;
    expect(fate(nat64, udp4(53, port), now)).toBe("no-binding 3/1");
    expect(nat64.sessions(now)).toEqual([]);
    feed(nat64, udp6(5000, 53), now);
    nat64.advance(now + 299_000);
    expect(nat64.counters.sessions).toBe(1);
    nat64.advance(now + 302_000);
    expect(nat64.counters.sessions).toBe(0);
  });

  it("during which packets came, but nobody called advance, what they use lives and the rest is over", () => {
    const state = createState();
    const kept = state.outbound(fromClient("udp", 1, 4000), SERVER, 0, 0, 1, 0);
    const left = state.outbound(fromClient("udp", 2, 4000), SERVER, 0, 0, 1, 0);
    const port = poolPort(state, left);
    for (let now = 0; now < 60 * DAY; now += 200_000) {
      expect(state.outbound(fromClient("udp", 1, 4000), SERVER, 0, 0, 1, now)).toBe(kept);
    }
    expect(state.sessions.count).toBe(1);
    expect(state.inbound(NOTHING, fromServer("udp", SERVER, 80, port), 60 * DAY)).toBe(-reason("no-binding"));
    expectConservation(state);
  });

  it.each([13, 26, 49])("of %i days fragments that waited are gone", (days) => {
    const nat64 = stateful();
    const fragment = udp6(5000, 53, { extensions: [[44, Uint8Array.of(0, 0, 1, 0, 0, 0, 0, 7)]] });
    feed(nat64, fragment, 0);
    expect(nat64.counters.fragmentedPackets).toBe(1);
    expect(nat64.advance(days * DAY).packets).toEqual([]);
    expect(nat64.counters.fragmentedPackets).toBe(0);
  });
});
