import type { Counters } from "./nat64.ts";

/** Packets and bytes of both families, from {@link Counters}, as a plain value that another thread may have. */
export interface TrafficCounters {
  readonly packetsFromIPv6: number;
  readonly packetsFromIPv4: number;
  readonly bytesFromIPv6: number;
  readonly bytesFromIPv4: number;
  readonly packetsToIPv6: number;
  readonly packetsToIPv4: number;
  readonly bytesToIPv6: number;
  readonly bytesToIPv4: number;
  /** ICMP errors of the engine itself. */
  readonly icmpErrorsSent: number;
}

/** Copies the counters of traffic. */
export function readTraffic(counters: Counters): TrafficCounters {
  const { packetsFromIPv6, packetsFromIPv4, bytesFromIPv6, bytesFromIPv4 } = counters;
  const { packetsToIPv6, packetsToIPv4, bytesToIPv6, bytesToIPv4, icmpErrorsSent } = counters;
  return {
    packetsFromIPv6,
    packetsFromIPv4,
    bytesFromIPv6,
    bytesFromIPv4,
    packetsToIPv6,
    packetsToIPv4,
    bytesToIPv6,
    bytesToIPv4,
    icmpErrorsSent,
  };
}
