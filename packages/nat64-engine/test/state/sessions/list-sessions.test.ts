import { expect, it } from "vitest";
import { listSessions, MAX_LISTED_SESSIONS } from "../../../src/state/sessions/list-sessions.ts";
import { createState, fromClient, SERVER } from "../support.ts";

it("lists each session once, in slices that are bounded whatever is asked for", () => {
  const state = createState();
  for (let i = 0; i < 700; i++) state.outbound(fromClient("udp", i % 40, 2000 + i), SERVER, 0, 0, 1, 0);
  const ports: number[] = [];
  let from = 0;
  while (from >= 0) {
    const slice = listSessions(state, from, 1_000_000, 0);
    expect(slice.sessions.length).toBeLessThanOrEqual(MAX_LISTED_SESSIONS);
    ports.push(...slice.sessions.map((each) => each.clientPort));
    from = slice.next;
  }
  expect(ports.sort((a, b) => a - b)).toEqual(Array.from({ length: 700 }, (_, i) => 2000 + i));
});

it("looks at no more records than it is asked to", () => {
  const state = createState();
  state.outbound(fromClient("udp", 1, 2000), SERVER, 0, 0, 1, 0);
  expect(listSessions(state, 0, 10, 0)).toMatchObject({ sessions: [{}], next: 10 });
  expect(listSessions(state, 10, 10, 0)).toEqual({ sessions: [], next: 20 });
  expect(listSessions(state, 1020, 10, 0)).toEqual({ sessions: [], next: -1 });
});
