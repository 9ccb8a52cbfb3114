import { expect, it } from "vitest";
import { createState, fromClient, LIFETIMES, SERVER } from "../support.ts";

it("one call looks at no more sessions than its budget, refreshed ones included", () => {
  const state = createState();
  const packet = (port: number) => fromClient("udp", 0, port);
  for (let port = 2000; port < 2100; port++) state.outbound(packet(port), SERVER, 0, 0, 1, 0);
  // Every other session is refreshed: its timer comes up all the same, and only moves it on.
  for (let port = 2000; port < 2100; port += 2) state.outbound(packet(port), SERVER, 0, 0, 1, 60_000);
  const due = LIFETIMES.udpMs + 1024;
  const expired: number[] = [];
  for (let more = 0; more === 0; ) {
    more = state.expire(due, 10);
    expired.push(state.sessionsExpired);
  }
  expect(expired.slice(0, 10)).toEqual([5, 10, 15, 20, 25, 30, 35, 40, 45, 50]);
  expect(state.sessions.count).toBe(50);
});
