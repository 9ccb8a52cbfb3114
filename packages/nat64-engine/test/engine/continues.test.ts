/** A new configuration takes over the sessions of an engine that runs. */
import { expect, test } from "vitest";
import type { StatefulConfig } from "../../src/config/config.ts";
import { createEngine } from "../../src/create-engine.ts";
import type { Nat64Pipeline } from "../../src/pipeline/pipeline.ts";
import { Nat64 } from "../../src/simple.ts";
import { filler, fragment, ipv4, ipv6, tcp, udp, withChecksum } from "../packet/build.ts";
import { CLIENT, FLAG, only, POOL, repeatableRandom, SERVER, SERVER6, STATEFUL } from "./support.ts";

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

test("a table size cannot change while sessions continue", () => {
  expect(() => start({ tables: { ...STATEFUL.tables, sessions: 512 } }, start())).toThrow(
    /tables\.sessions: cannot change/,
  );
});

test("a connection that the new pool has no place for is reset towards its client, and counted", () => {
  const before = start();
  const syn = ipv6({ source: CLIENT, destination: SERVER6, protocol: 6, payload: tcp(40000, 80, filler(0)) });
  syn[53] = FLAG.syn;
  new Nat64(before).fromIPv6(withChecksum(syn), 1000);

  const nat = new Nat64(start({ pool: [{ address: "192.0.2.77" }] }, before));
  const reset = only(nat.advance(1001));
  expect([reset[0] >>> 4, reset[53] & FLAG.rst]).toEqual([6, FLAG.rst]);
  expect(nat.counters).toMatchObject({ sessions: 0, sessionsLost: 1 });
});

test("all clients hear that their connections are lost, in as many slices as that takes", () => {
  const before = start({ tables: { ...STATEFUL.tables, sessions: 512 } });
  const old = new Nat64(before);
  for (let port = 2000; port < 2400; port++) {
    const syn = ipv6({ source: CLIENT, destination: SERVER6, protocol: 6, payload: tcp(port, 80, filler(0)) });
    syn[53] = FLAG.syn;
    old.fromIPv6(withChecksum(syn), 1000);
  }

  const pool = [{ address: "192.0.2.77" }];
  const engine = start({ tables: { ...STATEFUL.tables, sessions: 512 }, pool }, before);
  const nat = new Nat64(engine);
  const reset = new Set<number>();
  while (engine.isMigrating) {
    for (const { packet } of nat.advance(1001).packets) reset.add((packet[42] << 8) | packet[43]);
  }
  expect(reset.size).toBe(400);
  expect(nat.counters).toMatchObject({ sessions: 0, sessionsLost: 400 });
});

test("a client keeps its binding from the first packet on, though its turn comes later", () => {
  const before = start();
  const old = new Nat64(before);
  const first = only(old.fromIPv6(query(40000), 1000));

  const engine = start({ pool: [{ address: POOL }, { address: "192.0.2.77" }] }, before);
  const nat = new Nat64(engine);
  expect(only(nat.fromIPv6(query(40000), 1000)).subarray(12, 22)).toEqual(first.subarray(12, 22));
  expect(engine.isMigrating).toBe(true);
  nat.advance(1001);
  expect(engine.isMigrating).toBe(false);
  expect(only(nat.fromIPv6(query(40000), 1002)).subarray(12, 22)).toEqual(first.subarray(12, 22));
});

test("waiting fragments stay under a configuration that does not change their tables", () => {
  const before = start();
  const whole = query(40000).subarray(40);
  const piece = (at: number, payload: Uint8Array) => {
    const extensions = [fragment(at, at === 0, 7)];
    return ipv6({ source: CLIENT, destination: SERVER6, protocol: 17, extensions, payload });
  };
  const [head, tail] = [piece(0, whole.subarray(0, 8)), piece(8, whole.subarray(8))];
  expect(new Nat64(before).fromIPv6(tail, 1000).packets).toEqual([]);

  const nat = new Nat64(start({ timers: { udp: 600 } }, before));
  expect(nat.counters.heldPackets).toBe(1);
  expect(nat.fromIPv6(head, 1001).packets).toHaveLength(2);
});

test("an engine whose successor was refused continues unchanged", () => {
  const before = start();
  const binding = { protocol: "udp", ipv6: CLIENT, ipv4: POOL } as const;
  const contradiction = [
    { ...binding, ipv6Port: 1, ipv4Port: 5000 },
    { ...binding, ipv6Port: 2, ipv4Port: 5000 },
  ];
  const sent = only(new Nat64(before).fromIPv6(query(40000), 1000));
  expect(() => start({ staticBindings: contradiction }, before)).toThrow(
    /^staticBindings\[1\]: .*same IPv4 address and port/,
  );
  expect(only(new Nat64(before).fromIPv6(query(40000), 1001)).subarray(12, 22)).toEqual(sent.subarray(12, 22));
});
