import type { AddressGroup } from "../limits/address-groups.ts";
import type { TokenBucket } from "../limits/token-bucket.ts";
import type { Peer } from "../peers/peer.ts";

/** A TCP connection, from its first byte on. */
export interface Connection {
  readonly id: number;
  /** The other end's address in canonical text; an IPv4 address is one even where the socket is an IPv6 one. */
  readonly address: string;
  /** With whom it shares limits. */
  readonly groups: readonly AddressGroup[];
  readonly messages: TokenBucket;
  /** The TLS exporter (RFC 9266); there once TLS is. */
  exporter: Uint8Array | undefined;
  /** Who is at the other end; there once `hello` was good. */
  peer: Peer | undefined;
  /** The invite that came with `hello`, for when the list is read again. It is a secret. */
  invite: string | undefined;
  heardAt: number;
  errors: number;
  prefixesAskedAt: number;
}
