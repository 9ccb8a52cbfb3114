import type { IPv4Predicate } from "../address-check.ts";
import type { Origin } from "../datagram/record.ts";
import type { Endpoint } from "../endpoint.ts";

/**
 * One of the server's two sockets: 0 is its first address and port, which Teredo addresses contain; 1 is the second.
 */
export type ServerSocket = 0 | 1;

/** A solicitation that asks for an answer. The arrays are views: copy them to keep them. */
export interface AuthenticationRequest {
  /** The client identifier: 0 … 255 bytes. */
  readonly clientIdentifier: Uint8Array;
  /** The authentication value: 0 … 255 bytes. */
  readonly authenticationValue: Uint8Array;
  /** Eight random bytes of the client. */
  readonly nonce: Uint8Array;
  /** Its IPv4 source. */
  readonly origin: Origin;
  /** The socket that received it. */
  readonly socket: ServerSocket;
}

/** Options of a server. */
export interface ServerOptions {
  /** Its first IPv4 address, an int32 word: the one in the prefix that it advertises. */
  readonly address: number;
  /**
   * Whether the server has a second socket, on another address or port. Without one, it does not answer solicitations
   * with the cone bit.
   */
  readonly hasSecondSocket: boolean;
  /** Its own UDP endpoints. It accepts nothing from them and forwards nothing to them (RFC 6324). */
  readonly own: readonly Endpoint[];
  /** Which IPv4 addresses are global unicast. */
  readonly isGlobalUnicast: IPv4Predicate;
  /** Key of the rate limiter's hash: two random words. */
  readonly hashKey: readonly [number, number];
  /**
   * Decides whether a solicitation gets an answer. Returns the authentication value of the answer (0 … 255 bytes), or
   * `undefined` to stay silent. A client that can repeat the value later has received the answer. Without this
   * function, every solicitation is answered; with it, only those that have an authentication encapsulation.
   */
  readonly authenticate?: (request: AuthenticationRequest) => Uint8Array | undefined;
  /**
   * Whether to answer only solicitations that are at least as long as the answer. Senders can forge addresses; this way
   * nobody can cause an address to receive more bytes than were sent in its name. Default: no.
   */
  readonly answersNoShorter?: boolean;
  /** Whether to output ICMPv6 from Teredo clients to native hosts (their connectivity tests). Default: no. */
  readonly forwardsToIPv6?: boolean;
  /** Answers per second, and separately forwarded packets per second; default 1,000 each. */
  readonly perSecond?: number;
  /** Answers per second to one IPv4 address, and packets per second forwarded to or from one client; default 10. */
  readonly perSecondAndClient?: number;
}
