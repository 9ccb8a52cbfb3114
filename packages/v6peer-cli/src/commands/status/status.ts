import { formatDuration } from "@nat64/daemon-kit/command-line";
import type { BansStatus, PeerStatus, Status } from "@nat64/v6peer-daemon/client";
import { type WatchOptions, watchStatus } from "../../daemon/watch-status.ts";
import { bandwidthRows } from "../../output/bandwidth-rows.ts";
import { endsIn, sessionsLeft } from "../../output/drain-words.ts";
import { type Output, twoColumns, writeJson } from "../../output/output.ts";
import { formatBytes, formatCount } from "../../output/units.ts";

/** Options of `v6peer status`. */
export type StatusOptions = WatchOptions;

/** A status, and when it was asked for in milliseconds. */
interface Look {
  readonly status: Status;
  readonly at: number;
}

/** `v6peer status`: once, or repeatedly until interrupted. */
export function status(options: StatusOptions, output: Output): Promise<number> {
  let before: Look | undefined;
  return watchStatus(options, output, (found) => {
    const now: Look = { status: found, at: performance.now() };
    show(now, before, options, output);
    before = now;
  });
}

function show(now: Look, before: Look | undefined, options: StatusOptions, output: Output): void {
  if (options.watch !== undefined && options.json) output.line(JSON.stringify(now.status));
  else if (options.json) writeJson(output, now.status);
  else for (const line of render(now, before, output)) output.line(line);
}

function render(look: Look, before: Look | undefined, { colors }: Output): readonly string[] {
  const now = look.status;
  const { engine } = now.counters;
  const traffic = (family: "IPv6" | "IPv4") =>
    `in ${formatCount(engine[`packetsFrom${family}`])} packets, ${formatBytes(engine[`bytesFrom${family}`])}` +
    ` · out ${formatCount(engine[`packetsTo${family}`])} packets, ${formatBytes(engine[`bytesTo${family}`])}`;
  const rows: (readonly [string, string])[] = [
    ["NAT64 prefix", [now.nat64Prefix, ...now.extraPrefixes].join(", ")],
    ["Exit", now.exit.mode === "none" ? "peer exits only" : `${now.exit.mode} ${now.exit.pool.join(", ")}`],
    ...drainRows(now),
    ...(now.peer === undefined ? [] : peerRows(now.peer)),
    ...bandwidthRows(now.bandwidth, now.counters.bandwidth),
    ["Interface", `${now.interface} (${offloads(now)})`],
    ["This host", hostState(now)],
    [
      "Sessions",
      `${formatCount(engine.sessions)}, bindings ${formatCount(engine.bindings)}, client prefixes (/64, /56, /48) ${formatCount(engine.clientPrefixes)}`,
    ],
    [
      "Fragments",
      `${formatCount(engine.fragmentedPackets)} packets followed, ${formatCount(engine.heldPackets)} packets waiting`,
    ],
    ["IPv6", traffic("IPv6")],
    ["IPv4", traffic("IPv4")],
    ...banRows(now.bans),
    ["Dropped", drops(engine.drops)],
  ];
  if (before !== undefined) rows.push(["Rate", rate(look, before)]);
  const warnings = [
    ...now.host.problems.map(({ what, reason }) => `This host was changed; cannot ${what}: ${reason}`),
    ...(now.config.refused === undefined ? [] : [`The last reload was refused:\n${now.config.refused}`]),
    ...(now.peer?.coordinator.problem === undefined ? [] : [`No coordinator: ${now.peer.coordinator.problem}`]),
    ...(now.auditLog?.trouble === undefined ? [] : [`The audit log cannot be written: ${now.auditLog.trouble}`]),
    ...(now.bans.problem === undefined ? [] : [`The bans cannot be saved: ${now.bans.problem}`]),
    ...(now.config.needsRestart.length === 0 ? [] : [`Needs a restart: ${now.config.needsRestart.join(", ")}`]),
  ];
  return [
    `${colors.green("●")} v6peerd ${now.version}, running for ${formatDuration(now.uptimeSeconds)} (process ${now.pid})`,
    ...twoColumns(rows, "  "),
    ...warnings.map((warning) => colors.yellow(warning)),
  ];
}

