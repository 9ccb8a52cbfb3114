/** Bandwidth as a budget, with real packets: what goes through is counted by the interfaces of those who receive it. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { bulk, type Host, monotonicNow, ours, startWebServer, urlOf, V6PEER } from "../src/index.ts";
import { useLocal } from "./local-lab.ts";
import { usePeerPath } from "./peer-lab.ts";
import { isRoot } from "./root.ts";

const UP = 10e6;
const DOWN = 20e6;
const ETHERNET = 14;
/** What an IPv6 header has more than an IPv4 header: rates are of packets at the clients' side. */
const LONGER = 20;
/** Of another client: the client's host has an address in a second /64. */
const OTHER = "2001:db8:c7::1";

describe.skipIf(!isRoot)("a budget of 10 Mbit/s up and 20 Mbit/s down", { timeout: 90_000 }, () => {
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

  /** TCP streams of a client while `use` runs. Resolves with what `use` does. */
  const beside = async <Result>(argv: readonly string[], use: () => Promise<Result>, port = 5201): Promise<Result> => {
    const { client, server, serverNat64 } = local.it;
    const sink = await server.start(["iperf3", "--server", "--one-off", "--forceflush", "--port", `${port}`]);
    try {
      await sink.waitFor(/Server listening/);
      const flow = await client.start(["iperf3", "-c", serverNat64, "-p", `${port}`, "-t", "60", ...argv]);
      await sleep(2000);
      try {
        return await use();
      } finally {
        await flow.stop();
      }
    } finally {
      await sink.stop();
    }
  };

  const v6peer = async (...argv: readonly string[]) => {
    const { v6peer: host, translator } = local.it;
    return host.must([...V6PEER, ...argv, "--socket", translator.controlSocket]);
  };

  // UDP at twice the rate: something always waits, however busy the machine keeps its senders.
  it("is kept within 3 % over ten seconds, each way", async () => {
    const { client, server } = local.it;
    const flood = (rate: number) => ["--udp", "-P", "4", "-l", "1200", "-b", `${rate / 2}`];
    const up = await beside(flood(UP), () => received(server, 10));
    // Another port: what still waits of the first flood would be taken for the beginning of the second.
    const down = await beside([...flood(DOWN), "-R"], () => received(client, 10), 5203);
    expect(up / UP).toBeGreaterThan(0.97);
    expect(up / UP).toBeLessThan(1.03);
    expect(down / DOWN).toBeGreaterThan(0.97);
    expect(down / DOWN).toBeLessThan(1.03);
  });

  it("is used up by TCP", async () => {
    const { client, server } = local.it;
    const up = await beside(["-P", "4"], () => received(server, 5));
    const down = await beside(["-P", "4", "-R"], () => received(client, 5));
    expect(Math.min(up / UP, down / DOWN)).toBeGreaterThan(0.9);
    expect(Math.max(up / UP, down / DOWN)).toBeLessThan(1.03);
  });

  it.each(["up", "down"] as const)("gives a single flow its share beside another client's fifty (%s)", async (way) => {
    const { client, v6peer: host, clientIpv6, server, serverNat64 } = local.it;
    if (way === "up") {
      await client.addAddress("lo", `${OTHER}/128`);
      await host.addRoute(`${OTHER}/128`, clientIpv6);
    }
    const reverse = way === "down" ? ["-R"] : [];
    const single = await beside(["-P", "50", ...reverse], async () => {
      const sink = await server.start(["iperf3", "--server", "--one-off", "--forceflush", "--port", "5202"]);
      await sink.waitFor(/Server listening/);
      const to = ["-c", serverNat64, "-p", "5202", "-B", OTHER, "-t", "10", "-O", "1", "--json"];
      const { end } = JSON.parse(await client.must(["iperf3", ...to, ...reverse], { timeout: 40_000 }));
      await sink.stop();
      return end.sum_received.bits_per_second;
    });
    // Of a packet of 1,500 bytes, 1,428 are TCP's payload.
    const share = (way === "up" ? UP : DOWN) / 2 / (1500 / 1428);
    expect(single / share).toBeGreaterThan(0.9);
    expect(single / share).toBeLessThan(1.1);
  });

  it.each(["up", "down"] as const)("adds less than 30 ms to a ping while it is used up (%s)", async (way) => {
    const { client, serverNat64 } = local.it;
    const ping = async () => {
      const text = await client.must(["ping", "-c", "25", "-i", "0.2", serverNat64], { timeout: 30_000 });
      const times = [...text.matchAll(/time=([\d.]+)/g)].map(([, time]) => Number(time)).sort((a, b) => a - b);
      expect(times.length).toBeGreaterThan(22);
      // A busy machine may hold up one or the other for itself.
      return times[Math.floor(times.length * 0.9)];
    };
    const idle = await ping();
    const busy = await beside(["-P", "4", ...(way === "down" ? ["-R"] : [])], ping);
    expect(busy - idle).toBeLessThan(30);
  });

  it("changes at run time, for flows that run, and back", async () => {
    const { server } = local.it;
    await beside(["-P", "4"], async () => {
      const answer = await v6peer("bandwidth", "--up", "5M", "--until-restart");
      expect(answer).toMatch(
        /5 Mbit\/s from clients, 20 Mbit\/s to clients, set by command at .* until the next start/,
      );
      await sleep(1000);
      expect((await received(server, 4)) / 5e6).toBeCloseTo(1, 1);
      expect(await v6peer("bandwidth", "--reset")).toMatch(/10 Mbit\/s from clients, 20 Mbit\/s to clients\n/);
      await sleep(1000);
      expect((await received(server, 4)) / UP).toBeCloseTo(1, 1);
    });
  });

  it("has metrics of both directions, and drops by reason", async () => {
    const metrics = await local.it.translator.metrics();
    expect(metrics.get('nat64_bandwidth_bytes_total{direction="up"}')).toBeGreaterThan(1e6);
    expect(metrics.get('nat64_bandwidth_limit_bits_per_second{direction="down"}')).toBe(DOWN);
    expect(metrics.get('nat64_dropped_packets_total{reason="queue-delay"}')).toBeGreaterThan(0);
  });
});

