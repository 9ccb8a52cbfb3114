/** Converts the daemon's status to the data of the page, without client addresses and secrets. */
import type { DropCount, DropPlace, ExitFacts, PageData } from "@nat64/status-page";
import { BUILD } from "@nat64/status-page/files";
import type { ConfigFile } from "../config/config-file.ts";
import type { PeerStatus, Status } from "../control/protocol.ts";
import { budgetFacts } from "./budget-facts.ts";
import type { HistoryRing, Totals } from "./history.ts";

/** The status and the active configuration, and when they were read (milliseconds since 1970). */
export interface Snapshot {
  readonly status: Status;
  readonly file: ConfigFile;
  readonly at: number;
}

/** The data of the page, with the history since a time. */
export function pageDataOf({ status, file, at }: Snapshot, history: HistoryRing, since: number): PageData {
  const { config, peer, exit, counters, draining } = status;
  const totals = totalsOf(status, at);
  return {
    build: BUILD,
    version: status.version,
    startedAt: Date.parse(status.startedAt),
    at,
    nat64Prefix: status.nat64Prefix,
    prefix: status.prefix,
    extraPrefixes: status.extraPrefixes,
    config: { ...config, loadedAt: Date.parse(config.loadedAt) },
    hostProblems: status.host.problems.map(({ what, reason }) => ({ what, reason })),
    localExit: exit.mode,
    wantsPeerExits: file["peer-exits"] !== undefined,
    sessions: {
      now: counters.engine.sessions,
      settled: counters.engine.sessionsByClass.settled,
      most: file.tables.sessions,
    },
    carried: { up: totals.up, down: totals.down },
    exits: (peer?.exits ?? []).map(exitFacts),
    ...(peer !== undefined && { coordinator: coordinatorFacts(peer) }),
    ...budgetFacts(status),
    ...(draining.all?.state === "draining" && {
      drain: { sessions: draining.all.sessions, until: at + draining.all.endsIn * 1000 },
    }),
    bans: bansFacts(status),
    drops: dropsOf(totals, history),
    busy: history.busy,
    history: history.since(since),
  };
}

/** The totals since the start. */
export function totalsOf({ counters: { engine, loop }, peer }: Status, at: number): Totals {
  // Traffic of peer exits is IPv6 on both sides, but only one side is the clients'.
  const { bytesSent = 0, bytesReceived = 0 } = peer ?? {};
  return {
    at,
    up: Math.max(0, engine.bytesFromIPv6 - bytesReceived),
    down: Math.max(0, engine.bytesToIPv6 - bytesSent),
    sessions: engine.sessions,
    opened: engine.sessionsCreated,
    busy: loop.busyMilliseconds,
    drops: new Map([...keyed("translator", engine.drops), ...keyed("relay", peer?.relay?.drops ?? {})]),
  };
}

function keyed(where: DropPlace, drops: Readonly<Record<string, number>>): readonly (readonly [string, number])[] {
  return Object.entries(drops).map(([code, count]) => [`${where} ${code}`, count] as const);
}

function dropsOf({ drops }: Totals, history: HistoryRing): readonly DropCount[] {
  const recent = history.recentDrops();
  return [...drops]
    .filter(([, total]) => total > 0)
    .map(([key, total]) => {
      const [where, code] = key.split(" ", 2);
      return { where: where as DropPlace, code, total, recent: recent.get(key) ?? 0 };
    });
}

function bansFacts({ bans: { clients, destinations, peers, pool, problem } }: Status): NonNullable<PageData["bans"]> {
  return { count: clients + destinations + peers + pool, ...(problem !== undefined && { problem }) };
}

function exitFacts(exit: PeerStatus["exits"][number]): ExitFacts {
  const limit = Math.min(exit.bandwidth ?? Number.POSITIVE_INFINITY, exit.peerBandwidth ?? Number.POSITIVE_INFINITY);
  return {
    exit: exit.exit,
    peer: exit.peer,
    state: exit.state,
    seconds: Math.round(exit.sinceMs / 1000),
    ...(exit.rtt !== undefined && { rtt: exit.rtt }),
    ...(exit.loss !== undefined && { loss: exit.loss }),
    ...answeredOf(exit.data),
    lost: exit.data.lost,
    sessions: exit.sessions,
    internet: exit.internet,
    services: exit.services.length,
    ...(Number.isFinite(limit) && { limit }),
    isDraining: exit.isDraining,
    isAway: exit.isAway,
    carried: { up: exit.sentBytes, down: exit.receivedBytes },
  };
}

/** The share of new flows that were answered, if there were any. */
function answeredOf({ tcp, udp }: PeerStatus["exits"][number]["data"]): Pick<ExitFacts, "answered"> {
  const opened = tcp.opened + udp.opened;
  return opened === 0 ? {} : { answered: (tcp.answered + udp.answered) / opened };
}

function coordinatorFacts({ coordinator, registration }: PeerStatus): PageData["coordinator"] & {} {
  const { host, port, state, seconds, problem } = coordinator;
  return {
    host,
    port,
    isConnected: state === "open",
    seconds,
    ...(problem !== undefined && { problem }),
    registration,
  };
}
