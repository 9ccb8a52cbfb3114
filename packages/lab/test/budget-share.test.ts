/** Bandwidth as a budget, with real packets: how clients share it, and what it does to others. */
import { describe, expect, it } from "vitest";
import { DOWN, UP, useBudget } from "./budget-lab.ts";
import { reaches } from "./measured.ts";
import { isRoot } from "./root.ts";

/** Of another client: the client's host has an address in a second /64. */
const OTHER = "2001:db8:c7::1";

describe.skipIf(!isRoot)("a budget of 10 Mbit/s up and 20 Mbit/s down", () => {
  const { local, beside } = useBudget();

  it.each(["up", "down"] as const)("gives a single flow its share beside another client's fifty (%s)", async (way) => {
    const { client, v6peer: host, clientIpv6, server, serverNat64 } = local.it;
    if (way === "up") {
      await client.addAddress("lo", `${OTHER}/128`);
      await host.addRoute(`${OTHER}/128`, clientIpv6);
    }
    const reverse = way === "down" ? ["-R"] : [];
    // Of a packet of 1,500 bytes, 1,428 are TCP's payload.
    const share = (way === "up" ? UP : DOWN) / 2 / (1500 / 1428);
    const measure = () =>
      beside(["-P", "50", ...reverse], async () => {
        const sink = await server.start(["iperf3", "--server", "--one-off", "--forceflush", "--port", "5202"]);
        await sink.waitFor(/Server listening/);
        const to = ["-c", serverNat64, "-p", "5202", "-B", OTHER, "-t", "10", "-O", "1", "--json"];
        const { end } = JSON.parse(await client.must(["iperf3", ...to, ...reverse], { timeout: 40_000 }));
        await sink.stop();
        return end.sum_received.bits_per_second;
      });
    const single = await reaches(0.9 * share, measure);
    expect(single / share).toBeGreaterThan(0.9);
    expect(single / share).toBeLessThan(1.1);
  });

  it.each(["up", "down"] as const)("adds less than 30 ms to a ping while it is used up (%s)", async (way) => {
    const { client, serverNat64 } = local.it;
    const ping = async () => {
      const text = await client.must(["ping", "-c", "25", "-i", "0.1", serverNat64], { timeout: 30_000 });
      const times = [...text.matchAll(/time=([\d.]+)/g)].map(([, time]) => Number(time)).sort((a, b) => a - b);
      expect(times.length).toBeGreaterThan(15);
      // A busy machine holds up some for itself; a queue that is too long would hold up all.
      return times[Math.floor(times.length / 2)];
    };
    const idle = await ping();
    const busy = await beside(["-P", "4", ...(way === "down" ? ["-R"] : [])], ping);
    expect(busy - idle).toBeLessThan(30);
  });
});
