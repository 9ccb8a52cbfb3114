import { emitProbe, PROBE_LENGTH, parseProbe } from "@nat64/peer-protocol";
import { nodeSuite } from "@nat64/peer-protocol/node";
import { describe, expect, test } from "vitest";
import { filler, icmp, ipv6, u32, udp, withChecksum } from "../support/packets.ts";
import { isMessage, OWN, teredo, World } from "./support.ts";

const paired = (...numbers: number[]) => {
  const world = new World();
  world.register();
  return { world, pairs: numbers.map((number) => world.pair(number)) };
};

const reports = (world: World, outputs: Readonly<World["outputs"]> = world.outputs) =>
  outputs.filter(isMessage("path")).map(({ message }) => message.state);
const probes = (outputs: Readonly<World["outputs"]>) =>
  outputs
    .flatMap((each) => (each.kind === "send-packet" ? [parseProbe(each.bytes)] : []))
    .map((probe) => (typeof probe === "string" ? probe : probe.number));

function clientSends(
  world: World,
  port: number,
): { readonly packets: readonly { readonly packet: Uint8Array }[]; readonly dropped?: string | undefined } {
  const packet = ipv6({
    source: "2001:db8:c1::1",
    destination: "2001:db8:64::198.51.100.2",
    protocol: 17,
    payload: udp(port, 53, filler(8)),
  });
  return world.nat.fromIPv6(withChecksum(packet), world.now);
}

