/** The targets of bans, and their effect on the pool. With packets: `lab/test/bans.test.ts`. */
import { parseBlock } from "@nat64/rfc6052";
import { describe, expect, it } from "vitest";
import { engineBans } from "../src/bans/ban-kinds.ts";
import { withoutBannedPool } from "../src/bans/pool-bans.ts";
import { readTarget, type TargetContext } from "../src/bans/read-target.ts";

const PEER = "25mnilb75omaivj6mwj4m5lq62qzw7iu";
const GONE = "nrfrhkbnnrvand7pu4ab336lv7sqruj5";
const CONTEXT: TargetContext = {
  prefixes: ["2001:db8:64::/80", "64:ff9b::/96"],
  pool: ["192.0.2.64/28"],
  exits: [{ exit: 2, selector: 0x0b11, peer: PEER, pair: "p" }],
  bannedPeers: [GONE],
};

describe("a target", () => {
  it.each([
    ["2001:DB8:c1::/48", "client", "2001:db8:c1::/48", "clients in it, 65,536 networks of /64"],
    ["2001:db8:c1::1", "client", "2001:db8:c1::1", "clients in it, one address"],
    ["2001:db8:c1::/64", "client", "2001:db8:c1::/64", "clients in it, one /64"],
    ["198.51.100.0/24", "destination", "198.51.100.0/24", "IPv4 destinations in it, 256 addresses"],
    ["192.0.2.65", "pool", "192.0.2.65", "one address of the local exit's pool: no session uses it"],
    ["192.0.2.64/28", "pool", "192.0.2.64/28", "16 addresses of the local exit's pool: no session uses it"],
    ["2", "peer", PEER, "the IPv4 peer 25mn-ilb7-5oma-ivj6: pairs with it end, and no others are made"],
    ["0b11", "peer", PEER, expect.any(String)],
    ["25mn-ilb7", "peer", PEER, expect.any(String)],
    ["nrfr-hkbn-nrva-nd7p", "peer", GONE, expect.any(String)],
    ["a".repeat(32), "peer", "a".repeat(32), expect.any(String)],
  ])("%s is a %s", (text, kind, target, covers) => {
    expect(readTarget(text, CONTEXT)).toMatchObject({ kind, target, covers });
  });

  it.each([
    ["2001:db8:64::c633:6402", "2001:db8:64::c633:6402 is in 2001:db8:64::/80, which stands for IPv4 addresses"],
    ["64:ff9b::/96", "64:ff9b::/96 is in 64:ff9b::/96, which stands for IPv4 addresses"],
    ["192.0.2.0/24", "192.0.2.0/24 has addresses of the local exit's pool and others: ban them one by one"],
    ["local", "the local exit cannot be banned: drain it"],
    ["9", 'there is no exit "9"; peer exits: 2 (0b11, 25mn-ilb7-5oma-ivj6)'],
    ["192.0.2.300", "192.0.2.300"],
    ["2001:db8::1/64", "has bits set after the first 64"],
  ])("%s is none, with a sentence", (text, sentence) => {
    expect(() => readTarget(text, CONTEXT)).toThrow(sentence);
  });
});

describe("the engine", () => {
  const ENGINE = {
    mode: "stateful",
    ownAddresses: { ipv6: "2001:db8:64::ffff:0:1", ipv4: "192.0.0.8" },
    prefixes: ["2001:db8:64::/96"],
    pool: [{ address: "192.0.2.64/28", tcp: [2000, 3000] as const }, { address: "192.0.2.5" }],
    staticBindings: ["192.0.2.65", "192.0.2.66"].map((ipv4) => {
      return { protocol: "tcp" as const, ipv6: "2001:db8:c1::1", ipv6Port: 80, ipv4, ipv4Port: 2000 };
    }),
  } as const;

  it("gets the rest of a block, with its ports, and no static binding at a banned address", () => {
    const { pool, staticBindings } = withoutBannedPool(ENGINE, ["192.0.2.65", "192.0.2.72/29", "192.0.2.5"]);
    expect(pool.map(({ address }) => address)).toEqual(["192.0.2.64", "192.0.2.66/31", "192.0.2.68/30"]);
    expect(pool.every(({ tcp }) => tcp?.[0] === 2000)).toBe(true);
    expect(staticBindings?.map(({ ipv4 }) => ipv4)).toEqual(["192.0.2.66"]);
    expect(withoutBannedPool(ENGINE, [])).toBe(ENGINE);
    expect(withoutBannedPool(ENGINE, ["192.0.2.0/24"]).pool).toEqual([]);
  });

  it("gets clients and destinations", () => {
    const ban = { at: "", by: "" };
    const bans = [
      { ...ban, kind: "client", target: "2001:db8::/32" },
      { ...ban, kind: "destination", target: "198.51.100.1" },
      { ...ban, kind: "peer", target: PEER },
      { ...ban, kind: "pool", target: "192.0.2.65" },
    ];
    expect(engineBans(bans)).toEqual({
      clients: [parseBlock("2001:db8::/32")],
      destinations: [parseBlock("198.51.100.1")],
    });
  });
});
