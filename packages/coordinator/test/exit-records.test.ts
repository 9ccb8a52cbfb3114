/** What an IPv6 peer's record of IPv4 peers says, and whom the coordinator proposes because of it. */
import { describe, expect, it } from "vitest";
import { ExitRecords, GOOD_RECORD_MS } from "../src/machine/state/exit-records.ts";
import { take, testOptions, typesIn, World } from "./support/machine.ts";
import { agree, identityOf, V4, V6 } from "./support/peers.ts";

const MINUTE = 60_000;
const MOST = 256;
const of = (id: string, network = 1) => ({ id, network });

describe("a record", () => {
  it("holds an identity off after a failure, for twice as long each time, up to an hour", () => {
    const records = new ExitRecords();
    let now = 0;
    for (const minutes of [1, 2, 4, 8, 16, 32, 60, 60]) {
      records.noteFailure(of("a", now), now, MOST);
      expect(records.mayTry(of("a"), now + minutes * MINUTE - 1)).toBe(false);
      now += minutes * MINUTE;
      expect(records.mayTry(of("a"), now)).toBe(true);
    }
  });

  it("holds a /24 off after its third failure, for a shorter time", () => {
    const records = new ExitRecords();
    for (const id of ["a", "b"]) records.noteFailure(of(id), 0, MOST);
    expect(records.mayTry(of("new"), 0)).toBe(true);
    records.noteFailure(of("c"), 0, MOST);
    expect(records.mayTry(of("new"), 14_999)).toBe(false);
    expect(records.mayTry(of("new"), 15_000)).toBe(true);
    for (let n = 0; n < 30; n++) records.noteFailure(of(`${n}`), 20_000, MOST);
    expect(records.mayTry(of("new"), 319_999)).toBe(false);
    expect(records.mayTry(of("new"), 320_000)).toBe(true);
    expect(records.mayTry(of("elsewhere", 2), 20_000)).toBe(true);
    expect(records.nextRetry(20_000)).toBe(60_000);
  });

  it("is good after ten minutes; then the failures of others in the same /24 do not matter", () => {
    const records = new ExitRecords();
    records.noteUp(of("good"), GOOD_RECORD_MS - 1, MOST);
    expect(records.isGood("good")).toBe(false);
    expect(records.isGood("good", 1)).toBe(true);
    records.noteUp(of("good"), 1, MOST);
    expect(records.isGood("good")).toBe(true);
    for (let n = 0; n < 10; n++) records.noteFailure(of(`${n}`), 0, MOST);
    expect(records.mayTry(of("new"), 1)).toBe(false);
    expect(records.mayTry(of("good"), 1)).toBe(true);
  });

  it("is lost after a few failures, however long it was good, and its failures do not count for its /24", () => {
    const records = new ExitRecords();
    records.noteUp(of("a"), 1_000 * GOOD_RECORD_MS, MOST);
    const isGood = Array.from({ length: 4 }, () => {
      records.noteFailure(of("a"), 0, MOST);
      return records.isGood("a");
    });
    expect(isGood).toEqual([true, true, false, false]);
    expect(records.mayTry(of("other"), 0)).toBe(true);
  });

  it("forgets a failure for each ten good minutes", () => {
    const records = new ExitRecords();
    for (let n = 0; n < 3; n++) records.noteFailure(of("a"), 0, MOST);
    expect(records.failuresOf(of("a"))).toBe(6);
    records.noteUp(of("a"), 3 * GOOD_RECORD_MS, MOST);
    expect(records.failuresOf(of("a"))).toBe(0);
  });

  it("a full table drops the oldest record of the /24 with most: many identities of one network push out each other", () => {
    const records = new ExitRecords();
    for (let n = 0; n < 4; n++) records.noteFailure(of(`honest ${n}`, n), 0, 8);
    for (let n = 0; n < 100; n++) records.noteFailure(of(`liar ${n}`, 99), 0, 8);
    expect(records.size).toBe(8);
    expect([...records].map(({ id }) => id)).toEqual([
      ...["honest 0", "honest 1", "honest 2", "honest 3"],
      ...["liar 96", "liar 97", "liar 98", "liar 99"],
    ]);
  });
});

