import type { Bans } from "../bans/bans.ts";
import type { ExitChoice } from "../exits/choose-exit.ts";
import type { Drains } from "../exits/drains.ts";
import type { ClientLimits } from "../limits/client-caps.ts";
import type { StaticEntry } from "./bib/static-entry.ts";
import type { HeldPackets } from "./held/held-packets.ts";
import type { PoolAddress } from "./ports/pool-address.ts";
import type { SessionLifetimes } from "./timers/session-lifetimes.ts";

/** The filtering policy: who may send to a binding from the IPv4 side (RFC 6146 §3.5, RFC 4787 §5). */
export type Filtering = "endpoint-independent" | "address-dependent" | "address-and-port-dependent";

/** The options of {@link Nat64State}. */
export interface StateOptions {
  /** Sessions, and as many BIB entries: 1 … 2^24. */
  readonly sessions: number;
  /** Client prefixes of all lengths. */
  readonly clients: number;
  readonly filtering: Filtering;
  readonly lifetimes: SessionLifetimes;
  readonly limits: ClientLimits;
  readonly pool: readonly PoolAddress[];
  /** Chooses exits; without it there is only the local exit. */
  readonly exits?: ExitChoice;
  /** Which exits are draining; without it, none ever are. */
  readonly drains?: Drains;
  /** Clients that get no packets; without it, none are banned. */
  readonly bans?: Bans;
  readonly staticEntries: readonly StaticEntry[];
  /** Where inbound SYNs wait (RFC 6146 §3.5.2.2). */
  readonly held: HeldPackets;
  /** Four random words: the keys of the hash and of the choice of ports. */
  readonly seed: Int32Array;
  /**
   * The memory, at least `stateBytes`: all zero, or with a state whose sessions continue. Allocated if absent.
   */
  readonly buffer?: ArrayBuffer;
  /** Milliseconds, on the clock of all later calls. */
  readonly now: number;
}
