/** How large the answers of a DNS64 get (RFC 1035 §4.1). Those above 512 bytes need EDNS or a second try over TCP. */

/** Bytes of an answer that every client takes (RFC 1035 §4.2.1). */
export const LARGEST_PLAIN_ANSWER = 512;

const HEADER = 12;
/** Type and class behind the name that was asked for. */
const QUESTION = 4;
/** A compressed name, type, class, TTL, length, address. */
const AAAA_RECORD = 2 + 2 + 2 + 4 + 2 + 16;
/** An OPT record without options, where the client sent one (RFC 6891 §6.1.2). */
const OPT = 11;

/** Bytes of the answer for a name with so many IPv4 addresses. @param name bytes of the name on the wire */
export function answerSize(name: number, addresses: number, prefixes: number): number {
  return HEADER + name + QUESTION + addresses * prefixes * AAAA_RECORD + OPT;
}

/** The number of IPv4 addresses that a name may have before its answer exceeds 512 bytes. */
export function maxAddresses(name: number, prefixes: number): number {
  return Math.floor((LARGEST_PLAIN_ANSWER - answerSize(name, 0, prefixes)) / (prefixes * AAAA_RECORD));
}
