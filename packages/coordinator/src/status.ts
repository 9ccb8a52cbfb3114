/**
 * The answers to `status` and `peers` on the control socket, from the counts of the machine. To add a line to `status`: its
 * type in `control/protocol.ts`, its value here, its text in `commands/status/status-text.ts`. If it is a number of the
 * machine that is not counted yet, count it in `machine/reports/state-counts.ts`.
 */
import type { ReloadStatus } from "@nat64/daemon-kit/program";
import type { PeerStatus, Status } from "./control/protocol.ts";
import type { EnrolmentMode, Limits, PeerReport, StateCounts } from "./machine/index.ts";
import { VERSION } from "./version.ts";

/** What {@link describeStatus} needs besides the machine's numbers. */
export interface DaemonState {
  readonly startedAt: Date;
  readonly config: ReloadStatus;
  readonly pin: string;
  readonly enrolment: EnrolmentMode;
  readonly limits: Limits;
}

export function describeStatus(daemon: DaemonState, machine: StateCounts, now: Date): Status {
  const { startedAt, config, pin, enrolment, limits } = daemon;
  return {
    version: VERSION,
    pid: process.pid,
    startedAt: startedAt.toISOString(),
    uptimeSeconds: Math.floor((now.getTime() - startedAt.getTime()) / 1000),
    draining: machine.isDraining,
    config,
    pin,
    enrolment,
    peers: {
      v6peer: { known: machine.v6peers, registered: machine.v6peersRegistered },
      v4peer: { known: machine.v4peers, registered: machine.v4peersRegistered },
    },
    pairs: {
      live: machine.pairs,
      up: machine.pairsUp,
      down: machine.pairsDown,
      draining: machine.pairsDraining,
      proposed: machine.proposals,
    },
    prefixes: { proved: machine.prefixes, listed: machine.prefixesListed },
    usage: {
      connections: { used: machine.connections, limit: limits.connections },
      peers: { used: machine.v6peers + machine.v4peers, limit: limits.peers },
      pairs: { used: machine.pairs + machine.proposals, limit: limits.pairs },
      heldPairs: { used: machine.heldPairs, limit: limits.heldPairs },
      challenges: { used: machine.challenges, limit: limits.challenges },
    },
  };
}

/**
 * @param withAddresses whether to include addresses, mappings and unlisted prefixes
 * @param clockStart when the machine's clock was zero, in milliseconds since the epoch
 */
export function describePeer(report: PeerReport, withAddresses: boolean, clockStart: number): PeerStatus {
  const { id, role, state, since, isDraining, software, nat, proposals, pairs, prefix, address, mapping } = report;
  return {
    id,
    role,
    state,
    since: new Date(clockStart + since).toISOString(),
    draining: isDraining,
    ...(software !== undefined && { software }),
    ...(nat !== undefined && { nat }),
    proposals,
    pairs,
    ...(prefix !== undefined && (prefix.isListed || withAddresses) && { prefix: prefix.text }),
    ...(withAddresses && address !== undefined && { address }),
    ...(withAddresses && mapping !== undefined && { mapping: `${mapping.address}:${mapping.port}` }),
  };
}
