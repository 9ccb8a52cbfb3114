/** A DNS query for the name servers of the root: any root name server answers it, and everybody may ask. */

/** Header and question: `. IN NS`, recursion not desired (RFC 1035 §4.1). */
const QUERY = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 2, 0, 1];
/** An OPT record (RFC 6891 §6.1.2) that takes answers of 1232 bytes; its length and its options follow. */
const OPT = [0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0];
/** EDNS option "Padding" (RFC 7830 §3). */
const PADDING = 12;

/** The least that {@link dnsQuery} makes, in bytes. */
export const LEAST_QUERY: number = QUERY.length + OPT.length + 2 + 4;

/** A query of exactly so many bytes. @param id 16 random bits */
export function dnsQuery(id: number, size: number): Uint8Array {
  const padding = Math.max(0, size - LEAST_QUERY);
  const bytes = new Uint8Array(LEAST_QUERY + padding);
  bytes.set(QUERY);
  bytes.set([id >>> 8, id & 0xff]);
  bytes.set(OPT, QUERY.length);
  const at = QUERY.length + OPT.length;
  bytes.set([(padding + 4) >>> 8, (padding + 4) & 0xff, 0, PADDING, padding >>> 8, padding & 0xff], at);
  return bytes;
}
