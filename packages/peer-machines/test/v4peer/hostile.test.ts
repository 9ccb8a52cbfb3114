/** Arbitrary input from strangers and coordinators in any order: nothing throws, and no table leaks. */
import type { Message } from "@nat64/peer-protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  MAPPING,
  makeOffer,
  nonce,
  Other,
  RELAY,
  RELAY2,
  SERVER,
  SOLICIT,
  teredoAddress,
  WELCOME,
  World,
} from "./support.ts";

const IDS = ["AQEBAQEBAQEBAQEBAQEBAQ", "AgICAgICAgICAgICAgICAg", "AwMDAwMDAwMDAwMDAwMDAw"];

test("datagrams of any bytes, and probes with any bytes changed, are dropped with a reason each", () => {
  const world = new World();
  world.register();
  const other = Other.pair(world);
  const mutation = fc.array(fc.tuple(fc.nat(119), fc.nat(255)), { minLength: 1, maxLength: 8 });
  const total = () => Object.values(world.peer.counters.drops).reduce((sum, each) => sum + each, 0);
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        mutation.map((changes) => changes.reduce((bytes, [at, to]) => bytes.with(at, to), other.packet(1, nonce(7)))),
      ),
      fc.constantFrom(RELAY, SERVER, MAPPING),
      (bytes, from) => {
        const before = total() + world.peer.counters.probesAnswered;
        expect(() => world.peer.receiveDatagram(from.address, from.port, bytes, world.now)).not.toThrow();
        expect(total() + world.peer.counters.probesAnswered).toBe(before + 1);
      },
    ),
    { numRuns: 3000 },
  );
  expect(world.peer.relays.count(0)).toBe(0);
});

describe("messages, losses and time in any order", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constantFrom("offer", "pair", "unpair", "gone", "decline", "bubble", "probe"), n: fc.nat(2) }),
    fc.record({ do: fc.constantFrom("opened", "solicit", "lost", "wait", "drain", "error"), n: fc.nat(2) }),
  );

  test("places in use match the existing pairs, and the engine knows the same ones", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const world = new World();
        const known = new Set<number>();
        const say = (message: Message) => world.hear(message);
        for (const { do: what, n } of steps) {
          const from = world.outputs.length;
          const pair = IDS[n];
          const address = teredoAddress(0x100 + n);
          const text = `2001:0:c000:201:${((address[8] << 8) | address[9]).toString(16)}:3caf:39cc:9bf8`;
          if (what === "offer") say(makeOffer(world.suite, { pair }).offer);
          if (what === "pair") say({ type: "pair", pair, address: text, reason: "new", limits: {} });
          if (what === "unpair") say({ type: "unpair", pair, reason: "operator" });
          if (what === "gone") say({ type: "unpair", pair, reason: "peer-gone" });
          if (what === "decline") say({ type: "decline", pair, reason: "gone" });
          if (what === "bubble") {
            say({ type: "bubble", pair, source: "fe80::1", address: text, relay: { address: "203.0.113.9", port: 1 } });
          }
          if (what === "probe")
            world.do(world.peer.receiveDatagram(RELAY2.address, 9, new Uint8Array(120).fill(0x60), world.now));
          if (what === "opened") world.do(world.peer.opened(WELCOME, world.now));
          if (what === "solicit") say(SOLICIT);
          if (what === "lost") world.peer.lost(world.now);
          if (what === "wait") world.until(world.now + 20_000 * (n + 1));
          if (what === "drain") say({ type: "drain", pair, within: 5 });
          if (what === "error") say({ type: "error", code: "unknown-pair", message: "No.", temporary: false, pair });
          for (const output of world.outputs.slice(from)) {
            if (output.kind === "pair-set") known.add(output.place);
            if (output.kind === "pair-removed") known.delete(output.place);
          }
          const { pairs } = world.peer.describe();
          const places = pairs.map(({ place }) => place);
          expect(new Set(places).size).toBe(places.length);
          expect(places.every((place) => place < 2)).toBe(true);
          expect(new Set(pairs.filter(({ state }) => state !== "agreed").map(({ place }) => place))).toEqual(known);
        }
        // After half an hour of silence, pairs that were only agreed on are gone.
        world.until(world.now + 1_800_000);
        expect(world.peer.describe().pairs.every(({ state }) => state !== "agreed")).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
