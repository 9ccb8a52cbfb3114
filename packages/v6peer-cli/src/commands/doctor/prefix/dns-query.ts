/** A DNS query for the root name servers, which every root name server answers. */

/** Header and question: `. IN NS`, recursion not desired (RFC 1035 §4.1). */
const QUERY = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 2, 0, 1];
/** An OPT record (RFC 6891 §6.1.2) that accepts responses of 1232 bytes; its length and its options follow. */
const OPT = [0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0];
/** EDNS option "Padding" (RFC 7830 §3). */
const PADDING = 12;

/** The size of the smallest query of {@link dnsQuery}, in bytes. */
export const MIN_QUERY_BYTES: number = QUERY.length + OPT.length + 2 + 4;

/** A query of exactly `size` bytes. @param id 16 random bits */
export function dnsQuery(id: number, size: number): Uint8Array {
  const padding = Math.max(0, size - MIN_QUERY_BYTES);
  const bytes = new Uint8Array(MIN_QUERY_BYTES + padding);
  bytes.set(QUERY);
  bytes.set([id >>> 8, id & 0xff]);
  bytes.set(OPT, QUERY.length);
  const at = QUERY.length + OPT.length;
  bytes.set([(padding + 4) >>> 8, (padding + 4) & 0xff, 0, PADDING, padding >>> 8, padding & 0xff], at);
  return bytes;
}
