/** Types of ICMPv6 that a translator knows (RFC 4443). */

/** Types that are translated. Others are dropped (RFC 7915 §5.2). */
export const Icmpv6Type = {
  destinationUnreachable: 1,
  packetTooBig: 2,
  timeExceeded: 3,
  parameterProblem: 4,
  echoRequest: 128,
  echoReply: 129,
} as const;

/** Offsets of the fields of ICMPv6 errors, in bytes from the start of the header. */
export const Icmpv6Field = {
  /** MTU of Packet Too Big, 32 bits. */
  mtu: 4,
  /** Pointer of Parameter Problem, 32 bits. */
  pointer: 4,
  /** Length of the original datagram in units of eight bytes (RFC 4884 §4.4, §4.5). */
  length: 4,
} as const;

/** ICMPv6 errors MUST not be longer than this, IP header included (RFC 4443 §2.4 (c)). */
export const ICMPV6_ERROR_LIMIT = 1280;

/** Whether `type` is an echo message. */
export function isIcmpv6Echo(type: number): boolean {
  return type === Icmpv6Type.echoRequest || type === Icmpv6Type.echoReply;
}

/** Whether `type` is an error message that can be translated. */
export function isIcmpv6Error(type: number): boolean {
  return type >= Icmpv6Type.destinationUnreachable && type <= Icmpv6Type.parameterProblem;
}

/** Whether `type` is an error message of any kind, known or not (RFC 4443 §2.1). */
export function isAnyIcmpv6Error(type: number): boolean {
  return type < 128;
}
