import { expect } from "vitest";
import type { Nat64State } from "../../../src/state/nat64-state.ts";
import { exitOfPoolAddress } from "../../../src/state/ports/pool-address.ts";
import { poolOf } from "../../../src/state/ports/port-shares.ts";

/** Each BIB entry has one port, each port in use has one entry, and the counts of free ports and of shares add up. */
export function expectPorts(state: Nat64State): void {
  const { bindings, ports } = state;
  const slots = new Set<number>();
  const used = new Map<number, number>();
  let withoutPort = 0;
  for (let binding = 0; binding < bindings.capacity; binding++) {
    if (!bindings.live(binding)) continue;
    const slot = bindings.slot(binding);
    if (slot < 0) {
      expect(bindings.isStatic(binding) || bindings.isRetired(binding)).toBe(true);
      withoutPort++;
      continue;
    }
    expect(slots.has(slot)).toBe(false);
    slots.add(slot);
    expect(ports.port(slot)).toBe(bindings.poolPort(binding));
    const pool = poolOf(exitOfPoolAddress(bindings.poolAddress(binding)), bindings.protocol(binding));
    used.set(pool, (used.get(pool) ?? 0) + 1);
  }
  expect([ports.inUse, ports.popcount(), bindings.count - withoutPort]).toEqual([slots.size, slots.size, slots.size]);
  for (let exit = 0; exit < ports.exits; exit++) {
    for (let protocol = 0; protocol < 3; protocol++) {
      const count = used.get(poolOf(exit, protocol)) ?? 0;
      expect(ports.totalPorts(exit, protocol) - ports.freePorts(exit, protocol)).toBe(count);
      expect(ports.shares.total(poolOf(exit, protocol))).toEqual([count, count, count]);
      expect(ports.shares.networks(poolOf(exit, protocol)) > 0).toBe(count > 0);
    }
  }
}
