import { Protocol } from "../../packet/packet.ts";
import { FragmentWord } from "./fragment-record.ts";

/**
 * Whether the fragments of a packet have to wait for others.
 *
 * @param records @param at the packet's record
 */
export function mustWait(records: Int32Array, at: number): boolean {
  // Only the first fragment has the ports (RFC 6146 §3.4).
  if (records[at + FragmentWord.hasFirst] === 0) return true;
  // IPv6 requires a UDP checksum, which covers all of the datagram (RFC 7915 §4.5).
  if (records[at + FragmentWord.lacksChecksum] === 1) return !isComplete(records, at);
  // The ICMPv6 checksum covers the length, which the last fragment tells (RFC 7915 §1.2).
  return isIcmp(records[at + FragmentWord.protocol]) && records[at + FragmentWord.totalBytes] < 0;
}

/** Whether all bytes of a packet came. */
export function isComplete(records: Int32Array, at: number): boolean {
  return records[at + FragmentWord.receivedBytes] === records[at + FragmentWord.totalBytes];
}

/** Whether a protocol number is that of ICMP or ICMPv6. */
export function isIcmp(protocol: number): boolean {
  return protocol === Protocol.icmp || protocol === Protocol.icmpv6;
}
