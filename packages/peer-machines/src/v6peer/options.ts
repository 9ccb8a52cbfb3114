/** What an IPv6 peer's machine needs to know and to have. */

import type { PeerExits } from "@nat64/nat64-engine";
import { type CryptoSuite, DRAIN_GRACE_SECONDS, type Sign } from "@nat64/peer-protocol";
import type { IPv6Words, Refusals } from "@nat64/rfc6052";
import type { SelectorRecord } from "./selector-book.ts";

/** What the operator chose; all of it may change while the machine runs, see `V6Peer.configure`. */
export interface V6PeerSettings {
  /** What the prefix may use, in bits per second; left out: no limit. */
  readonly bandwidth?: number;
  /** Whether the prefix stands in the public list. */
  readonly listed: boolean;
  /** Where to complain: an e-mail address or a URL. */
  readonly abuse: string;
  /** Where the terms of service are: a URL. */
  readonly terms?: string;
  /** Peer exits that are wanted, 0 … 32. */
  readonly exits: number;
  /** Peer ids of IPv4 peers that are wanted before all others. */
  readonly wants: readonly string[];
  /** Whether nobody else is taken. */
  readonly onlyWanted: boolean;
  /** Whether clients may use an exit's selector for all destinations, if its owner says so too. */
  readonly pinnedInternet: boolean;
  /** Shares of new clients by peer id; 1 for who is not named. */
  readonly weights: Readonly<Record<string, number>>;
}

/** The engine, as the machine sees it. */
export interface ExitControl {
  readonly exits: PeerExits;
  /** Starts to end all sessions of an exit. */
  end(exit: number): void;
  /** Whether sessions of the exit may still be there. */
  isEnding(exit: number): boolean;
  /** Told what the coordinator wants an exit to keep to, in bits per second each way: undefined for no limit. */
  limit?(exit: number, bandwidth: number | undefined): void;
  /** Told of each good message 2 of an exit: data may come the way that this came, see PROTOCOL.md §12. */
  validated?(exit: number, teredo: IPv6Words, now: number): void;
}

/** See {@link V6PeerSettings} for what may change. */
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
  /** Which IPv4 addresses are not global unicast: checks of Teredo addresses. */
  readonly refusals: Refusals;
  readonly control: ExitControl;
  /** What an earlier run gave out. */
  readonly selectors: readonly SelectorRecord[];
  /** Milliseconds since 1970 at the machine's time 0. */
  readonly epoch: number;
}

/**
 * Milliseconds after a path went down until the sessions of its exit end: time for a fresh address to come up. Where the
 * coordinator said that the other end is away none will come, and they end at once.
 */
export const END_SESSIONS_AFTER_MS = 15_000;

/**
 * Milliseconds after which a pair ends that the other end has drained and kept. The coordinator ends it sooner; this is for
 * when that one is away.
 */
export const MAX_OTHER_DRAIN_MS: number = 2 * DRAIN_GRACE_SECONDS * 1000;

/** Milliseconds between two looks at traffic that stays without an answer. */
export const TRAFFIC_CHECK_INTERVAL_MS = 250;

/** Milliseconds for `accept` after `offer`, and for `pair` after `accept`: the coordinator gives each 10 s. */
export const AGREEMENT_TIMEOUT_MS = 30_000;
