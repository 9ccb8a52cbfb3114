/** One probe drives traffic through a topology for some seconds and returns values of some metrics. */
import type { Host } from "../netns/host.ts";
import { type BulkOptions, bulk } from "../traffic/bulk.ts";
import { connections } from "../traffic/connections.ts";
import { blast, pingPong } from "../traffic/datagrams.ts";
import { machineCpuSeconds, peakMemory, processCpuSeconds } from "../traffic/usage.ts";
import type { RunningTranslator } from "../translators/translator.ts";

/** What a probe needs of a topology: two ends, and what translates between them. */
export interface Measurable {
  readonly client: Host;
  readonly server: Host;
  readonly translator: RunningTranslator;
}

/** Values by the key of their metric; what a translator does not have (CPU of a process, say) is left out. */
export type Values = Readonly<Record<string, number>>;

/** A probe and what it is doing, for the progress. */
export interface Probe {
  readonly title: string;
  run(topology: Measurable, seconds: number): Promise<Values>;
}

const GB = 1e9;
const MB = 1e6;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function tcpProbe(streams: number, direction: BulkOptions["direction"]): Probe {
  const key = `tcp-${streams}-${direction}`;
  return {
    title: `TCP, streams: ${streams}, ${direction}`,
    run: async ({ client, server, translator }, seconds) => {
      const { pids } = translator;
      const translatorCpu = (): number => sum(pids.map(processCpuSeconds));
      const [own, machine] = [translatorCpu(), machineCpuSeconds()];
      const result = await bulk({ client, server, target: translator.target, direction, streams, seconds });
      const gigabytes = result.bytes / GB;
      return {
        [key]: result.bitsPerSecond / 1e6,
        [`${key}-machine-cpu`]: (machineCpuSeconds() - machine) / gigabytes,
        ...(pids.length > 0 && { [`${key}-cpu`]: (translatorCpu() - own) / gigabytes }),
      };
    },
  };
}

function udpProbe(size: number): Probe {
  return {
    title: `UDP, ${size} B`,
    run: async ({ client, server, translator }, seconds) => {
      const { receivedPerSecond, loss } = await blast(client, server, translator.target, size, seconds);
      return { [`udp-${size}`]: receivedPerSecond, [`udp-${size}-loss`]: loss * 100 };
    },
  };
}

function connectionsProbe(inFlight: number): Probe {
  return {
    title: `TCP connections, in flight: ${inFlight}`,
    run: async ({ client, server, translator }, seconds) => {
      const { perSecond, errors } = await connections(client, server, translator.target, inFlight, seconds);
      if (errors > 0) throw new Error(`${errors} connections failed`);
      return { [`connections-${inFlight}`]: perSecond };
    },
  };
}

const pingPongProbe: Probe = {
  title: "UDP ping-pong",
  run: async ({ client, server, translator }, seconds) => {
    const { p50us, p99us } = await pingPong(client, server, translator.target, { seconds });
    return { "ping-pong-p50": p50us, "ping-pong-p99": p99us };
  },
};

/** Comes last: it sees the memory that all the others needed. */
const memoryProbe: Probe = {
  title: "memory",
  run: async ({ translator: { pids } }) => (pids.length === 0 ? {} : { "peak-memory": sum(pids.map(peakMemory)) / MB }),
};

/** All probes of a round, in their order. */
export const PROBES: readonly Probe[] = [
  tcpProbe(1, "up"),
  tcpProbe(1, "down"),
  tcpProbe(4, "up"),
  tcpProbe(4, "down"),
  udpProbe(64),
  udpProbe(1200),
  pingPongProbe,
  connectionsProbe(1),
  connectionsProbe(64),
  memoryProbe,
];
