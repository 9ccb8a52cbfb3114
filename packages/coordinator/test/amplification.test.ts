/** The coordinator never sends more to an address that is not proved than came from there (PROTOCOL.md §16). */
import { SOLICITATION_PADDING_LENGTH } from "@nat64/peer-protocol";
import { describe, expect, it } from "vitest";
import { errorsIn, typesIn, World } from "./support/machine.ts";
import { bubbleTo, makePair, registerV6, solicitation, V4, V6 } from "./support/peers.ts";

const VICTIM = "203.0.113.77:53";

describe("to a forged UDP source", () => {
  it.each([
    ["towards the primary", "fe80::ffff:ffff:ffff", 0],
    ["towards the secondary", "fe80::ffff:ffff:ffff", 1],
    ["with the cone bit", "fe80::8000:ffff:ffff:ffff", 0],
  ] as const)("a Router Advertisement is as long as the solicitation, %s", (_, source, socket) => {
    const world = new World();
    const { solicit } = new V4(world, "four", "198.51.100.7:40000").register();
    const asked = solicitation(solicit!, 7, source);
    world.datagrams.length = 0;
    world.datagram(VICTIM, asked, socket);
    expect(world.datagrams.map(({ bytes }) => bytes.length)).toEqual([asked.length]);
  });

  it("shorter solicitations are not answered, even with the right key", () => {
    const world = new World();
    const { solicit } = new V4(world, "four", "198.51.100.7:40000").register();
    world.datagrams.length = 0;
    for (let padding = 0; padding < SOLICITATION_PADDING_LENGTH; padding += 8) {
      world.datagram(VICTIM, solicitation(solicit!, 7, undefined, padding));
    }
    expect(world.datagrams).toEqual([]);
    expect(world.machine.teredo.drops["too-short"]).toBe(SOLICITATION_PADDING_LENGTH / 8);
  });

  it("a bubble causes no datagram, and at most ten messages a second to one peer", () => {
    const world = new World();
    const { v4, address } = makePair(world);
    typesIn(v4.line);
    world.datagrams.length = 0;
    for (let i = 0; i < 200; i++) world.datagram(`203.0.${i}.77:53`, bubbleTo(address));
    expect(world.datagrams).toEqual([]);
    expect(typesIn(v4.line).length).toBeLessThanOrEqual(20);
  });
});

describe("to a prefix that is not proved", () => {
  it("nine datagrams of 24 bytes are sent for each proof, and one /48 gets sixteen proofs at once", () => {
    const world = new World();
    for (let i = 0; i < 40; i++) {
      const prefix = `2001:db8:64:${(i + 1).toString(16)}::/80`;
      const peer = new V6(world, `six ${i}`, prefix, `2001:db8:${i.toString(16)}::1`);
      peer.say(registerV6(prefix));
      if (i >= 16) expect(errorsIn(peer.line)).toEqual(["too-fast"]);
    }
    world.wait(10_000);
    expect(world.proofs).toHaveLength(16 * 9);
    expect(new Set(world.proofs.map(({ bytes }) => bytes.length))).toEqual(new Set([24]));
  });
});
