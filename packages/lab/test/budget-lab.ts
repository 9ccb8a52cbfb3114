/** A v6peerd with a budget of 10 Mbit/s up and 20 Mbit/s down, and traffic that uses it up. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Host, monotonicNow, ours, type RunningOurs } from "../src/index.ts";
import { type Holder, useLocal } from "./local-lab.ts";
import { eventually } from "./measured.ts";

export const UP = 10e6;
export const DOWN = 20e6;
const ETHERNET = 14;
/** What an IPv6 header has more than an IPv4 header: rates are of packets at the clients' side. */
const LONGER = 20;

/** The topology, and ways to use the budget up. */
export interface BudgetLab {
  readonly local: Holder<RunningOurs>;
  /** Bits per second of IP packets at the clients' side that come in at a host, over some seconds from now. */
  received(host: Host, seconds: number): Promise<number>;
  /** Has iperf3 of a client run while `use` runs. Resolves with what `use` does. */
  beside<Result>(argv: readonly string[], use: () => Promise<Result>, port?: number): Promise<Result>;
}

/** Up while the tests of a `describe` run. */
export function useBudget(): BudgetLab {
  const local = useLocal({
    translator: {
      ...ours(),
      start: (topology) => {
        const state = `${topology.lab.directory}/state`;
        const more = `[bandwidth]\nup = "${UP}"\ndown = "${DOWN}"\nstate = "${state}"`;
        return ours({ caps: "none", more }).start(topology);
      },
    },
  });

  /** Bits per second of IP packets at the clients' side that come in at a host meanwhile, over some seconds. */
  const received = async (host: Host, seconds: number): Promise<number> => {
    const more = host === local.it.server ? LONGER : 0;
    const look = async () => ({ at: monotonicNow(), ...(await host.counters("to-v6peer")) });
    const from = await look();
    await sleep(seconds * 1000);
    const to = await look();
    const packets = to.receivedPackets - from.receivedPackets;
    const bytes = to.receivedBytes - from.receivedBytes - packets * (ETHERNET - more);
    return (8 * bytes) / (to.at - from.at) / 1e-3;
  };

  /** Waits until something of a flow comes through, and a second more: TCP begins slowly. */
  const flows = async (client: Host): Promise<void> => {
    const passed = async () => {
      const { receivedPackets, sentPackets } = await client.counters("to-v6peer");
      return receivedPackets + sentPackets;
    };
    const before = await passed();
    await eventually("packets flow", async () => (await passed()) > before + 100);
    await sleep(1000);
  };
  const beside = async <Result>(argv: readonly string[], use: () => Promise<Result>, port = 5201): Promise<Result> => {
    const { client, server, serverNat64 } = local.it;
    const sink = await server.start(["iperf3", "--server", "--one-off", "--forceflush", "--port", `${port}`]);
    try {
      await sink.waitFor(/Server listening/);
      const flow = await client.start(["iperf3", "-c", serverNat64, "-p", `${port}`, "-t", "60", ...argv]);
      await flows(client);
      try {
        return await use();
      } finally {
        await flow.stop();
      }
    } finally {
      await sink.stop();
    }
  };

  return { local, received, beside };
}
