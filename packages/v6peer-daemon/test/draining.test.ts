import { shortPeerId } from "@nat64/peer-protocol";
import { describe, expect, it } from "vitest";
import { Drain } from "../src/data-path/worker-thread/draining/drain.ts";
import { findExit } from "../src/draining/find-exit.ts";

/** Exits with so many open sessions. */
function exitsWith(sessions: number) {
  const exits = { sessions, ended: 0, openSessions: () => exits.sessions, end: () => void exits.ended++ };
  return exits;
}

describe("a drain", () => {
  it("is over when the last open session has ended, and cuts nothing off", () => {
    const exits = exitsWith(2);
    const drain = new Drain(exits, 60_000);
    expect([drain.update(0), drain.progress(500)]).toEqual([
      false,
      { state: "draining", endsIn: 60, sessions: 2, cutOff: 0 },
    ]);
    exits.sessions = 0;
    expect([drain.update(1000), drain.update(1250), exits.ended]).toEqual([true, false, 0]);
    expect(drain.progress(1250)).toEqual({ state: "drained", endsIn: 0, sessions: 0, cutOff: 0 });
  });

  it("ends what is left when time is over, once, and counts it", () => {
    const exits = exitsWith(3);
    const drain = new Drain(exits, 1000);
    expect([drain.update(999), drain.update(1000), drain.update(1250), exits.ended]).toEqual([false, true, false, 1]);
    expect(drain.progress(1250)).toMatchObject({ state: "drained", cutOff: 3 });
  });

  it("takes another end for the one that was said before", () => {
    const drain = new Drain(exitsWith(1), 1000);
    drain.until = 5000;
    expect([drain.update(1000), drain.progress(1000).endsIn, drain.update(5000)]).toEqual([false, 4, true]);
  });
});

describe("the name of an exit", () => {
  const PEERS = ["nrfrhkbnnrvand7pu4ab336lv7sqruj5", "nrfr5omaivj6mwj4m5lq62qzw7iu25mn"];
  const EXITS = PEERS.map((peer, i) => ({ exit: i + 1, selector: 0x0012 + i, peer, pair: `pair ${i + 1}` }));

  it.each([
    ["its number", "2", 2],
    ["its selector", "0013", 2],
    ["a selector in capitals", "0012".toUpperCase(), 1],
    ["a peer id", PEERS[0], 1],
    ["the beginning of one", PEERS[1].slice(0, 6), 2],
    ["the short form", shortPeerId(PEERS[0]), 1],
  ])("may be %s", (_, name, exit) => {
    expect(findExit(EXITS, name).exit).toBe(exit);
  });

  it.each([
    ["an exit that is not there", "3", /^there is no exit "3"; peer exits: 1 \(0012, nrfr-hkbn-nrva-nd7p\), 2/],
    ["a beginning of several ids", "nrfr", /^more than one exit matches "nrfr"/],
    ["a beginning that is too short", "nrf", /^there is no exit/],
    ["a selector that nobody has", "ffff", /^there is no exit/],
  ])("is refused for %s, with those that there are", (_, name, message) => {
    expect(() => findExit(EXITS, name)).toThrow(message);
  });
});
