import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UNLIMITED } from "../../../src/limits/client-caps.ts";
import type { StaticEntry } from "../../../src/state/bib/static-entry.ts";
import { PACKET_HELD } from "../../../src/state/held/held-packets.ts";
import { StateMemoryError } from "../../../src/state/memory/memory-header.ts";
import type { Nat64State } from "../../../src/state/nat64-state.ts";
import type { StateOptions } from "../../../src/state/state-options.ts";
import {
  createState,
  expectConservation,
  FIN,
  fromClient,
  fromServer,
  heldPackets,
  LIFETIMES,
  MINUTE,
  NO_BYTES,
  OTHER_SERVER,
  POOL,
  poolPort,
  RST,
  reason,
  SERVER,
  SYN,
  settleAll,
  stateOptions,
} from "../support.ts";

/** A pool address next to the one of these tests. */
const OTHER_POOL = POOL + 1;
const RANGES: StateOptions["pool"][number]["ranges"] = [
  [1024, 5119],
  [1024, 5119],
  [0, 4095],
];
const BOTH = [
  { address: POOL, exit: 0, ranges: RANGES },
  { address: OTHER_POOL, exit: 0, ranges: RANGES },
];
const CAPPED: StateOptions["limits"] = {
  "64": { ...UNLIMITED, sessions: 3 },
  "56": UNLIMITED,
  "48": { ...UNLIMITED, sessions: 100_000 },
};

function fill(state: Nat64State, sessions: number, now = 0): void {
  for (let i = 0; i < sessions; i++) {
    const protocol = (["tcp", "udp", "icmp"] as const)[i % 3];
    state.outbound(fromClient(protocol, i % 40, 2000 + i, 80, SYN), SERVER, i, 0, 1, now);
    if (i % 5 === 0) state.outbound(fromClient(protocol, i % 40, 2000 + i, 80, SYN), OTHER_SERVER, i, 0, 1, now);
  }
}

/** Ends sessions that are lost, as many as there are. */
function endsAll(state: Nat64State): (session: number) => boolean {
  return (session) => {
    state.end(session);
    return true;
  };
}

function migrateAll(state: Nat64State, now = 0): void {
  while (state.isMigrating) state.migrate(now, 50, endsAll(state));
}

const entry = (clientPort: number, poolPortNumber: number): StaticEntry => ({
  protocol: 1,
  client: fromClient("udp", 1, 0).tuple.source,
  clientPort,
  exit: 0,
  poolAddress: POOL,
  poolPort: poolPortNumber,
  via: 0,
});

const CHANGES: readonly (readonly [string, Partial<StateOptions>])[] = [
  ["a larger pool", { pool: BOTH }],
  ["a larger table of clients", { clients: 512 }],
  ["caps for prefixes that had none", { limits: CAPPED }],
  ["a filter that knows addresses", { filtering: "address-dependent" }],
  ["static bindings", { staticEntries: [entry(53, 53)] }],
];

