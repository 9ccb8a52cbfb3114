/** Types of ICMP for IPv4 that a translator knows (RFC 792, RFC 1122 §3.2.2). */

/** Types that are translated. Others are dropped (RFC 7915 §4.2). */
export const Icmpv4Type = {
  echoReply: 0,
  destinationUnreachable: 3,
  echoRequest: 8,
  timeExceeded: 11,
  parameterProblem: 12,
} as const;

/** Offsets of the fields of ICMPv4 errors, in bytes from the start of the header. */
export const Icmpv4Field = {
  /** Pointer of Parameter Problem (RFC 792). */
  pointer: 4,
  /** Length of the original datagram in units of four bytes (RFC 4884 §4.1, §4.2, §4.3). */
  length: 5,
  /** Next-Hop MTU of Fragmentation Needed (RFC 1191 §4). */
  mtu: 6,
} as const;

/** ICMPv4 errors SHOULD not be longer than this, IP header included (RFC 1812 §4.3.2.3). */
export const ICMPV4_ERROR_LIMIT = 576;

/** Whether `type` is an echo message. */
export function isIcmpv4Echo(type: number): boolean {
  return type === Icmpv4Type.echoRequest || type === Icmpv4Type.echoReply;
}

/** Whether `type` is an error message that can be translated. */
export function isIcmpv4Error(type: number): boolean {
  return (
    type === Icmpv4Type.destinationUnreachable ||
    type === Icmpv4Type.timeExceeded ||
    type === Icmpv4Type.parameterProblem
  );
}

/** Source Quench and Redirect are error messages too (RFC 1122 §3.2.2), but have no translation (RFC 7915 §4.2). */
export function isUntranslatableIcmpv4Error(type: number): boolean {
  return type === 4 || type === 5;
}
