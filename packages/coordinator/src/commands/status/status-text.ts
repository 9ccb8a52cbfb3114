import type { PeerCounts, Status, Usage } from "../../control/protocol.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The status as text for people. `src/status.ts` says how to add a line. */
export function formatStatus(state: Status): string {
  const { config, pairs, peers, prefixes, usage } = state;
  const lines = [
    ["version", `${state.version}, pid ${state.pid}`],
    ["uptime", `${formatDuration(state.uptimeSeconds)}${state.draining ? ", shutting down" : ""}`],
    ["config", `loaded ${config.loadedAt}`],
    ...(config.refused === undefined ? [] : [["", `the last reload was refused: ${config.refused.split("\n")[0]}`]]),
    ...(config.needsRestart.length === 0 ? [] : [["", `changed, needs a restart: ${config.needsRestart.join(", ")}`]]),
    ["pin", state.pin],
    ["enrolment", state.enrolment],
    ["IPv6 peers", formatPeers(peers.v6peer)],
    ["IPv4 peers", formatPeers(peers.v4peer)],
    [
      "pairs",
      `${pairs.live} (${pairs.up} up, ${pairs.down} down, ${pairs.draining} draining), ${pairs.proposed} proposed`,
    ],
    ["prefixes", `${prefixes.proved} proved, ${prefixes.listed} listed`],
    ["limits", `connections   ${formatUsage(usage.connections)}`],
    ["", `peers         ${formatUsage(usage.peers)}`],
    ["", `pairs         ${formatUsage(usage.pairs)}`],
    ["", `held pairs    ${formatUsage(usage.heldPairs)}`],
    ["", `challenges    ${formatUsage(usage.challenges)}`],
  ];
  return `${lines.map(([name, value]) => `${name.padEnd(12)}${value}`).join("\n")}\n`;
}

/** Two units at most: `3 d 4 h`, `12 min`, `5 s`. */
export function formatDuration(seconds: number): string {
  if (seconds < MINUTE) return `${seconds} s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h ${Math.floor((seconds % HOUR) / MINUTE)} min`;
  return `${Math.floor(seconds / DAY)} d ${Math.floor((seconds % DAY) / HOUR)} h`;
}

function formatPeers({ known, registered }: PeerCounts): string {
  return `${registered} registered, ${known} known`;
}

function formatUsage({ used, limit }: Usage): string {
  return `${used} of ${limit} (${Math.round((100 * used) / limit)} %)`;
}