describe("a path (PROTOCOL.md §12)", () => {
  test("three messages validate it; then the exchange is repeated every 10 s and measured", () => {
    const { world, pairs } = paired(1);
    expect(probes(world.outputs)).toEqual([1, 3]);
    expect(world.state(pairs[0])).toBe("up");
    expect(probes(world.run(30_000))).toEqual([1, 3, 1, 3, 1, 3]);
    expect(world.peers[0].validations).toBe(4);
    expect(world.peer.describe(world.now)).toMatchObject([{ rtt: 20, loss: 0, cause: "reply" }]);
  });

  test("is reported when its state changes and every 60 s", () => {
    const { world } = paired(1);
    expect(reports(world)).toEqual(["up"]);
    expect(reports(world, world.run(180_000))).toEqual(["up", "up", "up"]);
  });

  test("carries nothing before message 2 arrives", () => {
    const world = new World();
    world.register();
    const pair = world.agree(1);
    world.rtt = 900;
    world.tell({ type: "pair", pair, address: teredo(1), reason: "new", limits: {} });
    expect(clientSends(world, 1000).dropped).toBe("no-exit");
    world.run(1000);
    expect(clientSends(world, 1000).packets).toHaveLength(1);
  });

  test("comes up even if the round trip takes longer than the time between repetitions", () => {
    const world = new World();
    world.register();
    const pair = world.agree(1);
    world.rtt = 2500;
    world.tell({ type: "pair", pair, address: teredo(1), reason: "new", limits: {} });
    world.run(3000);
    expect(world.state(pair)).toBe("up");
  });

  test("unanswered: suspect after 1 s, three repetitions, down; then no probe until there is a new address", () => {
    const { world, pairs } = paired(1);
    world.peers[0].isAlive = false;
    world.run(10_000);
    world.run(1000);
    expect(world.state(pairs[0])).toBe("suspect");
    const end = world.run(3000);
    expect(world.state(pairs[0])).toBe("down");
    expect(reports(world)).toEqual(["up", "suspect", "down"]);
    expect(probes(end)).toEqual([1, 1]);
    expect(probes(world.run(100_000))).toEqual([]);
    world.peers[0].isAlive = true;
    world.tell({ type: "pair", pair: pairs[0], address: teredo(9), reason: "path-down", limits: {} });
    world.run(100);
    expect(world.state(pairs[0])).toBe("up");
    expect(world.peer.describe(world.now)).toMatchObject([{ teredo: teredo(9) }]);
  });

  test("unanswered data for 1 s makes it probe at once", () => {
    const { world, pairs } = paired(1);
    world.run(2000);
    world.peers[0].isAlive = false;
    clientSends(world, 1000);
    world.run(1200);
    expect(world.state(pairs[0])).toBe("up");
    world.run(1300);
    expect(world.state(pairs[0])).toBe("suspect");
    world.run(3000);
    expect(world.state(pairs[0])).toBe("down");
  });

  test("a relay's address-unreachable error makes it suspect, and it is probed; a valid answer brings it up again", () => {
    const { world, pairs } = paired(1);
    world.run(2000);
    const [{ packet: out }] = clientSends(world, 1000).packets;
    const error = (about: Uint8Array, destination: Uint8Array | string) =>
      withChecksum(
        ipv6({
          source: "2001:db8:9::1",
          destination: destination as string,
          protocol: 58,
          payload: icmp(1, 3, u32(0), about),
        }),
      );
    const selector = world.peer.describe(0)[0].selector.toString(16);
    expect(world.nat.fromIPv6(error(out, `2001:db8:64::${selector}:198.51.100.2`), world.now).dropped).toBe(
      "path-suspect",
    );
    const said = world.run(1000);
    expect(reports(world, said)).toEqual(["suspect", "up"]);
    const probe = ipv6({
      source: OWN,
      destination: teredo(1, 1),
      protocol: 58,
      payload: icmp(128, 0, u32(0), filler(8)),
    });
    world.run(1000);
    expect(world.nat.fromIPv6(error(probe, OWN), world.now).dropped).toBeUndefined();
    expect(reports(world, world.run(1000))).toEqual(["suspect", "up"]);
    expect(world.state(pairs[0])).toBe("up");
  });

  test("rejected probes are counted by fault: replayed, unknown nonce, wrong MAC, reflected, of another pair", () => {
    const { world } = paired(1);
    const bytes = world.outputs.find((each) => each.kind === "send-packet");
    const sent = bytes?.kind === "send-packet" ? bytes.bytes : new Uint8Array(0);
    const probe = parseProbe(sent);
    const [keys] = world.peers[0].keys.values();
    if (typeof probe === "string") throw new Error(probe);
    const ends = { pair: probe.pair, v6: probe.source, v4: probe.destination, keys };
    const reply = (a: Uint8Array, changes: Partial<typeof ends> = {}) => {
      const packet = new Uint8Array(PROBE_LENGTH);
      emitProbe(2, { ...ends, ...changes }, { a, b: probe.a }, nodeSuite.hmacSha256, packet);
      world.nat.fromIPv6(packet, world.now);
    };
    reply(probe.a);
    reply(new Uint8Array(16).fill(1));
    reply(probe.a, { keys: { ...keys, toV6: keys.toV4 } });
    reply(probe.a, { pair: new Uint8Array(16) });
    const turned = sent.slice();
    turned.set(sent.subarray(8, 24), 24);
    turned.set(sent.subarray(24, 40), 8);
    expect(world.nat.fromIPv6(turned, world.now).packets).toEqual([]);
    expect(world.validated).toEqual([1]);
    expect(world.peer.probeFaults).toEqual({
      replayed: 1,
      "unknown-nonce": 1,
      "wrong-mac": 1,
      "wrong-pair": 1,
      "turned-round": 1,
    });
  });
});

