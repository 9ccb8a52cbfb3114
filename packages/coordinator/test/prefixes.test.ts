import { describe, expect, it } from "vitest";
import { servePrefixes } from "../src/shell/prefix-list.ts";
import { errorsIn, take, World } from "./support/machine.ts";
import { registerV6, V6 } from "./support/peers.ts";

const many = (count: number): { world: World; peers: V6[]; prefixes: string[] } => {
  const world = new World();
  // Not in the order of their bytes.
  const prefixes = Array.from({ length: count }, (_, i) => `2001:db8:${(((i * 37) % count) + 1).toString(16)}::/80`);
  const peers = prefixes.map((prefix, i) =>
    new V6(world, `six ${i}`, prefix, `2001:db8:${(0xf000 + i).toString(16)}::1`).register(),
  );
  return { world, peers, prefixes };
};
const inOrder = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `2001:db8:${(i + 1).toString(16)}::/80`);

describe("get-prefixes", () => {
  it("returns the shared prefixes in the order of their bytes, page by page", () => {
    const { world, peers } = many(150);
    const [asker] = peers;
    const found: string[] = [];
    let after: string | undefined;
    do {
      asker.say({ type: "get-prefixes", ...(after && { after }) });
      const page = take(asker.line, "prefixes");
      expect(page.prefixes.length).toBeLessThanOrEqual(64);
      found.push(...page.prefixes.map(({ prefix }) => prefix));
      after = page.next;
      world.wait(1_000);
    } while (after !== undefined);
    expect(found).toEqual(inOrder(150));
  });

  it("is answered once per second", () => {
    const { world, peers } = many(1);
    peers[0].say({ type: "get-prefixes" });
    peers[0].say({ type: "get-prefixes" });
    expect(errorsIn(peers[0].line)).toEqual(["too-fast"]);
    expect(peers[0].line.isClosed).toBe(false);
    world.wait(1_000);
    peers[0].say({ type: "get-prefixes" });
    expect(take(peers[0].line, "prefixes").prefixes).toHaveLength(1);
  });

  it("returns what the owner published, and nothing about peers that do not share", () => {
    const { world, peers } = many(3);
    const terms = "https://example.net/terms";
    peers[0].say(registerV6(peers[0].prefix, { bandwidth: 5_000_000, abuse: "noc@example.net", terms, exits: 0 }));
    peers[1].say(registerV6(peers[1].prefix, { listed: false }));
    const { prefixes } = world.machine.prefixes(undefined, 9);
    expect(prefixes).toHaveLength(2);
    expect(prefixes).toContainEqual({
      prefix: peers[0].prefix,
      peer: peers[0].id,
      health: "up",
      exits: 0,
      bandwidth: 5_000_000,
      abuse: "noc@example.net",
      terms,
    });
  });

  it("lists the prefix of a disconnected peer as down for five minutes, then no longer", () => {
    const { world, peers } = many(1);
    world.cut(peers[0].line);
    expect(world.machine.prefixes(undefined, 9).prefixes).toMatchObject([{ health: "down" }]);
    world.wait(300_000);
    expect(world.machine.prefixes(undefined, 9).prefixes).toEqual([]);
    expect(world.machine.status()).toMatchObject({ v6peers: 0, prefixes: 0 });
  });
});

describe("GET /prefixes", () => {
  const get = (world: World, path: string) => servePrefixes(world.machine, new URL(path, "http://localhost"));
  const json = (world: World, path: string) => JSON.parse(String(get(world, path).body));

  it("returns the same as JSON, page by page", () => {
    const { world } = many(300);
    const first = json(world, "/prefixes") as { prefixes: { prefix: string }[]; next: string };
    expect(first.prefixes).toHaveLength(256);
    const second = json(world, `/prefixes?after=${encodeURIComponent(first.next)}`) as typeof first;
    expect([...first.prefixes, ...second.prefixes].map(({ prefix }) => prefix)).toEqual(inOrder(300));
    expect(second).not.toHaveProperty("next");
  });

  it.each([
    ["/prefixes?after=nonsense", 400],
    [`/prefixes?after=${"2001:".repeat(10_000)}`, 400],
    ["/", 404],
    ["/metrics", 404],
  ])("%s is refused with a sentence", (path, status) => {
    const { world } = many(1);
    expect(get(world, path)).toMatchObject({ status, body: expect.stringMatching(/^.+\.\n$/) });
  });
});
