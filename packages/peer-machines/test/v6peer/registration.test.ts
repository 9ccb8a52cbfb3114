import type { Challenge } from "@nat64/peer-protocol";
import { describe, expect, test } from "vitest";
import { COORDINATOR, isMessage, PREFIX, World } from "./support.ts";

const CHALLENGE: Challenge = { type: "challenge", prefix: PREFIX, source: COORDINATOR, sourcePort: 3544, within: 10 };

describe("registration (PROTOCOL.md §6, §11)", () => {
  test("sends the operator's settings, proves the prefix with the three nonces in order, and is registered", () => {
    const world = new World({ exits: 7, bandwidth: 5_000_000 });
    world.do(world.peer.opened(0));
    const [register] = world.settle().filter(isMessage("register-v6"));
    expect(register.message).toMatchObject({
      prefix: PREFIX,
      relay: "system",
      exits: 7,
      bandwidth: 5_000_000,
      pairs: [],
    });
    world.tell(CHALLENGE);
    expect(world.peer.wantsProofs).toBe(true);
    expect(world.prove(CHALLENGE, [2, 0, 0])).toEqual([true, true, true]);
    expect(world.settle()).toEqual([]);
    world.prove(CHALLENGE, [1]);
    const [prove] = world.settle().filter(isMessage("prove"));
    expect(prove.message.nonces).toEqual([
      "AQEBAQEBAQEBAQEBAQEBAQ",
      "AgICAgICAgICAgICAgICAg",
      "AwMDAwMDAwMDAwMDAwMDAw",
    ]);
    expect(world.peer.wantsProofs).toBe(false);
    world.tell({ type: "registered", role: "v6peer", prefix: PREFIX });
    expect(world.peer.registration).toBe("registered");
  });

  test("a datagram from another address or port, or before the challenge, is a client's packet", () => {
    const world = new World();
    world.do(world.peer.opened(0));
    expect(world.prove(CHALLENGE)).toEqual([false, false, false]);
    world.tell(CHALLENGE);
    expect(world.prove({ source: "2001:db8:c::2", sourcePort: 3544 })).toEqual([false, false, false]);
    expect(world.prove({ source: COORDINATOR, sourcePort: 3545 })).toEqual([false, false, false]);
  });

  test("if datagrams do not arrive, it registers again after a growing pause, and reports why", () => {
    const world = new World();
    world.do(world.peer.opened(0));
    world.tell(CHALLENGE);
    world.prove(CHALLENGE, [0, 1]);
    const events = world.run(10_000).filter((each) => each.kind === "event");
    expect(events).toMatchObject([{ event: { name: "not-registered", code: "no-proof", retryMs: 5000 } }]);
    expect(world.run(5000).filter(isMessage("register-v6"))).toHaveLength(1);
    world.tell(CHALLENGE);
    expect(world.run(10_000)).toMatchObject([{ event: { retryMs: 10_000 } }]);
  });

  test("a refusal that only the operator can fix is not retried soon; a temporary one is", () => {
    const refused = (temporary: boolean, code: string) => {
      const world = new World();
      world.do(world.peer.opened(0));
      world.settle();
      world.tell({ type: "error", code, message: "No.", temporary, regarding: "register-v6" });
      return world.run(60_000).filter(isMessage("register-v6")).length;
    };
    expect(refused(false, "prefix-refused")).toBe(0);
    expect(refused(true, "full")).toBe(2);
  });

  test.each(["full", "too-fast"])("%s is retried automatically, but not before the coordinator allows", (code) => {
    const world = new World();
    world.do(world.peer.opened(world.now));
    world.settle();
    world.tell({ type: "error", code, message: "No.", temporary: true, regarding: "register-v6", retryAfter: 40 });
    expect(world.run(39_999).filter(isMessage("register-v6"))).toEqual([]);
    expect(world.run(1).filter(isMessage("register-v6"))).toHaveLength(1);
  });

  test("without a coordinator nothing is sent, and a new connection registers again with all held pairs", () => {
    const world = new World();
    world.register();
    const pair = world.pair(1);
    world.do(world.peer.lost(world.now));
    expect(world.peer.registration).toBe("offline");
    world.run(200_000);
    world.do(world.peer.opened(world.now));
    const [register] = world.settle().filter(isMessage("register-v6"));
    expect(register.message.pairs).toEqual([
      { pair, peer: world.peers[0].identity.peerId, address: "2001:0:c000:201:1:63bf:39cc:9bfe" },
    ]);
    const said = world.tell({ type: "registered", role: "v6peer", prefix: PREFIX });
    expect(said.filter(isMessage("path"))).toMatchObject([{ message: { pair, state: "up" } }]);
  });

  test("changed settings are sent at once", () => {
    const world = new World();
    world.register();
    world.do(
      world.peer.configure(
        {
          ...{ listed: false, abuse: "x@example.net", exits: 1, wants: [], onlyWanted: false },
          pinnedInternet: false,
          weights: {},
          banned: [],
        },
        0,
      ),
    );
    expect(world.settle().filter(isMessage("register-v6"))).toMatchObject([{ message: { exits: 1, listed: false } }]);
  });
});
