/** What the coordinator knows about a peer: while it is connected, and for a while afterwards. */
import type { NatKind, RegisterV4, RegisterV6, Role } from "@nat64/peer-protocol";
import type { Endpoint } from "@nat64/teredo";
import { RateLimiter } from "@nat64/teredo/limits";
import { CHANGE_BURST, CHANGES_PER_SECOND } from "../limits/changes.ts";
import { ExitRecords } from "./exit-records.ts";
import type { MappingNonces } from "./mapping-nonces.ts";

interface CommonPeer {
  readonly role: Role;
  /** Ed25519 public key, base64url. */
  readonly identity: string;
  readonly id: string;
  /** Ids of its pairs and proposals, in the order in which they were made. `PairTable` maintains this set. */
  readonly pairs: Set<string>;
  /** How many of its pairs make room for others, because they drain or yield. `PairTable` maintains this number. */
  leavingPairs: number;
  /** Ids of the held pairs that it named and that wait for the other end. `HeldClaims` maintains this set. */
  readonly claims: Set<string>;
  /** The number of its connection, if it is connected. */
  connection: number | undefined;
  /** When it connected, or disconnected, in milliseconds. */
  since: number;
  /** Name and version of its program, as its `hello` said. */
  software: string | undefined;
  /** Whether it proved its prefix or its mapping on this connection. Only then it gets pairs. */
  isRegistered: boolean;
  /** Whether it has named its held pairs on this connection. Only the first registration reports them. */
  hasReportedPairs: boolean;
  isDraining: boolean;
  /** Limits what it can cause the other ends of all its pairs to receive. */
  readonly changes: RateLimiter;
}

export interface V6Peer extends CommonPeer {
  readonly role: "v6peer";
  /** The latest registration whose prefix was proved; kept while the peer is disconnected. */
  registration: RegisterV6 | undefined;
  /** A proof of prefix in progress. */
  challenge: PrefixChallenge | undefined;
  /** What it has seen of IPv4 peers. */
  readonly records: ExitRecords;
  /** Pairs that were proposed with IPv4 peers of which it had no good record. */
  newcomers: number;
}

export interface V4Peer extends CommonPeer {
  readonly role: "v4peer";
  /** The latest registration. */
  registration: RegisterV4 | undefined;
  /** Authenticates its Router Solicitations on this connection. */
  solicitor: Solicitor | undefined;
  /** The latest proven mapping; kept while the peer is disconnected. */
  mapping: Endpoint | undefined;
  nat: NatKind;
  /** Limits the bubbles that are passed on to it. */
  readonly bubbles: RateLimiter;
}

export type Peer = V6Peer | V4Peer;

/** A proof of prefix in progress. */
export interface PrefixChallenge {
  /** The registration that takes effect once the prefix is proved. */
  readonly registration: RegisterV6;
  readonly proofs: readonly { readonly address: string; readonly nonce: Uint8Array }[];
  /** When the datagrams were sent for the first time, in milliseconds. */
  readonly startedAt: number;
  /** How many times they were sent again. */
  repeats: number;
}

/** The secrets of an IPv4 peer's Router Solicitations. */
export interface Solicitor {
  /** Base64url, 16 bytes. */
  readonly token: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly nonces: MappingNonces;
}

/** A peer that the coordinator did not know before. @param bubbles limits the bubbles for an IPv4 peer */
export function makePeer(role: Role, id: string, identity: string, bubbles: RateLimiter): Peer {
  const common = {
    identity,
    id,
    pairs: new Set<string>(),
    leavingPairs: 0,
    claims: new Set<string>(),
    connection: undefined,
    since: Number.NEGATIVE_INFINITY,
    software: undefined,
    isRegistered: false,
    hasReportedPairs: false,
    isDraining: false,
    changes: new RateLimiter(CHANGES_PER_SECOND, CHANGE_BURST),
    registration: undefined,
  };
  return role === "v6peer"
    ? { ...common, role, challenge: undefined, records: new ExitRecords(), newcomers: 0 }
    : { ...common, role, solicitor: undefined, mapping: undefined, nat: "unknown", bubbles };
}
