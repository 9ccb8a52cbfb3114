/** The errors of this package. Codes are stable; messages may change. */
export type AddressErrorCode =
  /** Not an IPv4 address in dotted decimal. */
  | "invalid-ipv4"
  /** Not an IPv6 address in the text form of RFC 4291 §2.2 (zones are not accepted). */
  | "invalid-ipv6"
  /** Not `address/length`. */
  | "invalid-prefix"
  /** The prefix length is not one of the six in RFC 6052 §2.2, or not 80 for a pool. */
  | "prefix-length"
  /** Bits after the prefix length are set. */
  | "host-bits"
  /** Bits 64–71 are not zero (RFC 6052 §2.2). */
  | "u-octet"
  /** Bits after the embedded IPv4 address are not zero (RFC 6052 §2.2). */
  | "suffix"
  /** The IPv6 address is not in the prefix. */
  | "not-in-prefix"
  /** An IPv4 address in the well-known prefix is not global (RFC 6052 §3.1). */
  | "non-global-ipv4"
  /** Not an integer of 0 … 65535. */
  | "invalid-selector"
  /** Not the in-addr.arpa or ip6.arpa name of one complete address. */
  | "invalid-arpa-name";

/** The only error that this package throws, and never on the packet path. `message` is a sentence for people. */
export class AddressError extends Error {
  override readonly name: string = "AddressError";
  readonly code: AddressErrorCode;

  constructor(code: AddressErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Longest accepted text of an address: `INET6_ADDRSTRLEN` of POSIX, plus room for `/128`. */
export const LONGEST_TEXT = 50;

/** Quotes input so that it can neither flood a log nor break its lines. */
export function quote(text: string): string {
  return JSON.stringify(text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text);
}

/** The error for an address or prefix that sets bits 64–71 (RFC 6052 §2.2). */
export function uOctetError(text: string): AddressError {
  return new AddressError(
    "u-octet",
    `${quote(text)} sets bits 64–71. RFC 6052 §2.2 requires them to be zero, so the fifth group must be 00xx.`,
  );
}
