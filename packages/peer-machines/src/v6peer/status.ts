/** The description of a pair, for status output. */
import type { ExitData } from "@nat64/nat64-engine";
import type { PathState } from "@nat64/peer-protocol";
import type { ExitControl } from "./options.ts";
import type { V6Pair } from "./pairs/v6-pair.ts";

/** One peer exit. */
export interface ExitDescription {
  /** Whether data of clients comes back through it: probes may be answered and data lost. */
  readonly data: ExitData;
  /** Its place in the engine, 1 … 32. */
  readonly exit: number;
  readonly selector: number;
  /** Peer id of the IPv4 peer. */
  readonly peer: string;
  /** Base64url. */
  readonly pair: string;
  readonly state: PathState;
  /** The reason for the state, and its duration so far in milliseconds. */
  readonly cause: string;
  readonly sinceMs: number;
  readonly isDraining: boolean;
  /** Milliseconds until our own drain ends it. Absent if we are not draining it. */
  readonly drainEndsInMs?: number;
  /** Whether the other end is currently disconnected from the coordinator. */
  readonly isAway: boolean;
  /** Whether the coordinator has given up the other end. */
  readonly isOrphan: boolean;
  /** The limit that the coordinator sets, in bits per second in each direction. Absent: no limit. */
  readonly bandwidth?: number;
  /** The IPv4 peer's bandwidth for all its pairs together, in bits per second in each direction. Absent: no limit. */
  readonly peerBandwidth?: number;
  readonly teredo?: string;
  /** Median round-trip time, in milliseconds. */
  readonly rtt?: number;
  /** 0 … 1. */
  readonly loss?: number;
  /** Whether it accepts traffic for all destinations. */
  readonly internet: boolean;
  /** Whether clients may use its selector for all destinations. */
  readonly pinnedInternet: boolean;
  /** The services that it publishes: network, protocol, ports. */
  readonly services: readonly string[];
  readonly firstPort: number;
  readonly ports: number;
  /** Its present share of new clients, compared to other exits. A new exit starts with 1/64 of the owner's number and earns more. */
  readonly weight: number;
  /** Client packets to and from it, and their bytes. */
  readonly sent: number;
  readonly received: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

export function describePair(pair: V6Pair, weight: number, { exits }: ExitControl, now: number): ExitDescription {
  const { rttMs, loss } = pair.statistics;
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
    ...(rttMs !== undefined && { rtt: Math.round(rttMs * 1000) / 1000 }),
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
    data: exits.data.describe(pair.exit),
  };
}
