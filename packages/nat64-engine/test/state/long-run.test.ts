import { expect, it } from "vitest";
import { ACK, createState, expectConservation, fromClient, LIFETIMES, SERVER, SYN } from "./support.ts";

it("runs for months: times that wrap round in 32 bits end nothing early and leave nothing behind", () => {
  const start = 1.7e12;
  const state = createState({ now: start });
  const kept = state.outbound(fromClient("udp", 1, 4000), SERVER, 0, 0, 1, start);
  const step = 200_000;
  for (let i = 1; i < 40_000; i++) {
    const now = start + i * step;
    state.expire(now, 1000);
    expect(state.outbound(fromClient("udp", 1, 4000), SERVER, 0, 0, 1, now)).toBe(kept);
    // And one that is gone by the next step.
    state.outbound(fromClient("icmp", 2, i & 0xfff), SERVER, 0, 0, 1, now);
    expect(state.sessions.count).toBe(2);
    expect(state.remaining(kept, now)).toBe(LIFETIMES.udpMs);
  }
  expectConservation(state);
});

it("an established connection that is silent for less than TCP_EST lives through months", () => {
  const state = createState({ now: 0 });
  const session = state.outbound(fromClient("tcp", 1, 4000, 80, SYN), SERVER, 0, 0, 1, 0);
  state.sessions.setState(session, 4);
  for (let now = 0; now < 90 * 86_400_000; now += 7_000_000) {
    state.expire(now, 1000);
    if (now > 0) expect(state.expiry.probeCount).toBe(0);
    expect(state.outbound(fromClient("tcp", 1, 4000, 80, ACK), SERVER, 0, 0, 1, now)).toBe(session);
  }
});
