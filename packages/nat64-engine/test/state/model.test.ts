import fc from "fast-check";
import { expect, it } from "vitest";
import { PACKET_HELD } from "../../src/state/held/held-packets.ts";
import type { Filtering } from "../../src/state/nat64-state.ts";
import {
  ACK,
  createState,
  expectConservation,
  FIN,
  fromClient,
  fromServer,
  heldPackets,
  LIFETIMES,
  NO_BYTES,
  poolPort,
  RST,
  reason,
  SERVER,
  SYN,
} from "./support.ts";

interface ModelSession {
  expiry: number;
}
interface ModelBinding {
  readonly port: number;
  readonly sessions: Map<string, ModelSession>;
}

const step = fc.record({
  inbound: fc.boolean(),
  protocol: fc.constantFrom("udp" as const, "icmp" as const),
  client: fc.nat(2),
  port: fc.integer({ min: 3000, max: 3002 }),
  server: fc.nat(2),
  serverPort: fc.integer({ min: 80, max: 82 }),
  wait: fc.oneof({ weight: 6, arbitrary: fc.nat(2000) }, fc.nat(200_000)),
});

it.each<Filtering>(["endpoint-independent", "address-dependent", "address-and-port-dependent"])(
  "UDP and ICMP behave as a naive model of RFC 6146 §3.5.1 and §3.5.3 with %s filtering does",
  (filtering) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const state = createState({ filtering, sessions: 64 });
        const model = new Map<string, ModelBinding>();
        let now = 0;
        for (const s of steps) {
          now += s.wait;
          state.expire(now, 1e6);
          // Sessions end up to a tick late: a step in that gap would be ambiguous, so let it pass.
          now += 1100;
          state.expire(now, 1e6);
          for (const [key, binding] of model) {
            for (const [remote, session] of binding.sessions)
              if (session.expiry <= now - 1100) binding.sessions.delete(remote);
            if (binding.sessions.size === 0) model.delete(key);
          }
          for (const binding of model.values()) {
            for (const session of binding.sessions.values()) if (session.expiry <= now) return; // ambiguous: stop here
          }
          const key = `${s.protocol} ${s.client} ${s.port}`;
          const address = SERVER + s.server;
          const remote = s.protocol === "icmp" ? `${address} 0` : `${address} ${s.serverPort}`;
          let binding = model.get(key);
          let result: number;
          if (s.inbound) {
            if (binding === undefined) continue;
            result = state.inbound(NO_BYTES, fromServer(s.protocol, address, s.serverPort, binding.port), now);
            const known =
              filtering === "endpoint-independent" ||
              binding.sessions.has(remote) ||
              (filtering === "address-dependent" &&
                [...binding.sessions.keys()].some((k) => k.startsWith(`${address} `)));
            if (!known) {
              expect(result).toBe(-reason("filtered"));
              continue;
            }
          } else {
            result = state.outbound(fromClient(s.protocol, s.client, s.port, s.serverPort), address, 0, 0, 1, now);
          }
          expect(result).toBeGreaterThanOrEqual(0);
          if (binding === undefined) {
            binding = { port: poolPort(state, result), sessions: new Map() };
            for (const [other, { port }] of model)
              if (other.startsWith(s.protocol)) expect(port).not.toBe(binding.port);
            model.set(key, binding);
          }
          expect(poolPort(state, result)).toBe(binding.port);
          binding.sessions.set(remote, { expiry: now + LIFETIMES[`${s.protocol}Ms`] });
          expect(state.bindings.count).toBe(model.size);
          expect(state.sessions.count).toBe([...model.values()].reduce((sum, b) => sum + b.sessions.size, 0));
        }
        expectConservation(state);
      }),
    );
  },
);

const anyStep = fc.record({
  inbound: fc.boolean(),
  protocol: fc.constantFrom("tcp" as const, "udp" as const, "icmp" as const),
  client: fc.nat(5),
  port: fc.integer({ min: 1020, max: 1028 }),
  server: fc.nat(1),
  flags: fc.constantFrom(SYN, ACK, FIN, RST),
  wait: fc.oneof({ weight: 8, arbitrary: fc.nat(500) }, fc.nat(400_000)),
});

it.each<Filtering>(["endpoint-independent", "address-dependent", "address-and-port-dependent"])(
  "any traffic leaves the tables consistent, and empty when all lifetimes are over (%s filtering)",
  (filtering) => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 150 }), (steps) => {
        const held = heldPackets(4096);
        // Few ports, sessions and clients, so that every table runs full now and then.
        const pool = [
          {
            address: 7,
            exit: 0,
            ranges: [
              [1020, 1035],
              [1020, 1035],
              [0, 15],
            ] as const,
          },
        ];
        const state = createState({ filtering, sessions: 40, clients: 4, pool, held });
        let now = 0;
        for (const s of steps) {
          now += s.wait;
          state.expire(now, 7);
          const result = s.inbound
            ? state.inbound(NO_BYTES, fromServer(s.protocol, SERVER + s.server, 80, s.port, s.flags, 7), now)
            : state.outbound(fromClient(s.protocol, s.client, s.port, 80, s.flags), SERVER + s.server, 0, 0, 1, now);
          expect(result >= 0 || result === PACKET_HELD || result > -64).toBe(true);
        }
        expectConservation(state);
        for (let i = 0; i < 4; i++) {
          now += LIFETIMES.tcpEstablishedMs + 2000;
          while (state.expire(now, 50) === 0);
        }
        expect(state.expire(now, 50)).toBe(Number.POSITIVE_INFINITY);
        expect([state.sessions.count, state.bindings.count, state.clients.count, state.ports.inUse]).toEqual([
          0, 0, 0, 0,
        ]);
        expect([state.ports.popcount(), state.ports.ownedBlocks(), held.count]).toEqual([0, 0, 0]);
      }),
    );
  },
);
