/** What an operator should look at, out of what the daemon tells. */
import { formatBytes, formatCount, formatDay, formatDuration, formatPercent } from "../format.ts";
import { dropWords } from "./drop-words.ts";
import type { ExitFacts, PageData } from "./page-data.ts";

/** `bad`: clients are not served; `warning`: look at it; `info`: good to know. */
export type Severity = "bad" | "warning" | "info";

/** Stable codes; what has a chapter in docs/troubleshooting.md has its anchor. */
export type NoticeCode =
  | "no-exit-up"
  | "exit-down"
  | "path-loss"
  | "coordinator-away"
  | "not-registered"
  | "table-full"
  | "budget-used"
  | "drops"
  | "busy"
  | "reload-refused"
  | "needs-restart"
  | "draining";

/** One thing to look at. */
export interface Notice {
  readonly code: NoticeCode;
  readonly severity: Severity;
  readonly title: string;
  /** What is so, and what to do or expect. */
  readonly sentence: string;
  /** Words of others, or of the configuration's checker, line by line. */
  readonly quote?: string;
}

/** Seconds that a connection or a registration may take before it is worth a word. */
const PATIENCE = 20;
/** Shares from which on something is worth a word, or means that clients are refused. */
const MUCH_LOSS = 0.1;
const NEARLY_FULL = 0.85;
const FULL = 0.98;
const MUCH_OF_THE_MONTH = 0.8;
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
  exits,
  pathLoss,
  coordinator,
  registration,
  table,
  budget,
  drops,
  busy,
  reload,
  restart,
  draining,
];

function exits({ localExit, wantsPeerExits, exits, startedAt, at }: PageData): Notice | undefined {
  const down = exits.filter(({ state }) => state === "down");
  if (localExit === "none" && wantsPeerExits && !exits.some(carries)) {
    const isNew = at - startedAt < PATIENCE * 1000;
    return {
      code: "no-exit-up",
      severity: isNew ? "info" : "bad",
      title: isNew ? "Looking for exits" : "No exit is up",
      sentence: isNew
        ? "The daemon has only just been started; pairs with IPv4 peers take some seconds."
        : "Clients reach no IPv4 host: no path to an IPv4 peer carries packets. The daemon goes on trying; “v6peer exits” says more.",
    };
  }
  if (down.length === 0) return undefined;
  return {
    code: "exit-down",
    severity: "warning",
    title: down.length === 1 ? "An exit is down" : `${down.length} exits are down`,
    sentence: "Others take the new sessions. A fresh path is tried as long as both ends reach the coordinator.",
  };
}

function carries({ state }: ExitFacts): boolean {
  return state === "up" || state === "suspect";
}

function pathLoss({ exits }: PageData): Notice | undefined {
  const lossy = exits.filter((exit) => carries(exit) && (exit.loss ?? 0) >= MUCH_LOSS);
  if (lossy.length === 0) return undefined;
  const most = Math.max(...lossy.map(({ loss = 0 }) => loss));
  return {
    code: "path-loss",
    severity: "warning",
    title: lossy.length === 1 ? "A path loses packets" : `${lossy.length} paths lose packets`,
    sentence: `Up to ${formatPercent(most)} of the latest probes had no answer. The relay, or the network of the IPv4 peer, is overloaded or bad.`,
  };
}

function coordinator({ coordinator, startedAt, at }: PageData): Notice | undefined {
  if (coordinator === undefined || coordinator.isConnected) return undefined;
  const { host, seconds, problem } = coordinator;
  return {
    code: "coordinator-away",
    severity: at - startedAt < PATIENCE * 1000 ? "info" : "warning",
    title: "No connection to the coordinator",
    sentence: `There has been none to ${host} for ${formatDuration(seconds)}. Paths that are up stay up; new IPv4 peers come when it is back.`,
    ...(problem !== undefined && { quote: problem }),
  };
}

function registration({ coordinator }: PageData): Notice | undefined {
  if (coordinator === undefined || !coordinator.isConnected || coordinator.registration === "registered")
    return undefined;
  if (coordinator.seconds < PATIENCE) return undefined;
  return {
    code: "not-registered",
    severity: "warning",
    title: "The prefix is not registered",
    sentence:
      "The coordinator could not make sure that the prefix is routed here. “v6peer doctor” looks for the reason.",
  };
}

function table({ sessions: { now, most } }: PageData): Notice | undefined {
  const share = now / most;
  if (share < NEARLY_FULL) return undefined;
  const isFull = share >= FULL;
  return {
    code: "table-full",
    severity: isFull ? "bad" : "warning",
    title: isFull ? "The session table is full" : "The session table is nearly full",
    sentence: `${formatCount(now)} of ${formatCount(most)} sessions are in use${isFull ? ": new ones are refused" : ""}. Raise tables.sessions, or see with “v6peer sessions” who has so many.`,
  };
}

function budget({ budget }: PageData): Notice | undefined {
  const month = budget?.month;
  if (month === undefined) return undefined;
  const { used, limit, state, ends, problem } = month;
  if (state === "open" && problem === undefined && used < limit * MUCH_OF_THE_MONTH) return undefined;
  const titles = {
    open: problem === undefined ? "The month's bytes are nearly used" : "The month's bytes cannot be written down",
    "nothing-new": "The month's bytes are nearly used: new sessions are refused",
    used: "The month's bytes are used up",
  } as const;
  return {
    code: "budget-used",
    severity: state === "open" ? "warning" : "bad",
    title: titles[state],
    sentence: `${formatBytes(used)} of ${formatBytes(limit)} are used; the next month begins on ${formatDay(ends)}. Raise bandwidth.monthly, or wait.`,
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
    title: "Packets are dropped that need not be",
    sentence: `${titles.join(", ")}: what each of them means stands below, under “Dropped packets”.`,
  };
}

function busy({ busy }: PageData): Notice | undefined {
  if (busy < BUSY) return undefined;
  return {
    code: "busy",
    severity: "warning",
    title: "The data path is busy",
    sentence: `Its thread has no rest in ${formatPercent(busy)} of the time. More traffic than this will be slow, or lost.`,
  };
}

function reload({ config: { refused } }: PageData): Notice | undefined {
  if (refused === undefined) return undefined;
  return {
    code: "reload-refused",
    severity: "warning",
    title: "The changed configuration was refused",
    sentence: "The one of before goes on. Correct the file and reload again:",
    quote: refused,
  };
}

function restart({ config: { needsRestart } }: PageData): Notice | undefined {
  if (needsRestart.length === 0) return undefined;
  return {
    code: "needs-restart",
    severity: "info",
    title: "A restart is needed",
    sentence: `These keys were changed in the file and wait for it: ${needsRestart.join(", ")}.`,
  };
}

function draining({ drain }: PageData): Notice | undefined {
  if (drain === undefined) return undefined;
  return {
    code: "draining",
    severity: "info",
    title: "Draining",
    sentence: `No new sessions are taken; ${formatCount(drain.sessions)} are left to end in peace.`,
  };
}
