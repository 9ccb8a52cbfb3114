/** What can be wrong with text or numbers given to this package. The codes are stable; the sentences may get better. */
export type AddressErrorCode =
  /** Not an IPv4 address in dotted decimal. */
  | "invalid-ipv4"
  /** Not an IPv6 address in the text form of RFC 4291 §2.2 (zones are not accepted). */
  | "invalid-ipv6"
  /** Not `address/length`. */
  | "invalid-prefix"
  /** The length is not one of the six of RFC 6052 §2.2, or not 80 for a pool. */
  | "prefix-length"
  /** Bits are set behind the prefix length. */
  | "host-bits"
  /** Bits 64–71 are not zero (RFC 6052 §2.2). */
  | "u-octet"
  /** Bits behind the embedded IPv4 address are not zero (RFC 6052 §2.2). */
  | "suffix"
  /** The IPv6 address is not in the prefix. */
  | "not-in-prefix"
  /** The well-known prefix with an IPv4 address that is not global (RFC 6052 §3.1). */
  | "non-global-ipv4"
  /** Not an integer of 0 … 65535. */
  | "invalid-selector"
  /** Not a name under in-addr.arpa or ip6.arpa that stands for one whole address. */
  | "invalid-arpa-name";

/** The one error that this package throws, never on the packet path. `message` is a sentence for humans. */
export class AddressError extends Error {
  override readonly name: string = "AddressError";
  readonly code: AddressErrorCode;

  constructor(code: AddressErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** No address in text is longer than this: `INET6_ADDRSTRLEN` of POSIX, with room for `/128`. */
export const LONGEST_TEXT = 50;

/** Shows what was given without letting it flood or break a line of a log. */
export function quote(text: string): string {
  return JSON.stringify(text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text);
}

/** The address or prefix breaks RFC 6052 §2.2. */
export function uOctetError(text: string): AddressError {
  return new AddressError(
    "u-octet",
    `${quote(text)} sets bits 64–71: RFC 6052 §2.2 wants them to be zero, so the fifth group has to be 00xx.`,
  );
}
