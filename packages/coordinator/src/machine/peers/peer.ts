/** What is known of a peer: as long as it is connected, and for a while after. */
import type { NatKind, RegisterV4, RegisterV6, Role } from "@nat64/peer-protocol";
import type { Endpoint } from "@nat64/teredo";
import type { Connection } from "../connections/connection.ts";
import type { TokenBucket } from "../limits/token-bucket.ts";
import type { MappingNonces } from "../mappings/mapping-nonces.ts";
import type { Pair } from "../pairs/pair.ts";

interface CommonPeer {
  readonly role: Role;
  /** Ed25519 public key, base64url. */
  readonly identity: string;
  readonly id: string;
  /** Pairs and proposals, by pair id. */
  readonly pairs: Map<string, Pair>;
  /** Held pairs that it named and that wait for the other end, by pair id: there has to be room for them. */
  readonly claims: Set<string>;
  connection: Connection | undefined;
  /** Whether prefix or mapping were proved on this connection: only then it gets pairs. */
  isRegistered: boolean;
  /** Whether it registered on this connection before: what it does not hold then is no news. */
  hasReported: boolean;
  isDraining: boolean;
}

export interface V6Peer extends CommonPeer {
  readonly role: "v6peer";
  /** The latest registration whose prefix was proved; stays while the peer is lost. */
  registration: RegisterV6 | undefined;
  /** A proof that is under way. */
  challenge: PrefixChallenge | undefined;
}

export interface V4Peer extends CommonPeer {
  readonly role: "v4peer";
  /** The latest registration. */
  registration: RegisterV4 | undefined;
  /** What its Router Solicitations are authenticated with, on this connection. */
  solicitor: Solicitor | undefined;
  /** The latest proven mapping; stays while the peer is lost. */
  mapping: Endpoint | undefined;
  nat: NatKind;
  /** Of bubbles that are passed on to it. */
  readonly bubbles: TokenBucket;
}

export type Peer = V6Peer | V4Peer;

/** A proof of prefix that is under way. */
export interface PrefixChallenge {
  /** What counts once it is proved. */
  readonly registration: RegisterV6;
  readonly proofs: readonly { readonly address: string; readonly nonce: Uint8Array }[];
}

/** An IPv4 peer as its Router Solicitations know it. */
export interface Solicitor {
  /** Base64url, 16 bytes. */
  readonly token: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly nonces: MappingNonces;
}
