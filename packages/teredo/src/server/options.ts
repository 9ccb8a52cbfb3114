import type { IPv4Predicate } from "../address-check.ts";
import type { Origin } from "../datagram/record.ts";
import type { Endpoint } from "../endpoint.ts";

/** Which of the server's two sockets: 0 is its first address and port, which Teredo addresses embed, 1 the second. */
export type ServerSocket = 0 | 1;

/** A solicitation that wants an answer. The arrays are views: copy what is to be kept. */
export interface AuthenticationRequest {
  /** Who it says it is: 0 … 255 bytes. */
  readonly clientIdentifier: Uint8Array;
  /** What is to prove it: 0 … 255 bytes. */
  readonly authenticationValue: Uint8Array;
  /** Eight bytes that the client drew. */
  readonly nonce: Uint8Array;
  /** From where it came. */
  readonly origin: Origin;
  /** At which socket it came in. */
  readonly socket: ServerSocket;
}

/** What a server needs to know. */
export interface ServerOptions {
  /** Its first IPv4 address, an int32 word: the one in the prefix that it advertises. */
  readonly address: number;
  /** Whether there is a second socket, on another address or port; without one, a set cone bit gets no answer. */
  readonly hasSecondSocket: boolean;
  /** Its own UDP endpoints: nothing is taken from them or forwarded to them (RFC 6324). */
  readonly own: readonly Endpoint[];
  /** Which IPv4 addresses are global unicast. */
  readonly isGlobalUnicast: IPv4Predicate;
  /** Key of the rate limiter's hash: two random words. */
  readonly hashKey: readonly [number, number];
  /**
   * Whether a solicitation gets an answer. Returns the authentication value of the answer (0 … 255 bytes; a client
   * that can tell it later has received the answer), or `undefined` to stay silent. Without this function everybody
   * gets an answer, and with it nobody without an authentication encapsulation.
   */
  readonly authenticate?: (request: AuthenticationRequest) => Uint8Array | undefined;
  /** Whether ICMPv6 from Teredo clients to native hosts is handed out (their connectivity tests); default: no. */
  readonly forwardsToIPv6?: boolean;
  /** Answers per second, and as many forwarded packets; default 1,000. */
  readonly perSecond?: number;
  /** Answers per second to one IPv4 address, and packets forwarded to or from one client; default 10. */
  readonly perSecondAndClient?: number;
}
