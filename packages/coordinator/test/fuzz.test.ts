/** Nothing that peers send makes the machine throw; when all have left, all tables are empty. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Actor, DEEDS, restart } from "./support/actor.ts";
import { seededSuite, testOptions, World } from "./support/machine.ts";
import { bubbleTo } from "./support/peers.ts";

const NAMES = ["one", "two", "three"] as const;

const deed = fc.record({
  what: fc.constantFrom(...DEEDS),
  who: fc.nat(NAMES.length - 1),
  which: fc.nat(7),
  amount: fc.nat(400_000),
});

const EMPTY = {
  connections: 0,
  addressGroups: 0,
  v6peers: 0,
  v4peers: 0,
  prefixes: 0,
  challenges: 0,
  solicitors: 0,
  proposals: 0,
  pairs: 0,
  addresses: 0,
  heldPairs: 0,
  holdOffs: 0,
  timers: 0,
};

/** Random actions rarely get this far: one IPv6 peer with two pairs, old enough to get fresh addresses at once. */
function halfWayIn(world: World): readonly Actor[] {
  const actors = NAMES.map((name) => new Actor(name));
  for (const [which, actor] of actors.entries()) {
    actor.act(world, { what: which === 0 ? "connect v6" : "connect v4", which, amount: 0 });
    actor.act(world, { what: "register and prove", which, amount: 0 });
  }
  for (const actor of [...actors, ...actors]) actor.act(world, { what: "answer", which: 0, amount: 0 });
  world.wait(6_000);
  return actors;
}

describe("whatever peers do, in whatever order", () => {
  it("nothing throws, tables stay consistent, and all are empty some time after the last peer has left", () => {
    const reached: Record<string, number> = { registered: 0, agreed: 0, fresh: 0, bubbles: 0, resumed: 0 };
    fc.assert(
      fc.property(fc.array(deed, { minLength: 10, maxLength: 80 }), (deeds) => {
        const world = new World(testOptions({ pairs: 6, heldPairs: 6, peers: 3 }, { suite: seededSuite("fuzz") }));
        const actors = halfWayIn(world);
        for (const each of deeds) {
          if (each.what === "restart") restart(world, actors);
          else actors[each.who].act(world, each);
          const status = world.machine.status();
          expect(status.addresses).toBe(status.pairs);
          expect(status.pairs + status.proposals).toBeLessThanOrEqual(6);
          expect(status.heldPairs).toBeLessThanOrEqual(6);
          expect(status.v6peers + status.v4peers).toBeLessThanOrEqual(3);
        }
        for (const line of world.lines.values()) if (!line.isClosed) world.cut(line);
        world.wait(3_700_000);
        expect(world.machine.status()).toMatchObject(EMPTY);
        const { prefixesProven, mappingsProven, proposals, freshAddresses, bubbles, pairsResumed } =
          world.machine.counters;
        reached.registered += Math.min(prefixesProven, mappingsProven);
        reached.agreed += proposals.agreed;
        reached.fresh += freshAddresses;
        reached.bubbles += bubbles["passed-on"];
        reached.resumed += pairsResumed;
      }),
      { numRuns: 80 },
    );
    // The actions reached enough of the machine.
    for (const count of Object.values(reached)) expect(count).toBeGreaterThan(0);
  });

  it("UDP datagrams of any bytes are not answered", () => {
    const world = new World();
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.tuple(fc.nat(200), fc.nat(255)).map(([at, value]) => {
        const bytes = bubbleTo("2001:0:c000:201:0:63bf:39cc:9bf8");
        bytes[at % bytes.length] = value;
        return bytes;
      }),
    );
    fc.assert(
      fc.property(payload, fc.constantFrom<0 | 1>(0, 1), (bytes, socket) => {
        world.datagram("203.0.113.9:3545", bytes, socket);
        expect(world.datagrams).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });
});
