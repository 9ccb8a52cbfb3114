/** Messages in any order, and packets with any bytes: nothing throws, sent messages are valid, nothing leaks. */

import { MAX_PEER_EXITS } from "@nat64/nat64-engine";
import { type JsonObject, type Message, parseMessage, toBase64url } from "@nat64/peer-protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ipv6, withChecksum } from "../support/packets.ts";
import { COORDINATOR, Ipv4Peer, isMessage, OWN, PREFIX, teredo, World } from "./support.ts";

const PEERS = [1, 2, 3].map((number) => new Ipv4Peer(number));
const pairId = fc.integer({ min: 1, max: 6 }).map((n) => toBase64url(new Uint8Array(16).fill(n)));
const reason = fc.constantFrom("new", "peer-gone", "not-held", "drained", "full", "something-else");

/** Messages of a coordinator; `accept` means the answer to the latest offer. */
const step: fc.Arbitrary<Message | "accept" | "opened" | "lost" | "prove" | number> = fc.oneof(
  fc.record({
    type: fc.constant("propose" as const),
    pair: pairId,
    identity: fc.constantFrom(...PEERS.map(({ key }) => key)),
    internet: fc.boolean(),
    publishes: fc.boolean(),
  }),
  fc.constant("accept" as const),
  fc.record({
    type: fc.constant("pair" as const),
    pair: pairId,
    address: fc.oneof(
      fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 3 })).map(([n, host]) => teredo(n, host)),
      fc.constantFrom("2001:0:7f00:1:0:63bf:39cc:9bf8", "2001:db8::1", "::"),
    ),
    reason,
    limits: fc.constant({}),
  }),
  fc.record({ type: fc.constant("unpair" as const), pair: pairId, reason }),
  fc.record({ type: fc.constant("decline" as const), pair: pairId, reason }),
  fc.record({ type: fc.constant("away" as const), pair: pairId }),
  fc.record({ type: fc.constant("drain" as const), pair: pairId, within: fc.nat(300) }),
  fc.record({
    type: fc.constant("error" as const),
    code: fc.constantFrom("unknown-pair", "prefix-refused", "prefix-lost", "full", "new-code"),
    message: fc.constant("No."),
    temporary: fc.boolean(),
    regarding: fc.constantFrom("register-v6", "path", "offer"),
    pair: pairId,
  }),
  fc.record({
    type: fc.constant("challenge" as const),
    prefix: fc.constantFrom(PREFIX, "2001:db8:65::/80"),
    source: fc.constant(COORDINATOR),
    sourcePort: fc.constant(3544),
    within: fc.nat(20),
  }),
  fc.constant({ type: "registered" as const, role: "v6peer" as const, prefix: PREFIX }),
  fc.constantFrom("opened" as const, "lost" as const, "prove" as const),
  fc.integer({ min: 1, max: 70_000 }),
);

const accepted = new WeakSet<object>();

function take(world: World, each: typeof step extends fc.Arbitrary<infer Step> ? Step : never): void {
  if (typeof each === "number") {
    world.run(each);
  } else if (each === "opened") {
    world.do(world.peer.opened(world.now));
  } else if (each === "lost") {
    world.do(world.peer.lost(world.now));
  } else if (each === "prove") {
    world.prove({ source: COORDINATOR, sourcePort: 3544 });
  } else if (each === "accept") {
    const offer = world.outputs.filter(isMessage("offer")).at(-1)?.message;
    const peer = world.peers.find(({ key }) => key === offer?.to);
    // An offer is accepted once: a second accept would change the keys of the other end alone.
    if (offer === undefined || peer === undefined || accepted.has(offer)) return;
    accepted.add(offer);
    world.tell(peer.accept(offer));
  } else {
    world.tell(each);
  }
  world.settle();
}

test("messages in any order: exits match the pairs, and all sent messages are well-formed", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const world = new World({ exits: 2 });
      world.peers.push(...[1, 2, 3].map((number) => new Ipv4Peer(number)));
      world.register();
      for (const each of steps) take(world, each);
      const exits = world.peer.describe(world.now);
      const present = Array.from({ length: MAX_PEER_EXITS }, (_, i) => i + 1).filter((n) =>
        world.engine.exits?.isPresent(n),
      );
      expect(present).toEqual(
        exits.flatMap(({ exit, teredo: address }) => (address === undefined ? [] : [exit])).sort((a, b) => a - b),
      );
      for (const { exit, state } of exits) {
        expect(world.engine.exits?.isUp(exit)).toBe(state === "up" || state === "suspect");
      }
      expect(new Set(exits.map(({ peer }) => peer)).size).toBe(exits.length);
      for (const output of world.outputs) {
        if (output.kind !== "send-message") continue;
        const object = JSON.parse(JSON.stringify(output.message)) as JsonObject;
        expect(parseMessage(object, "v6peer-to-coordinator")).toMatchObject({ ok: true });
      }
      // Without input it comes to rest: it is not due at once repeatedly.
      world.do(world.peer.lost(world.now));
      for (const peer of world.peers) peer.isAlive = false;
      world.run(60_000);
      expect(world.peer.nextDeadline()).toBeGreaterThan(world.now);
    }),
    { numRuns: 60 },
  );
});

test("packets with any bytes to the peer itself are dropped or answered, and never throw", () => {
  const world = new World();
  world.register();
  world.pair(1);
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 120 }),
      fc.constantFrom(58, 17, 6),
      fc.boolean(),
      (payload, protocol, isMarked) => {
        const bytes = payload.slice();
        if (isMarked && bytes.length > 12) bytes.set([129, 0, 0, 0, 0, 0, 0, 0, 0x4e, 0x36, 0x34, 0x50], 0);
        const packet = ipv6({ source: teredo(1, 1), destination: OWN, protocol, payload: bytes });
        const before = world.validated.length;
        world.nat.fromIPv6(bytes.length >= 20 ? withChecksum(packet) : packet, world.now);
        world.do(world.peer.receiveProof(packet, 0, packet.length, world.now));
        expect(world.validated.length).toBe(before);
      },
    ),
  );
  expect(world.state(toBase64url(new Uint8Array(16).fill(1)))).toBe("up");
});
