import type { RateLimiter } from "@nat64/teredo/limits";
import type { AddressGroup } from "../limits/address-groups.ts";
import type { Peer } from "./peer.ts";

/** A TCP connection, from its first byte on. */
export interface Connection {
  readonly id: number;
  /** The remote address in canonical text; IPv4 in dotted form, even on an IPv6 socket. */
  readonly address: string;
  /** The groups whose limits it counts against. */
  readonly groups: readonly AddressGroup[];
  /** When it was opened, in milliseconds. */
  readonly openedAt: number;
  /** Limits its messages. */
  readonly messages: RateLimiter;
  /** The TLS exporter (RFC 9266); set once the handshake is complete. */
  exporter: Uint8Array | undefined;
  /** The peer at the other end; set once its `hello` was accepted. */
  peer: Peer | undefined;
  /** The invite from `hello`, for when enrolment changes. It is a secret. */
  invite: string | undefined;
  /** When the last frame arrived, in milliseconds. */
  heardAt: number;
  /** For the silence timer: `heardAt` when it was set, and how many keep-alive intervals it waits for. */
  silence: { readonly heardAt: number; readonly intervals: number } | undefined;
  /** Errors that were sent on it. */
  errors: number;
  /** When the last `get-prefixes` was answered, in milliseconds. */
  prefixesAskedAt: number;
}
