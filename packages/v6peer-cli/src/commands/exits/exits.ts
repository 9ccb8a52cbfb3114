import { formatDuration } from "@nat64/daemon-kit/command-line";
import { shortPeerId } from "@nat64/peer-protocol";
import type { PeerStatus } from "@nat64/v6peer-daemon/client";
import { type WatchOptions, watchStatus } from "../../daemon/watch-status.ts";
import { type Output, table, writeJson } from "../../output/output.ts";
import { formatBitRate, formatCount } from "../../output/units.ts";

type Exit = PeerStatus["exits"][number];

/** `v6peer exits`: one line per peer exit, or all details as JSON. */
export function exits(options: WatchOptions, output: Output): Promise<number> {
  return watchStatus(options, output, ({ peer, exit }) => {
    const found = peer?.exits ?? [];
    if (options.json) {
      if (options.watch === undefined) writeJson(output, { exits: found });
      else output.line(JSON.stringify({ exits: found }));
      return;
    }
    if (peer === undefined) output.line("No peer exits are configured: the file has no [peer-exits].");
    else if (found.length === 0) output.line(`No peer exits yet; ${REGISTRATIONS[peer.registration]}.`);
    else for (const line of table([HEAD, ...found.map(row)])) output.line(paint(line, output));
    if (exit.mode !== "none" && output.isTerminal) {
      const isLossy = (peer?.localData?.lost.length ?? 0) > 0;
      output.line(output.colors.dim(`plus a local exit (${exit.mode}${isLossy ? ", data suspect" : ""})`));
    }
  });
}

const HEAD = ["EXIT", "STATE", "FOR", "RTT", "LOSS", "ANSWERED", "SESSIONS", "LIMIT", "SELECTOR", "PEER", "TAKES"];

const REGISTRATIONS: Readonly<Record<PeerStatus["registration"], string>> = {
  offline: "there is no connection to the coordinator",
  asked: "registration of the prefix is in progress",
  challenged: "the coordinator is verifying the prefix",
  registered: "the prefix is registered, but no IPv4 peer has been found so far",
  pausing: "the prefix could not be registered; v6peerd will retry (see its log for the reason)",
};

function row(exit: Exit): readonly string[] {
  return [
    String(exit.exit),
    [exit.state, ...remarks(exit)].join(", "),
    formatDuration(exit.sinceMs / 1000),
    exit.rtt === undefined ? "-" : `${exit.rtt.toFixed(1)} ms`,
    exit.loss === undefined ? "-" : `${(exit.loss * 100).toFixed(0)} %`,
    answered(exit),
    formatCount(exit.sessions),
    limit(exit),
    exit.selector.toString(16).padStart(4, "0"),
    shortPeerId(exit.peer),
    takes(exit),
  ];
}

/** The share of clients' recent new flows that were answered. */
function answered({ data: { tcp, udp } }: Exit): string {
  const opened = tcp.opened + udp.opened;
  return opened === 0 ? "-" : `${(((tcp.answered + udp.answered) / opened) * 100).toFixed(0)} %`;
}

function remarks({ data, isDraining, isAway, isOrphan }: Exit): readonly string[] {
  return [
    ...(data.lost.length > 0 ? ["data suspect"] : []),
    ...(isDraining ? ["draining"] : []),
    ...(isAway ? ["away"] : []),
    ...(isOrphan ? ["orphan"] : []),
  ];
}

/** The lower of the limit set by the coordinator and that of the IPv4 peer. */
function limit({ bandwidth, peerBandwidth }: Exit): string {
  const least = Math.min(bandwidth ?? Number.POSITIVE_INFINITY, peerBandwidth ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(least) ? formatBitRate(least) : "-";
}

function takes({ internet, services }: Exit): string {
  const all = [...(internet ? ["internet"] : []), ...services];
  return all.length === 0 ? "nothing" : all.join("; ");
}

function paint(line: string, { colors }: Output): string {
  if (/^\d+ +up, data suspect/.test(line)) return colors.yellow(line);
  if (/^\d+ +up\b/.test(line)) return colors.green(line);
  if (/^\d+ +down\b/.test(line)) return colors.red(line);
  return /^EXIT/.test(line) ? colors.dim(line) : line;
}
