/** A new configuration takes over the sessions of an engine that runs. */
import { expect, test } from "vitest";
import type { StatefulConfig } from "../../src/config/config.ts";
import { createEngine } from "../../src/create-engine.ts";
import type { Nat64Pipeline } from "../../src/pipeline/pipeline.ts";
import { Nat64 } from "../../src/simple.ts";
import { filler, ipv4, ipv6, udp, withChecksum } from "../packet/build.ts";
import { CLIENT, only, POOL, repeatableRandom, SERVER, SERVER6, STATEFUL } from "./support.ts";

const query = (port: number) =>
  withChecksum(ipv6({ source: CLIENT, destination: SERVER6, protocol: 17, payload: udp(port, 53, filler(10)) }));

function start(changes: Partial<StatefulConfig> = {}, continues?: Nat64Pipeline): Nat64Pipeline {
  return createEngine(
    { ...STATEFUL, ...changes },
    { random: repeatableRandom(), now: 1000, ...(continues && { continues }) },
  );
}

test.each([
  ["timers", { timers: { udp: 600 } }],
  ["a filtering policy that needs more memory", { filtering: "address-dependent" }],
  ["caps", { caps: { "64": { sessions: 1 } } }],
] as const)("an engine with other %s goes on with the sessions and the counters of the one before", (_, changes) => {
  const before = start();
  const old = new Nat64(before);
  const sent = only(old.fromIPv6(query(40000), 1000));
  const port = (sent[20] << 8) | sent[21];
  old.fromIPv6(query(40001), 1000);

  const engine = start(changes, before);
  const nat = new Nat64(engine);
  const answer = withChecksum(
    ipv4({ source: SERVER, destination: POOL, protocol: 17, payload: udp(53, port, filler(10)) }),
  );
  expect(only(nat.fromIPv4(answer, 2000)).subarray(42, 44)).toEqual(Uint8Array.of(40000 >> 8, 40000 & 255));
  expect(nat.counters).toMatchObject({ sessions: 2, sessionsCreated: 2, packetsFromIPv6: 2, packetsToIPv6: 1 });
});

test("a table size cannot change while sessions go on", () => {
  expect(() => start({ tables: { ...STATEFUL.tables, sessions: 512 } }, start())).toThrow(
    /tables\.sessions: cannot change/,
  );
});