/** The active drains, which explain why new connections are refused or use other exits. */
function drainRows({ draining, peer }: Status): readonly (readonly [string, string])[] {
  const { all, local, openSessions } = draining;
  const exits = (peer?.exits ?? []).filter((exit) => exit.isDraining);
  const parts = [
    ...(all === undefined ? [] : [`everything: ${left(all)}`]),
    ...(local === undefined ? [] : [`the local exit: ${left(local)}`]),
    ...(all === undefined ? exits : []).map(({ exit, drainEndsInMs }) => {
      const sessions = sessionsLeft(openSessions[exit]);
      const end = drainEndsInMs === undefined ? "its IPv4 peer will disconnect" : endsIn(drainEndsInMs / 1000);
      return `exit ${exit}: ${sessions}, ${end}`;
    }),
  ];
  return parts.length === 0 ? [] : [["Draining", parts.join("; ")]];
}

function left({ state, sessions, endsIn: seconds }: NonNullable<Status["draining"]["local"]>): string {
  return state === "drained" ? "drained" : `${sessionsLeft(sessions)}, ${endsIn(seconds)}`;
}

function peerRows({ id, coordinator, registration, exits, relay }: PeerStatus): readonly (readonly [string, string])[] {
  const { host, port, state, seconds } = coordinator;
  const counts = ["up", "suspect", "trying", "down"].flatMap((each) => {
    const count = exits.filter((exit) => exit.state === each).length;
    return count === 0 ? [] : [`${count} ${each}`];
  });
  const lossy = exits.filter((exit) => exit.data.lost.length > 0).length;
  if (lossy > 0) counts.push(`data suspect at ${lossy}`);
  const connection = state === "open" ? "connected" : "not connected";
  return [
    ["Peer id", id],
    [
      "Coordinator",
      `${host} port ${port}, ${connection} for ${formatDuration(seconds)}, prefix ${registered(registration)}`,
    ],
    ["Peer exits", counts.length === 0 ? "none" : counts.join(", ")],
    ...(relay === undefined
      ? []
      : [
          [
            "Relay",
            `built in, ${formatCount(relay.peers)} peers, ${formatCount(relay.packetsToTeredo)} packets to them, ${formatCount(relay.packetsFromTeredo)} from them`,
          ] as const,
        ]),
  ];
}

function registered(state: PeerStatus["registration"]): string {
  return state === "registered" ? "registered" : `not registered (${state})`;
}

function hostState({ host: { problems, mends } }: Status): string {
  const state = problems.length === 0 ? "as set up" : `${problems.length} things are not as set up`;
  return mends === 0 ? state : `${state}; what others undid was mended ${formatCount(mends)} times`;
}

function banRows({ clients, destinations, peers, pool }: BansStatus): readonly (readonly [string, string])[] {
  const counts: readonly (readonly [number, string])[] = [
    [clients, "of clients"],
    [destinations, "of destinations"],
    [peers, "of IPv4 peers"],
    [pool, "of the pool"],
  ];
  const parts = counts.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`);
  return parts.length === 0 ? [] : [["Bans", parts.join(", ")]];
}

function offloads({ offloads: each }: Status): string {
  const names = Object.entries(each).filter(([, isOn]) => isOn);
  return names.length === 0 ? "no offloads" : names.map(([name]) => name).join(", ");
}

function drops(byReason: Readonly<Record<string, number>>): string {
  const entries = Object.entries(byReason).sort((a, b) => b[1] - a[1]);
  return entries.length === 0
    ? "nothing"
    : entries.map(([reason, count]) => `${reason} ${formatCount(count)}`).join(", ");
}

function rate(now: Look, before: Look): string {
  const seconds = (now.at - before.at) / 1000;
  const received = ({ status: { counters } }: Look) => ({
    packets: counters.engine.packetsFromIPv6 + counters.engine.packetsFromIPv4,
    bytes: counters.engine.bytesFromIPv6 + counters.engine.bytesFromIPv4,
  });
  const [new_, old] = [received(now), received(before)];
  return `${formatCount((new_.packets - old.packets) / seconds)} packets/s, ${formatBytes((new_.bytes - old.bytes) / seconds)}/s`;
}