describe("a state that continues under other options", () => {
  it.each(CHANGES)("keeps every session with its port: %s", (_, changes) => {
    const state = createState();
    fill(state, 300);
    const ports = Array.from({ length: 1024 }, (_, i) => (state.sessions.binding(i) < 0 ? -1 : poolPort(state, i)));
    state.reconfigure(stateOptions(changes));
    expect(state.isMigrating).toBe(true);
    migrateAll(state);
    expectConservation(state);
    expect(state.sessions.count).toBe(360);
    expect(state.sessionsLost).toBe(0);
    expect(ports).toEqual(
      Array.from({ length: 1024 }, (_, i) => (state.sessions.binding(i) < 0 ? -1 : poolPort(state, i))),
    );
  });

  it.each(CHANGES)("forwards both ways before a session's turn has come: %s", (_, changes) => {
    const state = createState();
    fill(state, 300);
    const session = state.outbound(fromClient("udp", 3, 9000), SERVER, 7, 0, 1, 0);
    const port = poolPort(state, session);
    state.reconfigure(stateOptions(changes));
    expect(state.inbound(NO_BYTES, fromServer("udp", SERVER, 80, port), 0)).toBe(session);
    expect(state.outbound(fromClient("udp", 3, 9000), SERVER, 7, 0, 1, 0)).toBe(session);
    migrateAll(state);
    expectConservation(state);
  });

  it("has nothing to take over when only caps of the same prefixes and TCP lifetimes change", () => {
    const state = createState({ sessions: 360, limits: { ...CAPPED, "64": UNLIMITED } });
    fill(state, 300);
    settleAll(state);
    state.reconfigure(
      stateOptions({
        sessions: 360,
        limits: CAPPED,
        lifetimes: { ...LIFETIMES, tcpEstablishedMs: 200 * MINUTE },
        now: 0,
      }),
    );
    expect(state.isMigrating).toBe(false);
    expectConservation(state);
    const full = fromClient("udp", 0, 7777);
    expect(state.outbound(full, SERVER, 0, 0, 1, 0)).toBe(-reason("cap-sessions"));
  });

  it("counts sessions under caps that are new, once each, whatever happens meanwhile", () => {
    const state = createState({ sessions: 363 });
    fill(state, 300);
    settleAll(state);
    state.reconfigure(stateOptions({ sessions: 363, limits: CAPPED }));
    state.migrate(0, 100, endsAll(state));
    state.outbound(fromClient("tcp", 0, 2000, 80, RST), SERVER, 0, 0, 1, 0);
    state.outbound(fromClient("tcp", 7, 2207, 80, RST), SERVER, 0, 0, 1, 0);
    migrateAll(state);
    expectConservation(state);
    // The last three places, and those of the sessions that the RSTs closed.
    for (let port = 8000; port < 8005; port++)
      expect(state.outbound(fromClient("udp", 5, port), SERVER, 0, 0, 1, 0)).toBeGreaterThanOrEqual(0);
    expect(state.outbound(fromClient("udp", 5, 8888), SERVER, 0, 0, 1, 0)).toBe(-reason("cap-sessions"));
  });

  it("gives no new binding a port whose owner is still to be taken over", () => {
    const pool = [{ address: POOL, exit: 0, ranges: [null, [1024, 1087], null] as const }];
    const state = createState({ pool });
    for (let i = 0; i < 32; i++) state.outbound(fromClient("udp", 1, 3000 + i), SERVER, 0, 0, 1, 0);
    state.reconfigure(stateOptions({ pool, clients: 512 }));
    for (let i = 0; i < 40; i++) {
      const made = state.outbound(fromClient("udp", 2, 3000 + i), SERVER, 0, 0, 1, 0);
      if (i < 32) expect(made).toBeGreaterThanOrEqual(0);
      else expect(made).toBe(-reason("ports-exhausted"));
    }
    migrateAll(state);
    expectConservation(state);
    expect(state.sessions.count).toBe(64);
  });

  it("ends sessions outside the new pool, one at a time", () => {
    const state = createState({ pool: BOTH });
    fill(state, 300);
    const gone = Array.from({ length: 1024 }, (_, i) => i).filter(
      (i) => state.sessions.binding(i) >= 0 && state.bindings.poolAddress(state.sessions.binding(i)) === OTHER_POOL,
    );
    state.reconfigure(stateOptions({ pool: BOTH.slice(0, 1) }));
    const ended: number[] = [];
    while (state.isMigrating) {
      state.migrate(0, 10, (session) => {
        ended.push(session);
        state.end(session);
        return true;
      });
    }
    expect(gone.length).toBeGreaterThan(50);
    expect(ended).toEqual(gone);
    expect(state.sessionsLost).toBe(gone.length);
    expectConservation(state);
  });

  it("lets a client whose binding has no place make another one at once", () => {
    const state = createState({ pool: BOTH.slice(1) });
    state.outbound(fromClient("udp", 1, 4000), SERVER, 0, 0, 1, 0);
    state.reconfigure(stateOptions({ pool: BOTH.slice(0, 1) }));
    const made = state.outbound(fromClient("udp", 1, 4000), SERVER, 0, 0, 1, 0);
    expect(state.bindings.poolAddress(state.sessions.binding(made))).toBe(POOL);
    migrateAll(state);
    expectConservation(state);
    expect(state.outbound(fromClient("udp", 1, 4000), SERVER, 0, 0, 1, 0)).toBe(made);
  });

  it("ends UDP sessions in time under a lifetime that is shorter than before", () => {
    const state = createState({ lifetimes: { ...LIFETIMES, udpMs: 10 * MINUTE } });
    fill(state, 100);
    state.reconfigure(stateOptions({}));
    migrateAll(state);
    state.expire(LIFETIMES.udpMs + 1024, 10_000);
    expect(state.sessions.count).toBe(0);
    expectConservation(state);
  });

  it("under a clock that starts again continues as if no time had passed", () => {
    const state = createState({ now: 5_000_000 });
    const session = state.outbound(fromClient("udp", 1, 4000), SERVER, 0, 0, 1, 5_000_000);
    state.expire(5_100_000, 10);
    state.reconfigure(stateOptions({ now: 7 }));
    expect(state.remaining(session, 7)).toBe(LIFETIMES.udpMs - 100_000);
  });

  it("keeps SYNs that wait, and loses them only with the store that they wait in", () => {
    const options = { filtering: "address-dependent", held: heldPackets() } as const;
    const state = createState(options);
    const port = poolPort(state, state.outbound(fromClient("tcp", 1, 4000, 80, SYN), SERVER, 0, 0, 1, 0));
    expect(state.inbound(NO_BYTES, fromServer("tcp", OTHER_SERVER, 80, port, SYN), 0)).toBe(PACKET_HELD);
    state.reconfigure(stateOptions({ ...options, pool: BOTH }));
    migrateAll(state);
    expectConservation(state);
    expect([state.sessions.count, options.held.count]).toEqual([2, 1]);
    state.reconfigure(stateOptions({ ...options, held: heldPackets(), pool: BOTH }));
    expect([state.sessions.count, options.held.count]).toEqual([1, 0]);
    expectConservation(state);
  });

  it("keeps static bindings that stay, and lets others come and go: static ones win", () => {
    const state = createState({ staticEntries: [entry(53, 5001), entry(54, 5002), entry(56, 5006)] });
    const kept = state.outbound(fromClient("udp", 1, 53), SERVER, 0, 0, 1, 0);
    state.outbound(fromClient("udp", 1, 54), SERVER, 0, 0, 1, 0);
    const dynamic = state.outbound(fromClient("udp", 2, 99), SERVER, 0, 0, 1, 0);
    state.outbound(fromClient("udp", 1, 57), SERVER, 0, 0, 1, 0);
    const staticEntries = [entry(53, 5001), entry(55, poolPort(state, dynamic)), entry(57, 5010)];
    state.reconfigure(stateOptions({ staticEntries }));
    migrateAll(state);
    expectConservation(state);
    expect(state.outbound(fromClient("udp", 1, 53), SERVER, 0, 0, 1, 1000)).toBe(kept);
    // 54 is dynamic now and ends with its session; 99 lost its port, 57 its binding to a static one; 56 went at once.
    expect([state.sessions.count, state.bindings.count, state.sessionsLost]).toEqual([2, 4, 2]);
    expect(poolPort(state, state.outbound(fromClient("udp", 1, 57), SERVER, 0, 0, 1, 1000))).toBe(5010);
    state.expire(LIFETIMES.udpMs + 3000, 100);
    expect([state.sessions.count, state.bindings.count]).toEqual([0, 3]);
  });

  it("finishes one change before the next", () => {
    const state = createState();
    fill(state, 300);
    state.reconfigure(stateOptions({ pool: BOTH }));
    state.migrate(0, 10, endsAll(state));
    state.reconfigure(stateOptions({ pool: BOTH, clients: 512 }));
    migrateAll(state);
    expect(state.sessions.count).toBe(360);
    expectConservation(state);
  });

  it.each([
    ["another number of sessions", { sessions: 512 }, StateMemoryError],
    ["static bindings that contradict each other", { staticEntries: [entry(1, 5001), entry(2, 5001)] }, Error],
    ["a table of clients that static bindings do not fit", { clients: 0, staticEntries: [entry(1, 5001)] }, Error],
  ] as const)("refuses %s, and nothing has changed", (_, changes, error) => {
    const state = createState();
    fill(state, 300);
    expect(() => state.reconfigure(stateOptions(changes))).toThrow(error);
    expect([state.isMigrating, state.sessions.count]).toEqual([false, 360]);
    expectConservation(state);
  });

  it("agrees with itself after any packets and any changes, whenever they come", () => {
    const step = fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record({
          kind: fc.constant("packet" as const),
          client: fc.nat(5),
          port: fc.nat(9),
          flags: fc.constantFrom(SYN, FIN, RST),
          in: fc.boolean(),
          tcp: fc.boolean(),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constant("move" as const), budget: fc.integer({ min: 1, max: 20 }) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant("change" as const),
          which: fc.nat(CHANGES.length - 1),
          fewer: fc.boolean(),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant("time" as const), ms: fc.integer({ min: 1, max: 400_000 }) }),
      },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const small = { sessions: 40, clients: 16 };
        const state = createState(small);
        let now = 0;
        for (const each of steps) {
          if (each.kind === "packet") {
            const protocol = each.tcp ? "tcp" : "udp";
            const session = state.outbound(
              fromClient(protocol, each.client, 3000 + each.port, 80, each.flags),
              SERVER,
              0,
              0,
              1,
              now,
            );
            if (each.in && session >= 0) {
              state.inbound(NO_BYTES, fromServer(protocol, SERVER, 80, poolPort(state, session), each.flags), now);
            }
          } else if (each.kind === "move") state.migrate(now, each.budget, endsAll(state));
          else if (each.kind === "time") {
            now += each.ms;
            state.expire(now, 1000);
          } else {
            const pool = each.fewer
              ? [{ address: POOL, exit: 0, ranges: [[1024, 1087], [1024, 1151], null] as const }]
              : BOTH;
            state.reconfigure(stateOptions({ ...small, pool, ...CHANGES[each.which][1], sessions: 40, now }));
          }
        }
        migrateAll(state, now);
        expectConservation(state);
        for (let session = 0; session < 40; session++) if (state.sessions.binding(session) >= 0) state.end(session);
        expect([state.sessions.count, state.ports.inUse, state.ports.ownedBlocks()]).toEqual([0, 0, 0]);
      }),
      { numRuns: 300 },
    );
  });
});
