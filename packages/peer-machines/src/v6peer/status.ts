/** A pair for people to look at. */
import type { PathState } from "@nat64/peer-protocol";
import type { ExitControl } from "./options.ts";
import type { V6Pair } from "./pairs/v6-pair.ts";

/** One peer exit. */
export interface ExitDescription {
  /** Its place in the engine, 1 … 32. */
  readonly exit: number;
  readonly selector: number;
  /** Peer id of the IPv4 peer. */
  readonly peer: string;
  /** Base64url. */
  readonly pair: string;
  readonly state: PathState;
  /** What led to the state, and for how long it has been so, in milliseconds. */
  readonly cause: string;
  readonly sinceMs: number;
  readonly isDraining: boolean;
  /** Milliseconds until it ends by our own wish; left out when that has not been said. */
  readonly drainEndsInMs?: number;
  /** Whether the other end is not connected to the coordinator now. */
  readonly isAway: boolean;
  /** Whether the coordinator has given the other end up. */
  readonly isOrphan: boolean;
  /** What the coordinator wants kept, in bits per second each way; left out: no limit. */
  readonly bandwidth?: number;
  /** What the IPv4 peer has for all its pairs together, in bits per second each way; left out: no limit. */
  readonly peerBandwidth?: number;
  readonly teredo?: string;
  /** Median, in milliseconds. */
  readonly rtt?: number;
  /** 0 … 1. */
  readonly loss?: number;
  /** Whether it takes traffic for every destination. */
  readonly internet: boolean;
  /** Whether clients may use its selector for every destination. */
  readonly pinnedInternet: boolean;
  /** What it publishes: network, protocol, ports. */
  readonly services: readonly string[];
  readonly firstPort: number;
  readonly ports: number;
  readonly weight: number;
  /** Packets of clients to and from it, and their bytes. */
  readonly sent: number;
  readonly received: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

export function describePair(pair: V6Pair, weight: number, { exits }: ExitControl, now: number): ExitDescription {
  const { rtt, loss } = pair.statistics;
  const { accept, bandwidth: peerBandwidth } = pair.agreement;
  const { policy, ports } = accept;
  return {
    exit: pair.exit,
    selector: pair.selector,
    peer: pair.peer,
    pair: pair.id,
    state: pair.state,
    cause: pair.cause,
    sinceMs: Math.round(now - pair.since),
    isDraining: pair.isDraining,
    ...(pair.drainedAt !== Number.POSITIVE_INFINITY && {
      drainEndsInMs: Math.max(0, Math.round(pair.drainedAt - now)),
    }),
    isAway: pair.isAway,
    isOrphan: pair.isOrphan,
    ...(pair.bandwidth !== undefined && { bandwidth: pair.bandwidth }),
    ...(peerBandwidth !== undefined && { peerBandwidth }),
    ...(pair.address !== undefined && { teredo: pair.address }),
    ...(rtt !== undefined && { rtt: Math.round(rtt * 1000) / 1000 }),
    ...(loss !== undefined && { loss }),
    internet: policy.internet,
    pinnedInternet: pair.isPinnable,
    services: policy.services.map(
      ({ network, protocol, firstPort, lastPort }) =>
        `${network} ${protocol} ${firstPort === lastPort ? firstPort : `${firstPort}-${lastPort}`}`,
    ),
    firstPort: ports.first,
    ports: pair.ports,
    weight,
    sent: exits.sent(pair.exit),
    received: exits.received(pair.exit),
    sentBytes: exits.sentBytes(pair.exit),
    receivedBytes: exits.receivedBytes(pair.exit),
  };
}