describe.skipIf(!isRoot)("a budget of bytes for a month", { timeout: 60_000 }, () => {
  const MONTHLY = 5_000_000;
  const local = useLocal({
    translator: {
      ...ours(),
      start: (topology) =>
        ours({ more: `[bandwidth]\nmonthly = ${MONTHLY}\nstate = "${topology.lab.directory}/state"` }).start(topology),
    },
  });

  const fetch = (bytes: number) => {
    const { client, serverNat64 } = local.it;
    const url = urlOf(serverNat64, `/bytes/${bytes}`);
    return client.run(["curl", "--silent", "--show-error", "--max-time", "20", "--output", "/dev/null", url]);
  };

  const budget = async () => {
    const { v6peer: host, translator } = local.it;
    const text = await host.must([...V6PEER, "bandwidth", "--json", "--socket", translator.controlSocket]);
    return JSON.parse(text).monthly;
  };

  it("refuses new flows at once when it is nearly used up, and is remembered over a restart", async () => {
    const { server, v6peer: host, translator } = local.it;
    const web = await startWebServer(server);
    expect(await budget()).toMatchObject({ limit: MONTHLY, state: "open" });
    for (const bytes of [2_000_000, 2_600_000]) expect((await fetch(bytes)).code).toBe(0);
    const nearly = await budget();
    expect(nearly).toMatchObject({ state: "nothing-new" });
    expect(nearly.used).toBeGreaterThan(nearly.nothingNewFrom);
    // 7: could not connect. 28 would be a timeout.
    const refused = await fetch(1000);
    expect(refused).toMatchObject({ code: 7 });
    expect((await translator.metrics()).get('nat64_dropped_packets_total{reason="budget-used"}')).toBeGreaterThan(0);
    await translator.stop();
    const again = await host.start([...translator.process.argv.slice(4)]);
    await again.waitFor(/"msg":"ready"/);
    expect((await budget()).used).toBeGreaterThanOrEqual(nearly.used);
    expect((await fetch(1000)).code).toBe(7);
    await again.stop();
    await web.stop();
  });
});

describe.skipIf(!isRoot).each(["builtin", "cone"] as const)(
  "a budget of 10 Mbit/s each way, with peer exits over relay %s",
  { timeout: 60_000 },
  (relay) => {
    const path = usePeerPath({ relay, v6peers: { top: 'bandwidth = "10M"' } });

    it.each(["up", "down"] as const)("is used up and kept, counted at the client's side (%s)", async (direction) => {
      const { client, server, serverNat64: target } = path.it;
      const { bitsPerSecond } = await bulk({ client, server, target, direction, streams: 4, seconds: 6 });
      // Of a packet of 1,280 bytes, 1,208 are TCP's payload. iperf3 counts the beginning, too.
      const rate = (bitsPerSecond * 1280) / 1208;
      expect(rate / 10e6).toBeGreaterThan(0.9);
      expect(rate / 10e6).toBeLessThan(1.05);
    });

    it("says that peer exits use this host's link twice", async () => {
      const { host, controlSocket } = path.it.translator.v6peers[0];
      const text = await host.must([...V6PEER, "bandwidth", "--socket", controlSocket]);
      expect(text).toMatch(/^Bandwidth +10 Mbit\/s each way; what peer exits carry passes this host's link twice\n/);
    });
  },
);
