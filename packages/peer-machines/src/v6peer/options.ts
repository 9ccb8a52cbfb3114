/** Options of an IPv6 peer's machine. */

import type { PeerExits } from "@nat64/nat64-engine";
import { type CryptoSuite, DRAIN_GRACE_SECONDS, type RegisterV6, type Sign } from "@nat64/peer-protocol";
import type { IPv6Words, Refusals } from "@nat64/rfc6052";
import type { SelectorRecord } from "./selector-book.ts";

/**
 * The operator's settings. All of them may change at run time, see `V6Peer.configure`. The coordinator gets the fields of
 * `RegisterV6`.
 */
export interface V6PeerSettings
  extends Pick<RegisterV6, "bandwidth" | "listed" | "abuse" | "terms" | "exits" | "wants" | "onlyWanted"> {
  /** Whether clients may use an exit's selector for all destinations, if the exit's owner also allows it. */
  readonly pinnedInternet: boolean;
  /** Shares of new clients by peer id; 1 for peers not listed. */
  readonly weights: Readonly<Record<string, number>>;
  /** Peer ids of IPv4 peers that are banned: pairs with them end, and no others are made. */
  readonly banned: readonly string[];
}

/** The engine, as the machine sees it. */
export interface ExitControl {
  readonly exits: PeerExits;
  /** Starts ending all sessions of an exit. */
  end(exit: number): void;
  /** Whether sessions of the exit may still exist. */
  isEnding(exit: number): boolean;
  /**
   * Called with the limit that the coordinator sets for an exit, in bits per second in each direction; undefined for no
   * limit.
   */
  limit?(exit: number, bandwidth: number | undefined): void;
  /** Called for each valid message 2 of an exit. Data may arrive on the path of that message, see PROTOCOL.md §12. */
  validated?(exit: number, teredo: IPv6Words, now: number): void;
}

/** See {@link V6PeerSettings} for settings that may change. */
export interface V6PeerOptions {
  readonly settings: V6PeerSettings;
  /** The peer's Ed25519 public key, base64url. */
  readonly identity: string;
  /** Signs with the private key of `identity`. */
  readonly sign: Sign;
  readonly suite: CryptoSuite;
  /** The /80, canonical. */
  readonly prefix: string;
  readonly relay: "system" | "builtin";
  /** Which IPv4 addresses are not global unicast, for checks of Teredo addresses. */
  readonly refusals: Refusals;
  readonly control: ExitControl;
  /** Selectors that an earlier run assigned. */
  readonly selectors: readonly SelectorRecord[];
  /** Milliseconds since 1970 at the machine's time 0. */
  readonly timeZeroUnixMs: number;
}

/**
 * Milliseconds from the loss of a path to the end of its exit's sessions, so that a new address can come up first. If
 * the coordinator has said that the other end is away, no new address can come, and sessions end at once.
 */
export const END_SESSIONS_AFTER_MS = 15_000;

/**
 * Milliseconds after which a pair ends if the other end has drained it but does not end it. The coordinator ends it
 * earlier; this timeout is for when the coordinator is unreachable.
 */
export const MAX_OTHER_DRAIN_MS: number = 2 * DRAIN_GRACE_SECONDS * 1000;

/** Milliseconds between two checks for unanswered traffic. */
export const TRAFFIC_CHECK_INTERVAL_MS = 250;

/** Milliseconds for `accept` after `offer`, and for `pair` after `accept`. The coordinator allows 10 s for each. */
export const AGREEMENT_TIMEOUT_MS = 30_000;
