/** What an operator should look at, derived from what the daemon reports. */
import { formatBytes, formatCount, formatDay, formatDuration, formatPercent } from "../format.ts";
import { dropWords } from "./drop-words.ts";
import type { ExitFacts, PageData } from "./page-data.ts";

/** `bad`: clients are not served; `warning`: look at it; `info`: good to know. */
export type Severity = "bad" | "warning" | "info";

/** Stable codes; what has a chapter in docs/troubleshooting.md has its anchor. */
export type NoticeCode =
  | "host-changed"
  | "no-exit-up"
  | "exit-down"
  | "path-loss"
  | "data-lost"
  | "coordinator-away"
  | "not-registered"
  | "table-full"
  | "budget-used"
  | "drops"
  | "busy"
  | "reload-refused"
  | "needs-restart"
  | "draining"
  | "bans-unsaved"
  | "bans";

/** One thing to look at. */
export interface Notice {
  readonly code: NoticeCode;
  readonly severity: Severity;
  readonly title: string;
  /** What the situation is, and what to do or expect. */
  readonly sentence: string;
  /** Text from somebody else or from the configuration check, line by line. */
  readonly quote?: string;
}

/** A connection or a registration may take this long before it is worth a notice. */
const GRACE_SECONDS = 20;
/** Shares from which something is worth a notice, or means that clients are refused. */
const HIGH_LOSS = 0.1;
const NEARLY_FULL = 0.85;
const FULL = 0.98;
const NEARLY_EXHAUSTED = 0.8;
const BUSY = 0.85;
/** Recent drops of one reason that the operator can do something about. */
const MANY_DROPS = 20;

const RANK: Readonly<Record<Severity, number>> = { bad: 0, warning: 1, info: 2 };

/** All of them, the worst first. */
export function findNotices(data: PageData): readonly Notice[] {
  const found = CHECKS.map((check) => check(data)).filter((notice) => notice !== undefined);
  return found.sort((one, other) => RANK[one.severity] - RANK[other.severity]);
}

type Check = (data: PageData) => Notice | undefined;

const CHECKS: readonly Check[] = [
  host,
  exits,
  pathLoss,
  dataLost,
  coordinator,
  registration,
  table,
  budget,
  drops,
  busy,
  reload,
  restart,
  draining,
  bans,
];

function host({ hostProblems }: PageData): Notice | undefined {
  if (hostProblems.length === 0) return undefined;
  return {
    code: "host-changed",
    severity: "bad",
    title: "This host was changed",
    sentence:
      "Something that the daemon set up on this host is gone, and it could not be put right. It is tried again:",
    quote: hostProblems.map(({ what, reason }) => `${what}: ${reason}`).join("\n"),
  };
}

function exits({ localExit, wantsPeerExits, exits, startedAt, at }: PageData): Notice | undefined {
  const down = exits.filter(({ state }) => state === "down");
  if (localExit === "none" && wantsPeerExits && !exits.some(carries)) {
    const isNew = at - startedAt < GRACE_SECONDS * 1000;
    return {
      code: "no-exit-up",
      severity: isNew ? "info" : "bad",
      title: isNew ? "Looking for exits" : "No exit is up",
      sentence: isNew
        ? "The daemon has just started. Pairing with IPv4 peers takes a few seconds."
        : "Clients cannot reach any IPv4 host, because no path to an IPv4 peer works. The daemon keeps trying. Run “v6peer exits” for details.",
    };
  }
  if (down.length === 0) return undefined;
  return {
    code: "exit-down",
    severity: "warning",
    title: down.length === 1 ? "An exit is down" : `${down.length} exits are down`,
    sentence: "Other exits take new sessions. A new path is tried while both ends can reach the coordinator.",
  };
}

function carries({ state }: ExitFacts): boolean {
  return state === "up" || state === "suspect";
}

function pathLoss({ exits }: PageData): Notice | undefined {
  const lossy = exits.filter((exit) => carries(exit) && (exit.loss ?? 0) >= HIGH_LOSS);
  if (lossy.length === 0) return undefined;
  const most = Math.max(...lossy.map(({ loss = 0 }) => loss));
  return {
    code: "path-loss",
    severity: "warning",
    title: lossy.length === 1 ? "A path loses packets" : `${lossy.length} paths lose packets`,
    sentence: `Up to ${formatPercent(most)} of recent probes were not answered. The relay or the IPv4 peer's network is overloaded or faulty.`,
  };
}

const LOST_WORDS = {
  tcp: "TCP",
  udp: "UDP",
  "large-to-servers": "large packets to servers",
  "large-from-servers": "large packets from servers",
} as const;

function dataLost({ exits, localExit }: PageData): Notice | undefined {
  const bad = exits.filter((exit) => carries(exit) && exit.lost.length > 0);
  if (bad.length === 0) return undefined;
  const kinds = [...new Set(bad.flatMap(({ lost }) => lost))].map((kind) => LOST_WORDS[kind]).join(", ");
  const isAll = localExit === "none" && exits.filter(carries).length === bad.length;
  return {
    code: "data-lost",
    severity: isAll ? "bad" : "warning",
    title: bad.length === 1 ? "An exit loses data" : `${bad.length} exits lose data`,
    sentence: `Probes are answered, but clients get no answers (${kinds}). ${isAll ? "There is no better exit." : "New clients use other exits, and a few flows try again from time to time."}`,
  };
}

