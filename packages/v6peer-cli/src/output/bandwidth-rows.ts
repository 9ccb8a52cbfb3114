/** Bandwidth as lines: limits, use, queues, and the monthly quota. */
import type { BandwidthStatus, Status } from "@nat64/v6peer-daemon/client";
import { formatBitRate, formatBytes, formatCount } from "./units.ts";

type Counters = Status["counters"]["bandwidth"];
type Row = readonly [label: string, text: string];

/** Lines for `v6peer status` and `v6peer bandwidth`. */
export function bandwidthRows(status: BandwidthStatus, counters: Counters): readonly Row[] {
  const { up, down, monthly } = status;
  if (up === undefined && down === undefined && monthly === undefined && status.source === "configuration") {
    return [["Bandwidth", "no limit"]];
  }
  return [
    ["Bandwidth", `${rates(status)}${source(status)}${status.peerExitsUseLinkTwice ? `; ${TWICE}` : ""}`],
    ...(counters === undefined
      ? []
      : [["  from clients", direction(counters.up)] as const, ["  to clients", direction(counters.down)] as const]),
    ...(monthly === undefined ? [] : [["  this month", month(monthly)] as const]),
    ...(monthly?.share === undefined ? [] : [["  each client", share(monthly.share)] as const]),
  ];
}

const TWICE = "traffic through peer exits crosses this host's link twice";

function rates({ up, down }: BandwidthStatus): string {
  const each = (rate: BandwidthStatus["up"]) =>
    rate === undefined
      ? "no limit"
      : `${formatBitRate(rate.rate)}${rate.burst === undefined ? "" : ` (burst ${formatBytes(rate.burst)})`}`;
  return each(up) === each(down) ? `${each(up)} each way` : `${each(up)} from clients, ${each(down)} to clients`;
}

function source({ source: from, setAt, isKept }: BandwidthStatus): string {
  if (from === "configuration") return "";
  return `, set by command at ${setAt}${isKept === true ? "" : " until the next start"}`;
}

function direction(counters: NonNullable<Counters>["up"]): string {
  const { bytes, queuedBytes, meanDelay, droppedForDelay, droppedForRoom, refused, withoutShare, marked } = counters;
  const dropped = droppedForDelay + droppedForRoom + refused + withoutShare;
  return [
    formatBytes(bytes),
    queuedBytes === 0 ? "nothing queued" : `${formatBytes(queuedBytes)} queued, ${meanDelay.toFixed(1)} ms`,
    `${formatCount(dropped)} packets dropped`,
    ...(marked === 0 ? [] : [`${formatCount(marked)} marked`]),
  ].join(", ");
}

function share({ client, site }: NonNullable<NonNullable<BandwidthStatus["monthly"]>["share"]>): string {
  return `at most ${formatBytes(client)} today, ${formatBytes(site)} for a /48`;
}

function month({ limit, used, state, ends, problem }: NonNullable<BandwidthStatus["monthly"]>): string {
  const states = { open: "", "nothing-new": "; new sessions are refused", used: "; all traffic is refused" };
  const percent = Math.floor((used / limit) * 1000) / 10;
  const until = `until ${ends.slice(0, 10)}`;
  const forgotten = problem === undefined ? "" : `; a restart would lose this: ${problem}`;
  return `${formatBytes(used)} of ${formatBytes(limit)} (${percent} %) ${until}${states[state]}${forgotten}`;
}
