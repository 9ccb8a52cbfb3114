/**
 * What the daemon tells the page. It holds no address of any client, and what others say (the coordinator, IPv4 peers) stands
 * in it as they said it: only ever show it as text.
 */

/** The answer to `GET /data.json`. */
export interface PageData {
  /** Which build of the page the daemon serves now; another one than the page's own means that it should be loaded anew. */
  readonly build: string;
  readonly version: string;
  /** When the daemon was started and when this was looked at, in milliseconds since 1970. */
  readonly startedAt: number;
  readonly at: number;
  /** The prefix to put into a DNS64, the /80, and the further prefixes. */
  readonly nat64Prefix: string;
  readonly prefix: string;
  readonly extraPrefixes: readonly string[];
  readonly config: ConfigFacts;
  /** What somebody else changed on the host and the daemon could not put right. */
  readonly hostProblems: readonly { readonly what: string; readonly reason: string }[];
  readonly localExit: "pool" | "masquerade" | "none";
  /** Whether the configuration has exits through IPv4 peers. */
  readonly wantsPeerExits: boolean;
  /** Records in use, those of connections in use (the others give way), and the size of the table. */
  readonly sessions: { readonly now: number; readonly settled: number; readonly most: number };
  /** Bytes of clients since the start: from them, and to them. */
  readonly carried: { readonly up: number; readonly down: number };
  readonly exits: readonly ExitFacts[];
  readonly coordinator?: CoordinatorFacts;
  readonly budget?: BudgetFacts;
  readonly drain?: DrainFacts;
  /** Bans in effect, and why they cannot be saved. */
  readonly bans?: { readonly count: number; readonly problem?: string };
  readonly drops: readonly DropCount[];
  /** Share of the time that the thread which forwards packets is busy, 0 to 1. */
  readonly busy: number;
  readonly history: History;
}

/** The configuration file. */
export interface ConfigFacts {
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly loadedAt: number;
  /** Why the last reload was refused; absent when it was not. */
  readonly refused?: string;
  /** Keys that were changed in the file and wait for a restart. */
  readonly needsRestart: readonly string[];
}

/** One exit through an IPv4 peer. */
export interface ExitFacts {
  /** Its place, 1 to 32. */
  readonly exit: number;
  /** Peer id of the IPv4 peer. */
  readonly peer: string;
  readonly state: "trying" | "up" | "suspect" | "down";
  /** For how long it has been so. */
  readonly seconds: number;
  /** Median, in milliseconds. */
  readonly rtt?: number;
  /** Share of the latest probes without an answer, 0 to 1. */
  readonly loss?: number;
  /** Share of clients' recent new flows that were answered, 0 to 1; absent if there were none. */
  readonly answered?: number;
  /** What does not come back although probes are answered. */
  readonly lost: readonly ("tcp" | "udp" | "large-to-servers" | "large-from-servers")[];
  readonly sessions: number;
  /** Whether it takes traffic for every destination. */
  readonly internet: boolean;
  /** How many services it publishes. */
  readonly services: number;
  /** Bits per second each way; absent without a limit. */
  readonly limit?: number;
  readonly isDraining: boolean;
  readonly isAway: boolean;
  /** Bytes of clients, since it was added. */
  readonly carried?: { readonly up: number; readonly down: number };
}

/** The connection to the coordinator. */
export interface CoordinatorFacts {
  readonly host: string;
  readonly port: number;
  readonly isConnected: boolean;
  /** For how long it has been so. */
  readonly seconds: number;
  readonly problem?: string;
  readonly registration: "offline" | "asked" | "challenged" | "registered" | "pausing";
}

/** What the prefix may use. */
export interface BudgetFacts {
  /** Bits per second from clients and to them; absent without a limit. */
  readonly up?: number;
  readonly down?: number;
  /** Milliseconds that packets wait for their turn in the mean, each way. */
  readonly delay?: { readonly up: number; readonly down: number };
  readonly month?: {
    /** Bytes of both ways. */
    readonly used: number;
    readonly limit: number;
    /** Whether new sessions are refused already, or everything. */
    readonly state: "open" | "nothing-new" | "used";
    /** When the next month begins, in milliseconds since 1970. */
    readonly ends: number;
    /** Why what was used cannot be written down. */
    readonly problem?: string;
  };
}

/** No new sessions are taken. */
export interface DrainFacts {
  readonly sessions: number;
  /** When it is over at the latest, in milliseconds since 1970. */
  readonly until?: number;
}

/** Packets that were dropped for one reason. */
export interface DropCount {
  readonly where: DropPlace;
  /** Stable code. */
  readonly code: string;
  /** Since the start, and in the last {@link RECENT_SECONDS}. */
  readonly total: number;
  readonly recent: number;
}

/** Who dropped: the translator (with the bandwidth budget), or the built-in Teredo relay. */
export type DropPlace = "translator" | "relay";

/** What counts as recent. */
export const RECENT_SECONDS = 300;

/** Columns of equal length, oldest first; each row stands for the time since the one before. */
export interface History {
  /** Milliseconds since 1970. */
  readonly at: readonly number[];
  /** Bits per second from clients and to them. */
  readonly up: readonly number[];
  readonly down: readonly number[];
  readonly sessions: readonly number[];
  /** Sessions that were opened, and packets that were dropped, in a second. */
  readonly opened: readonly number[];
  readonly dropped: readonly number[];
}

/** The names of the columns but the first. */
export const SERIES = ["up", "down", "sessions", "opened", "dropped"] as const;

/** One column. */
export type Series = (typeof SERIES)[number];

/** No rows. */
export const NO_HISTORY: History = { at: [], up: [], down: [], sessions: [], opened: [], dropped: [] };