function coordinator({ coordinator, startedAt, at }: PageData): Notice | undefined {
  if (coordinator === undefined || coordinator.isConnected) return undefined;
  const { host, seconds, problem } = coordinator;
  return {
    code: "coordinator-away",
    severity: at - startedAt < GRACE_SECONDS * 1000 ? "info" : "warning",
    title: "No connection to the coordinator",
    sentence: `The coordinator ${host} has been unreachable for ${formatDuration(seconds)}. Paths that are up stay up. New IPv4 peers can only be added when it is back.`,
    ...(problem !== undefined && { quote: problem }),
  };
}

function registration({ coordinator }: PageData): Notice | undefined {
  if (coordinator === undefined || !coordinator.isConnected || coordinator.registration === "registered")
    return undefined;
  if (coordinator.seconds < GRACE_SECONDS) return undefined;
  return {
    code: "not-registered",
    severity: "warning",
    title: "The prefix is not registered",
    sentence: "The coordinator could not verify that the prefix is routed here. Run “v6peer doctor” to find out why.",
  };
}

function table({ sessions: { settled, most } }: PageData): Notice | undefined {
  const share = settled / most;
  if (share < NEARLY_FULL) return undefined;
  const isFull = share >= FULL;
  return {
    code: "table-full",
    severity: isFull ? "bad" : "warning",
    title: isFull ? "The session table is full" : "The session table is nearly full",
    sentence: `${formatCount(settled)} of ${formatCount(most)} sessions are in use${isFull ? ", so new ones are refused or take the place of idle ones" : ""}. Raise tables.sessions, or run “v6peer sessions” to see which clients have so many.`,
  };
}

function budget({ budget }: PageData): Notice | undefined {
  const month = budget?.month;
  if (month === undefined) return undefined;
  const { used, limit, state, ends, problem } = month;
  if (state === "open" && problem === undefined && used < limit * NEARLY_EXHAUSTED) return undefined;
  const titles = {
    open: problem === undefined ? "The monthly quota is nearly exhausted" : "The used quota cannot be saved",
    "nothing-new": "The monthly quota is nearly exhausted: new sessions are refused",
    used: "The monthly quota is exhausted",
  } as const;
  return {
    code: "budget-used",
    severity: state === "open" ? "warning" : "bad",
    title: titles[state],
    sentence: `${formatBytes(used)} of ${formatBytes(limit)} are used. The next month begins on ${formatDay(ends)}. Raise bandwidth.monthly, or wait.`,
    ...(problem !== undefined && { quote: problem }),
  };
}

function drops({ drops }: PageData): Notice | undefined {
  const many = drops.filter(
    ({ where, code, recent }) => recent >= MANY_DROPS && dropWords(where, code).weight === "yours",
  );
  if (many.length === 0) return undefined;
  const titles = many.map(({ where, code }) => `“${dropWords(where, code).title}”`);
  return {
    code: "drops",
    severity: "warning",
    title: "Avoidable packet loss",
    sentence: `${titles.join(", ")}. See “Dropped packets” below for the reasons.`,
  };
}

function busy({ busy }: PageData): Notice | undefined {
  if (busy < BUSY) return undefined;
  return {
    code: "busy",
    severity: "warning",
    title: "The data path is busy",
    sentence: `Its thread is busy ${formatPercent(busy)} of the time. More traffic will be slow or lost.`,
  };
}

function reload({ config: { refused } }: PageData): Notice | undefined {
  if (refused === undefined) return undefined;
  return {
    code: "reload-refused",
    severity: "warning",
    title: "The new configuration was refused",
    sentence: "The previous configuration stays in effect. Correct the file and reload:",
    quote: refused,
  };
}

function restart({ config: { needsRestart } }: PageData): Notice | undefined {
  if (needsRestart.length === 0) return undefined;
  return {
    code: "needs-restart",
    severity: "info",
    title: "Restart needed",
    sentence: `Changes to these keys take effect after a restart: ${needsRestart.join(", ")}.`,
  };
}

function bans({ bans }: PageData): Notice | undefined {
  if (bans?.problem !== undefined) {
    return {
      code: "bans-unsaved",
      severity: "warning",
      title: "Bans cannot be saved",
      sentence: "They are in effect, but a restart would forget the latest changes. The system says:",
      quote: bans.problem,
    };
  }
  if (bans === undefined || bans.count === 0) return undefined;
  return {
    code: "bans",
    severity: "info",
    title: bans.count === 1 ? "A ban is in effect" : `${formatCount(bans.count)} bans are in effect`,
    sentence: "Those concerned are refused and told so. “v6peer bans” lists them, “v6peer unban” lifts one.",
  };
}

function draining({ drain }: PageData): Notice | undefined {
  if (drain === undefined) return undefined;
  return {
    code: "draining",
    severity: "info",
    title: "Draining",
    sentence: `New sessions are refused; ${formatCount(drain.sessions)} open sessions may finish.`,
  };
}
