/** The metrics: key in the JSON, title, unit, and whether more or less is better. */
export interface Metric {
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  readonly better: "more" | "less";
}

const more = (key: string, title: string, unit: string): Metric => ({ key, title, unit, better: "more" });
const less = (key: string, title: string, unit: string): Metric => ({ key, title, unit, better: "less" });

/** For everything that carries packets, then for its part in each host. */
function cpu(key: string, title: string, unit: string): Metric[] {
  return [
    less(key, title, unit),
    less(`${key}-v6peer`, `${title}, in the IPv6 peer`, unit),
    less(`${key}-relay`, `${title}, in the relay`, unit),
    less(`${key}-v4peer`, `${title}, in the IPv4 peer`, unit),
  ];
}

const tcp = ["1", "4"].flatMap((streams) =>
  ["up", "down"].flatMap((direction) => {
    const key = `tcp-${streams}-${direction}`;
    const title = `TCP, ${streams === "1" ? "1 stream" : `${streams} streams`}, ${direction}`;
    return [
      more(key, title, "Mbit/s"),
      ...cpu(`${key}-cpu`, `${title}: CPU of the translator`, "s/GB"),
      less(`${key}-machine-cpu`, `${title}: CPU of the machine, both ends included`, "s/GB"),
    ];
  }),
);

const udp = [64, 1200].flatMap((size) =>
  ["up", "down"].flatMap((direction) => [
    more(`udp-${size}-${direction}`, `UDP, ${size} B, ${direction}, received`, "packets/s"),
    less(`udp-${size}-${direction}-loss`, `UDP, ${size} B, ${direction}, lost`, "%"),
  ]),
);

const pingPong = [
  ["ping-pong", "unpaced"],
  ["ping-pong-paced", "one per ms"],
].flatMap(([key, pace]) =>
  ["p50", "p99"].map((quantile) => less(`${key}-${quantile}`, `UDP ping-pong, 64 B, ${pace}, ${quantile}`, "µs")),
);

/** All metrics, in the order in which they are shown. "up" is client to server; sizes are of the payload. */
export const METRICS: readonly Metric[] = [
  ...tcp,
  ...udp,
  ...pingPong,
  more("connections-1", "TCP connections, 1 in flight", "1/s"),
  more("connections-64", "TCP connections, 64 in flight", "1/s"),
  ...cpu("idle-cpu", "CPU of the translator, idle after traffic", "%"),
  less("memory", "Resident memory of the translator at the end", "MB"),
  less("peak-memory", "Peak memory of the translator", "MB"),
];
