/** Every timer of the coordinator. `inputs/deadline.ts` has the rule for each of them. */
import type { Connection } from "../state/connection.ts";
import type { HeldClaim } from "../state/held-claims.ts";
import type { HoldOff } from "../state/hold-offs.ts";
import type { Pair } from "../state/pair.ts";
import type { Peer, V6Peer } from "../state/peer.ts";
import type { TimerTable } from "./timer-table.ts";

/** Each kind of timer and what it is about. */
export interface TimerKinds {
  /** No TLS handshake, or no valid `hello` yet. */
  readonly hello: Connection;
  /** No frame for a while. */
  readonly silence: Connection;
  /** Datagrams of a proof of prefix are to be sent again, or the time for `prove` is over. */
  readonly proof: V6Peer;
  /** The peer did not come back. */
  readonly "lost-peer": Peer;
  /** The peer that was asked did not answer the proposal. */
  readonly answer: Pair;
  /** The path is still down: time for another address. */
  readonly "fresh-address": Pair;
  /** The path is still down and the IPv4 peer still disconnected. */
  readonly "dead-exit": Pair;
  /** The time that a draining pair was given is over. */
  readonly drain: Pair;
  /** The other end did not name the held pair. */
  readonly "held-claim": HeldClaim;
  /** Two peers may be proposed to each other again. */
  readonly "hold-off": HoldOff;
  /** An IPv4 peer that failed this IPv6 peer may be proposed to it again. */
  readonly "exit-retry": V6Peer;
}

export type Timers = TimerTable<TimerKinds>;
