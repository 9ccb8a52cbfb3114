/** What is measured: each metric's key in the JSON, how it is called, its unit, and which way is better. */
export interface Metric {
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  readonly better: "more" | "less";
}

const more = (key: string, title: string, unit: string): Metric => ({ key, title, unit, better: "more" });
const less = (key: string, title: string, unit: string): Metric => ({ key, title, unit, better: "less" });

const tcp = ["1", "4"].flatMap((streams) =>
  ["up", "down"].flatMap((direction) => {
    const key = `tcp-${streams}-${direction}`;
    const title = `TCP, ${streams === "1" ? "1 stream" : `${streams} streams`}, ${direction}`;
    return [
      more(key, title, "Mbit/s"),
      less(`${key}-cpu`, `${title}: CPU of the translator`, "s/GB"),
      less(`${key}-machine-cpu`, `${title}: CPU of the machine, both ends included`, "s/GB"),
    ];
  }),
);

const udp = [64, 1200].flatMap((size) => [
  more(`udp-${size}`, `UDP, ${size} B, received`, "packets/s"),
  less(`udp-${size}-loss`, `UDP, ${size} B, lost`, "%"),
]);

/** All metrics, in the order in which they are shown. "up" is client to server; sizes are of the payload. */
export const METRICS: readonly Metric[] = [
  ...tcp,
  ...udp,
  less("ping-pong-p50", "UDP ping-pong, 64 B, p50", "µs"),
  less("ping-pong-p99", "UDP ping-pong, 64 B, p99", "µs"),
  more("connections-1", "TCP connections, 1 in flight", "1/s"),
  more("connections-64", "TCP connections, 64 in flight", "1/s"),
  less("peak-memory", "Peak memory of the translator", "MB"),
];
