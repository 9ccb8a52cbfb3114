import { setTimeout as sleep } from "node:timers/promises";
import type { DaemonClient, Status } from "@nat64/v6peer-daemon/client";
import { ExitCode } from "../exit.ts";
import { type Output, twoColumns, writeJson } from "../output.ts";
import { connect, type DaemonOptions } from "../socket.ts";
import { formatBytes, formatCount, formatDuration } from "../units.ts";

/** Options of `v6peer status`. */
export interface StatusOptions extends DaemonOptions {
  readonly json?: true;
  /** Seconds between two looks; `true` for one second. */
  readonly watch?: number | true;
}

/** A status, and when it was asked for in milliseconds. */
interface Look {
  readonly status: Status;
  readonly at: number;
}

/** `v6peer status`: once, or again and again until interrupted. */
export async function status(options: StatusOptions, output: Output): Promise<number> {
  const client = await connect(options);
  try {
    if (options.watch === undefined) show({ status: await client.ask("status"), at: 0 }, undefined, options, output);
    else await watch(client, options.watch === true ? 1 : options.watch, options, output);
  } finally {
    client.close();
  }
  return ExitCode.ok;
}

async function watch(client: DaemonClient, seconds: number, options: StatusOptions, output: Output): Promise<void> {
  let before: Look | undefined;
  for (;;) {
    const now: Look = { status: await client.ask("status"), at: performance.now() };
    // Home and clear, for a terminal only: in a pipe each look follows the one before.
    if (output.isTerminal && options.json === undefined) process.stdout.write("\x1b[H\x1b[2J");
    show(now, before, options, output);
    before = now;
    await sleep(seconds * 1000);
  }
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
    ["Exit", `${now.exit.mode} ${now.exit.pool.join(", ")}`],
    ["Interface", `${now.interface} (${offloads(now)})`],
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
    ["Dropped", drops(engine.drops)],
  ];
  if (before !== undefined) rows.push(["Rate", rate(look, before)]);
  const warnings = [
    ...(now.config.refused === undefined ? [] : [`The last reload was refused:\n${now.config.refused}`]),
    ...(now.config.needsRestart.length === 0 ? [] : [`Needs a restart: ${now.config.needsRestart.join(", ")}`]),
  ];
  return [
    `${colors.green("●")} v6peerd ${now.version}, running for ${formatDuration(now.uptimeSeconds)} (process ${now.pid})`,
    ...twoColumns(rows, "  "),
    ...warnings.map((warning) => colors.yellow(warning)),
  ];
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
