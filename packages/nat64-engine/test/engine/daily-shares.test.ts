/** The engine refuses clients that have used up their share of the day, and tells them. */
import { describe, expect, it } from "vitest";
import { createEngine } from "../../src/create-engine.ts";
import { DailyShares } from "../../src/limits/daily-shares.ts";
import { Nat64 } from "../../src/simple.ts";
import { ipv6, udp, withChecksum } from "../packet/build.ts";
import { CLIENT, only, repeatableRandom, SERVER6, STATEFUL } from "./support.ts";

const OTHER = "2001:db8:c2::1";
/** The upper 64 bits of {@link CLIENT}. */
const [HIGH, LOW] = [0x20010db8, 0x00c10000];

const query = (source: string, port: number) =>
  withChecksum(ipv6({ source, destination: SERVER6, protocol: 17, payload: udp(port, 53, new Uint8Array(20)) }));
/** Next header, type and code. */
const prohibited = (packet: Uint8Array) => packet[6] === 58 && packet[40] === 1 && packet[41] === 1;

function start() {
  const engine = createEngine(STATEFUL, { random: repeatableRandom() });
  const shares = new DailyShares(repeatableRandom());
  shares.set({ client: 1000, site: 2000 });
  engine.drains!.shares = shares;
  return { nat: new Nat64(engine), engine, shares };
}

describe("a client whose share of the day", () => {
  it("is nearly used up gets no new session, and open ones continue", () => {
    const { nat, engine, shares } = start();
    only(nat.fromIPv6(query(CLIENT, 40_000), 0));
    shares.count(HIGH, LOW, 960);
    expect(prohibited(only(nat.fromIPv6(query(CLIENT, 40_001), 1)))).toBe(true);
    expect(only(nat.fromIPv6(query(CLIENT, 40_000), 2))[0] >>> 4).toBe(4);
    expect(only(nat.fromIPv6(query(OTHER, 40_000), 3))[0] >>> 4).toBe(4);
    expect(engine.counters.dropsByReason()).toEqual({ "share-used": 1 });
  });

  it("is used up gets nothing through, is told so, and others are not affected", () => {
    const { nat, engine, shares } = start();
    only(nat.fromIPv6(query(CLIENT, 40_000), 0));
    shares.count(HIGH, LOW, 1000);
    expect(prohibited(only(nat.fromIPv6(query(CLIENT, 40_000), 1)))).toBe(true);
    expect(only(nat.fromIPv6(query(OTHER, 40_000), 2))[0] >>> 4).toBe(4);
    expect(engine.counters.dropsByReason()).toEqual({ "share-used": 1 });
    shares.clear();
    expect(only(nat.fromIPv6(query(CLIENT, 40_000), 3))[0] >>> 4).toBe(4);
  });
});
