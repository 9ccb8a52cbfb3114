import type { ComponentChild } from "preact";
import type { History } from "../../data/page-data.ts";
import { formatBitRate, formatCount, formatRate } from "../../format.ts";
import { Chart } from "./chart.tsx";
import type { Line } from "./chart-data.ts";

const THROUGHPUT: readonly Line[] = [
  { series: "down", name: "To clients", tone: "down", format: formatBitRate },
  { series: "up", name: "From clients", tone: "up", format: formatBitRate },
];
const SESSIONS: readonly Line[] = [{ series: "sessions", name: "Sessions", tone: "sessions", format: formatCount }];
const PACE: readonly Line[] = [
  { series: "opened", name: "Sessions opened", tone: "opened", format: (value) => `${formatRate(value)}/s` },
  { series: "dropped", name: "Packets dropped", tone: "dropped", format: (value) => `${formatRate(value)}/s` },
];

/** The last minutes. */
export function Charts({ history }: { readonly history: History }): ComponentChild {
  return (
    <div class="charts">
      <Chart title="Throughput" lines={THROUGHPUT} history={history} isWide />
      <Chart title="Sessions" lines={SESSIONS} history={history} />
      <Chart title="Opened and dropped" lines={PACE} history={history} />
    </div>
  );
}