describe("the coordinator", () => {
  const v6peer = (world: World, n: number): V6 => new V6(world, `six ${n}`, `2001:db8:${n}::/80`, `2001:db8:f:${n}::1`);
  const v4peer = (world: World, n: number): V4 => new V4(world, `four ${n}`, `198.18.${n}.7:40000`);
  const proposalsOf = (peer: V6): readonly string[] =>
    peer.line.inbox.flatMap((message) => (message.type === "propose" ? [message.identity] : []));
  const identity = (peer: V4): string => Buffer.from(peer.identity.publicKey).toString("base64url");
  const wait = (world: World, milliseconds: number): void => {
    for (let left = milliseconds; left > 0; left -= 20_000) {
      world.wait(Math.min(20_000, left));
      for (const line of world.lines.values()) if (!line.isClosed) world.send(line, { type: "ping", id: 1 });
    }
  };

  it("does not propose an IPv4 peer for a minute that failed an IPv6 peer, then for two; to others it does", () => {
    const world = new World();
    const v6 = v6peer(world, 1).register({ exits: 1 });
    const v4 = v4peer(world, 1).register();
    for (const minutes of [1, 2]) {
      v6.say({ type: "unpair", pair: agree(v6, v4).pair, reason: "path-never-up" });
      wait(world, minutes * MINUTE - 1);
      expect(proposalsOf(v6)).toEqual([]);
      wait(world, 1);
      expect(proposalsOf(v6)).toEqual([identity(v4)]);
    }
    v6.say({ type: "unpair", pair: agree(v6, v4).pair, reason: "no-data" });
    expect(proposalsOf(v6peer(world, 2).register({ exits: 1 }))).toEqual([identity(v4)]);
    expect(world.machine.counters.exitFailures).toEqual({
      "no-accept": 0,
      "path-never-up": 2,
      "path-unstable": 0,
      "no-data": 1,
    });
  });

  it("counts an offer without an accept as a failure of the IPv4 peer, a proposal without an offer not", () => {
    const world = new World();
    const v6 = v6peer(world, 1).register({ exits: 1 });
    v4peer(world, 1).register();
    wait(world, 10_000);
    expect(world.machine.counters.exitFailures["no-accept"]).toBe(0);
    take(v6.line, "propose");
    wait(world, 30_000);
    v6.offer(take(v6.line, "propose"));
    wait(world, 10_000);
    expect(world.machine.counters.exitFailures["no-accept"]).toBe(1);
    wait(world, MINUTE - 1);
    expect(proposalsOf(v6)).toEqual([]);
    wait(world, 1);
    expect(proposalsOf(v6)).toHaveLength(1);
  });

  it("the word of an IPv4 peer about its IPv6 peer makes no record", () => {
    const world = new World();
    const v6 = v6peer(world, 1).register({ exits: 1 });
    const v4 = v4peer(world, 1).register();
    v4.say({ type: "unpair", pair: agree(v6, v4).pair, reason: "path-never-up" });
    expect(world.machine.counters.exitFailures["path-never-up"]).toBe(0);
    expect(world.machine.status()).toMatchObject({ holdOffs: 1 });
  });

  /** An IPv6 peer that had `exits` IPv4 peers for ten minutes, which then ended all pairs; they come back at the end. */
  const withRecords = (exits: number) => {
    const world = new World();
    const v6 = v6peer(world, 1).register({ exits });
    const good = Array.from({ length: exits }, (_, n) => v4peer(world, n + 1).register({ maxPairs: 1 }));
    const pairs = good.map((v4) => ({ v4, ...agree(v6, v4) }));
    for (const { pair, address } of pairs) v6.say({ type: "path", pair, address, state: "up" });
    wait(world, 10 * MINUTE);
    v6.say({ type: "register-v6", ...registrationOf(v6), exits: 0 });
    for (const { v4, pair } of pairs) v4.say({ type: "unpair", pair, reason: "drained" });
    wait(world, 5 * MINUTE);
    typesIn(v6.line);
    return { world, v6, good };
  };
  const registrationOf = ({ prefix }: V6) =>
    ({ prefix, relay: "builtin", listed: true, abuse: "a@b", wants: [], onlyWanted: false, pairs: [] }) as const;

  it("prefers those with a good record in all places but one, which is for newcomers", () => {
    const { world, v6, good } = withRecords(4);
    const newcomers = [11, 12].map((n) => v4peer(world, n).register());
    v6.say({ type: "register-v6", ...registrationOf(v6), exits: 4 });
    const proposed = proposalsOf(v6);
    expect(proposed.filter((each) => good.map(identity).includes(each))).toHaveLength(3);
    expect(proposed.filter((each) => newcomers.map(identity).includes(each))).toHaveLength(1);
  });

  it("an IPv4 peer that wants an IPv6 peer does not come before one with a good record", () => {
    const { world, v6, good } = withRecords(1);
    v4peer(world, 11).register({ wants: [identityOf("six 1").peerId] });
    v6.say({ type: "register-v6", ...registrationOf(v6), exits: 1 });
    expect(proposalsOf(v6)).toEqual(good.map(identity));
  });

  it("finds an honest IPv4 peer soon among a hundred idle identities, although it has more pairs", () => {
    const world = new World(testOptions({ connectionsPerAddress: 1_000 }));
    const honest = v4peer(world, 1).register();
    agree(v6peer(world, 1).register({ exits: 1 }), honest);
    for (let n = 2; n < 20; n++) v4peer(world, n).register({ maxPairs: 64 });
    const v6 = v6peer(world, 2).register({ exits: 1 });
    let tries = 1;
    for (; tries < 60 && !proposalsOf(v6).includes(identity(honest)); tries++) {
      const { pair } = take(v6.line, "propose");
      v6.say({ type: "decline", pair, reason: "full", retryAfter: 3_600 });
    }
    expect(tries).toBeLessThan(19);
  });
});
