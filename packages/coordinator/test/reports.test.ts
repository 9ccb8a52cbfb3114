/** What an operator can see about peers. */
import { describe, expect, it } from "vitest";
import { formatDuration } from "../src/commands/status/status-text.ts";
import { describePeer } from "../src/status.ts";
import { World } from "./support/machine.ts";
import { makePair, V4, V6 } from "./support/peers.ts";

describe("the list of peers", () => {
  it("has each peer with its state, pairs and paths, sorted by role and id", () => {
    const world = new World();
    const { v6, v4, pair, address } = makePair(world);
    v6.say({ type: "path", pair, address, state: "up" });
    const unlisted = new V6(world, "unlisted", "2001:db8:65::/80", "2001:db8:2::1").register({
      listed: false,
      exits: 0,
    });
    world.wait(1_000);
    world.cut(v4.line);
    const late = new V4(world, "late", "203.0.113.5:9");
    const listed = world.machine.peers();
    const [first, second] = [v6, unlisted].sort((a, b) => (a.id < b.id ? -1 : 1));
    const [third, fourth] = [v4, late].sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(listed.map(({ id }) => id)).toEqual([first.id, second.id, third.id, fourth.id]);
    const reportOf = (peer: V6 | V4) => listed.find(({ id }) => id === peer.id)!;
    expect(reportOf(v6)).toEqual({
      id: v6.id,
      role: "v6peer",
      state: "registered",
      since: 1_000,
      isDraining: false,
      proposals: 0,
      pairs: { up: 1, down: 0, unknown: 0 },
      address: "2001:db8:1::1",
      prefix: { text: "2001:db8:64::/80", isListed: true },
    });
    expect(reportOf(v4)).toMatchObject({ state: "disconnected", since: 2_000, nat: expect.any(String) });
    expect(reportOf(v4)).not.toHaveProperty("address");
    expect(reportOf(late)).toMatchObject({ state: "connected", address: "203.0.113.5", pairs: { up: 0 } });
  });

  it("shows addresses, mappings and unlisted prefixes only if asked", () => {
    const world = new World();
    makePair(world);
    new V6(world, "unlisted", "2001:db8:65::/80", "2001:db8:2::1").register({ listed: false, exits: 0 });
    const texts = [false, true].map((withAddresses) =>
      JSON.stringify(world.machine.peers().map((peer) => describePeer(peer, withAddresses, 0))),
    );
    for (const secret of ["198.51.100.7", "2001:db8:1::1", "2001:db8:65::/80"]) {
      expect(texts[0]).not.toContain(secret);
      expect(texts[1]).toContain(secret);
    }
    expect(texts[0]).toContain("2001:db8:64::/80");
    expect(texts[1]).toContain('"mapping":"198.51.100.7:40000"');
  });
});

it.each([
  [59, "59 s"],
  [60, "1 min"],
  [3_600 + 120, "1 h 2 min"],
  [3 * 86_400 + 4 * 3_600 + 5, "3 d 4 h"],
])("%i seconds are %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});