describe("fail-over", () => {
  test("a dead exit gets no new clients within 2.5 s of the first unanswered packet; later its sessions end", () => {
    const { world } = paired(1, 2);
    const exitOf = (port: number) => clientSends(world, port).packets[0]?.packet.slice(24, 40).toString();
    const dead = exitOf(1);
    const { exits } = world.engine;
    world.peers[exits?.sent(1) === 1 ? 0 : 1].isAlive = false;
    world.run(2500);
    expect(exitOf(2)).not.toBe(dead);
    world.run(20_000);
    expect(exitOf(1)).not.toBe(dead);
  });

  test("sessions survive a path that soon comes back with a new address, and end otherwise", () => {
    const { world, pairs } = paired(1);
    const port = (packet: Uint8Array) => (packet[40] << 8) | packet[41];
    const before = port(clientSends(world, 1000).packets[0].packet);
    world.peers[0].isAlive = false;
    world.run(15_000);
    expect(world.state(pairs[0])).toBe("down");
    world.peers[0].isAlive = true;
    world.tell({ type: "pair", pair: pairs[0], address: teredo(9, 1), reason: "path-down", limits: {} });
    world.run(100);
    expect(port(clientSends(world, 1000).packets[0].packet)).toBe(before);
    world.peers[0].isAlive = false;
    world.run(40_000);
    expect(world.nat.counters.sessions).toBe(0);
  });

  test("if the other end is away, no new address can come, so sessions end with the path", () => {
    const { world, pairs } = paired(1);
    clientSends(world, 1000);
    world.peers[0].isAlive = false;
    world.tell({ type: "away", pair: pairs[0] });
    // Probed at once, without an unanswered packet.
    expect(world.state(pairs[0])).toBe("suspect");
    world.run(3_999);
    expect([world.state(pairs[0]), world.nat.counters.sessions]).toEqual(["suspect", 1]);
    world.run(1);
    expect([world.state(pairs[0]), world.nat.counters.sessions]).toEqual(["down", 0]);
  });

  test("… also if it goes away while the path is down", () => {
    const { world, pairs } = paired(1);
    clientSends(world, 1000);
    world.peers[0].isAlive = false;
    world.run(15_000);
    expect([world.state(pairs[0]), world.nat.counters.sessions]).toEqual(["down", 1]);
    world.tell({ type: "away", pair: pairs[0] });
    world.run(0);
    expect(world.nat.counters.sessions).toBe(0);
  });

  test("another end that has only lost its coordinator keeps its path and its sessions", () => {
    const { world, pairs } = paired(1);
    clientSends(world, 1000);
    world.tell({ type: "away", pair: pairs[0] });
    world.run(60_000);
    expect(world.peer.describe(world.now)).toMatchObject([{ state: "up", isAway: true }]);
    expect(world.nat.counters.sessions).toBe(1);
  });

  test("after it is back, sessions wait for a new address again", () => {
    for (const isToldAgain of [true, false]) {
      const { world, pairs } = paired(1);
      clientSends(world, 1000);
      world.tell({ type: "away", pair: pairs[0] });
      world.run(1_000);
      if (isToldAgain) {
        world.tell({ type: "pair", pair: pairs[0], address: teredo(1, 1), reason: "resumed", limits: {} });
      } else {
        // On a new connection, the coordinator reports again which peers are away.
        world.do(world.peer.lost(world.now));
        world.do(world.peer.opened(world.now));
      }
      world.peers[0].isAlive = false;
      world.run(14_000);
      expect([world.state(pairs[0]), world.nat.counters.sessions]).toEqual(["down", 1]);
      world.run(20_000);
      expect(world.nat.counters.sessions).toBe(0);
    }
  });

  test("a new public IPv4 address ends the sessions; a new port or new random bits do not", () => {
    const { world, pairs } = paired(1);
    clientSends(world, 1000);
    const move = (address: string) => {
      world.tell({ type: "pair", pair: pairs[0], address, reason: "mapping-changed", limits: {} });
      world.run(100);
      return [world.state(pairs[0]), world.nat.counters.sessions];
    };
    expect(move(teredo(9, 1))).toEqual(["up", 1]);
    expect(move(teredo(9, 2))).toEqual(["up", 0]);
  });

  test("if the coordinator has lost the other end, a path that is up is used until it is down", () => {
    const { world, pairs } = paired(1);
    world.tell({ type: "unpair", pair: pairs[0], reason: "peer-gone" });
    world.run(60_000);
    expect(world.state(pairs[0])).toBe("up");
    world.peers[0].isAlive = false;
    world.run(20_000);
    expect(world.state(pairs[0])).toBe("gone");
  });

  test("without a coordinator paths stay up", () => {
    const { world, pairs } = paired(1, 2);
    world.do(world.peer.lost(world.now));
    world.run(600_000);
    expect(pairs.map((pair) => world.state(pair))).toEqual(["up", "up"]);
    expect(clientSends(world, 1).packets).toHaveLength(1);
  });
});
