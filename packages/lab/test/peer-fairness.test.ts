/** The bandwidth limit of an IPv4 peer, with real packets: nobody takes it from the others. */
import { describe, expect, it } from "vitest";
import { bulk, type Host } from "../src/index.ts";
import { eventually, reaches } from "./measured.ts";
import { usePeerPath } from "./peer-lab.ts";
import { isRoot } from "./root.ts";

const LIMIT = 20_000_000;
const SECONDS = 4;
/** Each flood has its own port: packets of one that has ended may still wait. */
let floodPort = 5300;
/** Of a packet of 1,280 bytes, 1,208 are TCP's payload. */
const OVERHEAD = 1280 / 1208;

describe.skipIf(!isRoot)("an IPv4 peer with bandwidth 20M and two IPv6 peers", () => {
  const path = usePeerPath(
    { relay: "builtin", v4peers: [{ exit: 'internet = true\nbandwidth = "20M"' }] },
    { v6peers: 2 },
  );

  /** The server behind the prefix of an IPv6 peer. */
  const through = (v6peer: 0 | 1) => `${path.it.v6peers[v6peer].nat64}${path.it.serverIpv4}`;

  /** UDP at three times the limit while `use` runs. */
  const besideFlood = async <Result>(
    direction: "up" | "down",
    target: string,
    use: () => Promise<Result>,
  ): Promise<Result> => {
    const { client, server } = path.it;
    const port = `${floodPort++}`;
    const sink = await server.start(["iperf3", "--server", "--one-off", "--forceflush", "--port", port]);
    try {
      await sink.waitFor(/Server listening/);
      const way = direction === "down" ? ["--reverse"] : [];
      const rate = ["--udp", "--bitrate", `${3 * LIMIT}`, "--length", "1200", "--time", "60"];
      const flood = await client.start(["iperf3", "--client", target, "--port", port, ...rate, ...way]);
      try {
        await flows(direction === "up" ? server : client);
        return await use();
      } finally {
        await flood.stop();
      }
    } finally {
      await sink.stop();
    }
  };

  const flows = async (receiver: Host): Promise<void> => {
    const device = receiver === path.it.server ? "to-r4b" : "to-r6";
    const before = (await receiver.counters(device)).receivedPackets;
    await eventually("the flood arrives", async () => (await receiver.counters(device)).receivedPackets > before + 500);
  };

  const tcp = async (direction: "up" | "down", target: string): Promise<number> => {
    const { client, server } = path.it;
    const { bitsPerSecond } = await bulk({ client, server, target, direction, streams: 1, seconds: SECONDS });
    return bitsPerSecond * OVERHEAD;
  };

  it.each(["up", "down"] as const)(
    "gives TCP half of it beside a UDP flood through the same two peers (%s)",
    async (way) => {
      const rate = await reaches(0.4 * LIMIT, () => besideFlood(way, through(0), () => tcp(way, through(0))));
      expect(rate / LIMIT).toBeGreaterThan(0.4);
      expect(rate / LIMIT).toBeLessThan(0.65);
    },
  );

  it.each(["up", "down"] as const)("gives one IPv6 peer half of it beside a flood of the other (%s)", async (way) => {
    const rate = await reaches(0.4 * LIMIT, () => besideFlood(way, through(0), () => tcp(way, through(1))));
    expect(rate / LIMIT).toBeGreaterThan(0.4);
    expect(rate / LIMIT).toBeLessThan(0.65);
  });

  it("counts what it drops, by reason", async () => {
    const metrics = await path.it.translator.v4peers[0].metrics();
    const dropped = ["queue-full", "queue-delay"].map(
      (reason) => metrics.get(`v4peer_drops_total{where="path",reason="${reason}"}`) ?? 0,
    );
    expect(dropped[0] + dropped[1]).toBeGreaterThan(0);
    expect(metrics.get('v4peer_bandwidth_dropped_bytes_total{to="ipv4"}')).toBeGreaterThan(0);
  });
});

describe.skipIf(!isRoot)("a coordinator with pair-bandwidth 20M", () => {
  const path = usePeerPath({
    relay: "builtin",
    coordinator: { more: '[limits]\npair-bandwidth = "20M"' },
  });

  it("has TCP use it, and no more", async () => {
    const { client, server, serverNat64: target } = path.it;
    const rate = await reaches(0.85 * LIMIT, async () => {
      const { bitsPerSecond } = await bulk({ client, server, target, direction: "up", streams: 1, seconds: SECONDS });
      return bitsPerSecond * OVERHEAD;
    });
    expect(rate / LIMIT).toBeGreaterThan(0.85);
    expect(rate / LIMIT).toBeLessThan(1.1);
  });
});
