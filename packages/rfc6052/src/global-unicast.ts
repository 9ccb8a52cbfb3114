/** {@link Classification.isGlobalUnicast} for the packet path: int32 words, no allocation, no exception. */
import { classifyIPv4, classifyIPv6 } from "./classify.ts";

/** Whether an IPv4 address is global unicast: neither multicast nor a special-purpose block without global reach. */
export function isGlobalUnicastIPv4(word: number): boolean {
  return classifyIPv4(word).isGlobalUnicast;
}

/** Whether an IPv6 address is global unicast: in 2000::/3 and in no special-purpose block without global reach. */
export function isGlobalUnicastIPv6(w0: number, w1: number, w2: number, w3: number): boolean {
  return classifyIPv6(w0, w1, w2, w3).isGlobalUnicast;
}
