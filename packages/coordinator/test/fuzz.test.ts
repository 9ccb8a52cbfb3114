/** Nothing that strangers send makes the machine throw; when all is over, all tables are empty. */
import type { HeldPair } from "@nat64/peer-protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Line, seededSuite, testOptions, World } from "./support/machine.ts";
import { bubbleTo, helloOf, identityOf, registerV4, registerV6, solicitation, V4, V6 } from "./support/peers.ts";

const NAMES = ["one", "two", "three"] as const;
const PREFIXES = ["2001:db8:1::/80", "2001:db8:2::/80"] as const;
const MAPPINGS = ["198.51.100.7:40000", "203.0.113.5:50000"] as const;

/** What a peer may do; it answers with what it got, or with something that is a bit wrong. */
const action = fc.record({
  what: fc.constantFrom(
    "connect v6",
    "connect v4",
    "register",
    "register and prove",
    "prove",
    "solicit",
    "answer",
    "answer",
    "answer",
    "decline",
    "unpair",
    "down",
    "up",
    "drain",
    "shutdown",
    "cut",
    "wait",
    "bubble",
    "mutate",
    "noise",
  ),
  who: fc.nat(2),
  which: fc.nat(7),
  amount: fc.nat(400_000),
});

/** A peer by chance. */
class Actor {
  readonly name: string;
  peer: V6 | V4 | undefined;
  /** Pairs of an earlier connection. */
  #held: HeldPair[] = [];

  constructor(name: string) {
    this.name = name;
  }

  act(world: World, { what, which, amount }: { what: string; which: number; amount: number }): void {
    const prefix = PREFIXES[which % 2];
    const mapping = MAPPINGS[which % 2];
    if (what === "connect v6") this.peer = new V6(world, this.name, prefix);
    else if (what === "connect v4") this.peer = new V4(world, this.name, mapping);
    else if (what === "wait") world.wait(which < 6 ? amount / 50 : amount);
    const { peer } = this;
    if (peer === undefined || peer.line.isClosed) return;
    const { line } = peer;
    const pairs =
      this.#held.length > 0 && line.inbox.every(({ type }) => type !== "pair")
        ? this.#held
        : knownPairs(line, peer instanceof V6 ? 1 + (amount % 2) : 0);
    this.#held = pairs;
    const pair = pairs[which % Math.max(1, pairs.length)];
    if (what === "register") peer.say(peer instanceof V6 ? registerV6(prefix, { pairs }) : registerV4({ pairs }));
    else if (what === "register and prove") this.#registerAndProve(peer, prefix, mapping, pairs);
    else if (what === "prove" && peer instanceof V6) peer.prove(Math.max(0, world.proofs.length - 3));
    else if (what === "solicit" && peer instanceof V4) this.#solicit(peer, mapping);
    else if (what === "answer") this.#answer(peer);
    else if (what === "decline" && pair)
      peer.say({ type: "decline", pair: pair.pair, reason: "full", retryAfter: which });
    else if (what === "unpair" && pair) peer.say({ type: "unpair", pair: pair.pair, reason: "operator" });
    else if ((what === "down" || what === "up") && pair) {
      peer.say({ type: "path", pair: pair.pair, address: pair.address, state: what });
    } else if (what === "drain") peer.say({ type: "drain", within: which });
    else if (what === "shutdown") peer.say({ type: "goodbye", reason: which % 2 === 0 ? "shutdown" : "restart" });
    else if (what === "cut") world.cut(line);
    else if (what === "bubble" && pair) world.datagram("203.0.113.9:3545", bubbleTo(pair.address));
    else if (what === "mutate") mutate(peer, which, amount);
    else if (what === "noise") world.send(line, { type: line.inbox.at(-1)?.type ?? "x", [`${amount}`]: amount });
  }

