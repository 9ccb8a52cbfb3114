/** A NAT64 for tests, a random generator that repeats itself, and packets of its clients and servers. */
import type { StatefulConfig, StatelessConfig } from "../../src/config/config.ts";
import { createNat64, type Nat64, type Outcome } from "../../src/simple.ts";

export const PREFIX = "2001:db8:64::/96";
export const CLIENT = "2001:db8:c1::1";
export const SERVER = "198.51.100.2";
export const SERVER6 = "2001:db8:64::198.51.100.2";
export const POOL = "192.0.2.1";
export const OWN6 = "2001:db8:64::ffff:0:1";
export const OWN4 = "203.0.113.1";
export const FLAG = { fin: 1, syn: 2, rst: 4, ack: 16 } as const;

/** Xorshift: random enough for tests, and the same each time. */
export function repeatableRandom(seed = 0x2545f491): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state | 0;
  };
}

export const STATEFUL: StatefulConfig = {
  mode: "stateful",
  ownAddresses: { ipv6: OWN6, ipv4: OWN4 },
  prefixes: [PREFIX],
  pool: [{ address: POOL }],
  tables: { sessions: 256, clients: 64, fragmentedPackets: 64, heldBytes: 256 * 1024 },
  allowSpecialPurpose: true,
};

export function stateful(changes: Partial<StatefulConfig> = {}): Nat64 {
  return createNat64({ ...STATEFUL, ...changes }, { random: repeatableRandom() });
}

export function stateless(changes: Partial<StatelessConfig> = {}): Nat64 {
  const config: StatelessConfig = {
    mode: "stateless",
    ownAddresses: { ipv6: OWN6, ipv4: OWN4 },
    prefixes: [PREFIX],
    allowSpecialPurpose: true,
  };
  return createNat64({ ...config, ...changes }, { random: repeatableRandom() });
}

/** The one packet that came out; fails the test when there is another number of them. */
export function only(outcome: Pick<Outcome, "packets"> & Partial<Outcome>): Uint8Array {
  if (outcome.packets.length !== 1) {
    throw new Error(`${outcome.packets.length} packets came out${outcome.dropped ? `: ${outcome.dropped}` : ""}`);
  }
  return outcome.packets[0].packet;
}
