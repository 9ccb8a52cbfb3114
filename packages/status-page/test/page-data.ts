import { type ExitFacts, NO_HISTORY, type PageData } from "../src/index.ts";

/** An IPv6 peer without trouble that was started an hour ago. */
export const CALM: PageData = {
  build: "b",
  version: "1.0.0",
  startedAt: 1_000_000,
  at: 4_600_000,
  nat64Prefix: "2001:db8:64::/96",
  prefix: "2001:db8:64::/80",
  extraPrefixes: [],
  config: { path: "/etc/v6peer/v6peer.toml", loadedAt: 1_000_000, needsRestart: [] },
  hostProblems: [],
  localExit: "none",
  wantsPeerExits: true,
  sessions: { now: 100, settled: 80, most: 65_536 },
  carried: { up: 1, down: 2 },
  exits: [exitIn("up")],
  coordinator: { host: "c.example", port: 3544, isConnected: true, seconds: 3600, registration: "registered" },
  drops: [{ where: "translator", code: "no-binding", total: 5000, recent: 5000 }],
  busy: 0.1,
  history: NO_HISTORY,
};

/** An exit in a state. */
export function exitIn(state: ExitFacts["state"], more: Partial<ExitFacts> = {}): ExitFacts {
  return {
    exit: 1,
    peer: "nrfrhkbnnrvand7pu4ab336lv7sqruj5",
    state,
    seconds: 60,
    lost: [],
    sessions: 1,
    internet: true,
    services: 0,
    isDraining: false,
    isAway: false,
    ...more,
  };
}