  #registerAndProve(peer: V6 | V4, prefix: string, mapping: string, pairs: readonly HeldPair[]): void {
    const before = peer.world.proofs.length;
    peer.say(peer instanceof V6 ? registerV6(prefix, { pairs }) : registerV4({ pairs }));
    if (peer instanceof V4) this.#solicit(peer, mapping);
    else if (peer.world.proofs.length > before) peer.prove(before);
  }

  #solicit(peer: V4, mapping: string): void {
    const solicit = peer.line.inbox.findLast((message) => message.type === "solicit");
    if (solicit?.type !== "solicit") return;
    peer.solicit = solicit;
    peer.mapping = mapping;
    peer.world.datagram(mapping, solicitation(solicit));
    const answer = peer.world.datagrams.at(-1);
    if (answer?.port === Number(mapping.split(":")[1])) peer.map(mapping);
  }

  #answer(peer: V6 | V4): void {
    for (const message of peer.line.inbox.splice(0)) {
      if (message.type === "propose" && peer instanceof V6) peer.offer(message);
      else if (message.type === "offer" && peer instanceof V4) peer.accept(message);
      else peer.line.inbox.push(message);
    }
  }
}

function knownPairs(line: Line, other: number): HeldPair[] {
  return line.inbox
    .flatMap((message) => (message.type === "pair" ? [{ pair: message.pair, address: message.address }] : []))
    .slice(-4)
    .map((each) => ({ ...each, peer: identityOf(NAMES[other]).peerId }));
}

/** A good message with one value exchanged. */
function mutate(peer: V6 | V4, which: number, amount: number): void {
  const good = [
    helloOf(peer.role, peer.identity, peer.line.exporter),
    registerV6(PREFIXES[0]),
    registerV4(),
    { type: "prove", prefix: PREFIXES[0], nonces: [] },
    { type: "mapped", address: "198.51.100.7", port: 1, nonce: "A".repeat(22), nat: "cone" },
    { type: "path", pair: "A".repeat(22), address: "::1", state: "up" },
    { type: "drain", within: 7 },
    { type: "get-prefixes", after: PREFIXES[1] },
  ][which] as Record<string, unknown>;
  const keys = Object.keys(good);
  const wrong = [null, -1, "", "x".repeat(amount % 300), [], {}, true, 1e300, undefined][amount % 9];
  peer.say({ ...good, [keys[amount % keys.length]]: wrong });
}

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
  keptApart: 0,
  timers: 0,
};

describe("whatever peers do, in whatever order", () => {
  it("nothing throws, tables stay in step, and all are empty when everybody has been gone for a while", () => {
    const reached: Record<string, number> = { registered: 0, agreed: 0, freshAddresses: 0, bubbles: 0, resumed: 0 };
    fc.assert(
      fc.property(fc.array(action, { minLength: 20, maxLength: 120 }), (actions) => {
        const world = new World(testOptions({ pairs: 6, heldPairs: 6, peers: 3 }, { suite: seededSuite("fuzz") }));
        const actors = NAMES.map((name) => new Actor(name));
        // Half way in already: chance alone hardly gets there.
        for (const [who, actor] of actors.entries()) {
          actor.act(world, { what: who === 0 ? "connect v6" : "connect v4", which: who, amount: 0 });
          actor.act(world, { what: "register and prove", which: who, amount: 0 });
        }
        for (const each of actions) {
          actors[each.who].act(world, each);
          const status = world.machine.status();
          expect(status.addresses).toBe(status.pairs);
          expect(status.pairs + status.proposals).toBeLessThanOrEqual(6);
          expect(status.heldPairs).toBeLessThanOrEqual(6);
          expect(status.v6peers + status.v4peers).toBeLessThanOrEqual(3);
          expect(world.logs.splice(0).filter(({ level }) => level === "warn").length).toBeLessThan(10);
        }
        for (const line of world.lines.values()) if (!line.isClosed) world.cut(line);
        world.wait(3_700_000);
        expect(world.machine.status()).toMatchObject(EMPTY);
        const { prefixesProven, mappingsProven, proposals, freshAddresses, bubbles, pairsResumed } =
          world.machine.counters;
        reached.bubbles += bubbles["passed-on"];
        reached.resumed += pairsResumed;
        reached.registered += Math.min(prefixesProven, mappingsProven);
        reached.agreed += proposals.agreed;
        reached.freshAddresses += freshAddresses;
      }),
      { numRuns: 200 },
    );
    // Chance has led deep enough into the machine.
    console.log(reached);
    for (const count of Object.values(reached)) expect(count).toBeGreaterThan(0);
  }, 60_000);

  it("UDP datagrams of any bytes make it send to nobody", () => {
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
