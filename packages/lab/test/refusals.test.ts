import { beforeAll, describe, expect, it } from "vitest";
import { global, type Host, type HostProcess, ours, pingPong } from "../src/index.ts";
import { runTool } from "../src/traffic/tools.ts";
import { risen } from "./counted.ts";
import { useLocal } from "./local-lab.ts";
import { isRoot } from "./root.ts";

/** One address of each block that RFC 6890 and its updates keep from being global unicast. */
const REFUSED_DESTINATIONS = [
  ["this network", "0.0.0.1"],
  ["private use", "10.0.0.1"],
  ["shared address space", "100.64.0.1"],
  ["loopback", "127.0.0.1"],
  ["link local, cloud metadata", "169.254.169.254"],
  ["private use", "172.16.0.1"],
  ["private use", "172.31.255.254"],
  ["IETF protocol assignments", "192.0.0.9"],
  ["documentation", "192.0.2.1"],
  ["6to4 relay anycast", "192.88.99.1"],
  ["private use", "192.168.1.1"],
  ["benchmarking", "198.18.0.1"],
  ["documentation", "198.51.100.1"],
  ["documentation", "203.0.113.1"],
  ["multicast", "224.0.0.1"],
  ["multicast", "239.255.255.250"],
  ["reserved", "240.0.0.1"],
  ["broadcast", "255.255.255.255"],
] as const;

const REFUSED_SOURCES = [
  ["the NAT64 prefix itself", `${global.nat64}93.184.100.7`],
  ["the /80, another selector", "2a00:64:64:0:0:5:5db8:6407"],
  ["unique local", "fd00::1"],
  ["documentation", "2001:db8::1"],
  ["Teredo", "2001:0:5db8:6402::1"],
] as const;

const BINDING = `
[[local-exit.static-bindings]]
protocol = "udp"
ipv6 = "${global.ipv6[0]}1"
ipv6-port = 9000
ipv4 = "${global.firstOfPool}"
ipv4-port = 9000
`;

describe.skipIf(!isRoot)("without the lab switch, on global addresses", () => {
  const local = useLocal({ plan: global, translator: ours({ lab: false, more: BINDING }) });
  let capture: HostProcess;
  beforeAll(async () => {
    const { v6peer, ipv4Device } = local.it;
    capture = await v6peer.start(["tcpdump", "-n", "-l", "-Q", "out", "-i", ipv4Device, "ip"]);
    await capture.waitFor(/listening on/);
  });

  const drops = async (reason: string): Promise<number> => {
    const metrics = await local.it.translator.metrics();
    return metrics.get(`nat64_dropped_packets_total{reason="${reason}"}`) ?? 0;
  };
  const ping = (...args: string[]) => local.it.client.run(["ping", "-n", "-c", "1", "-W", "1", ...args]);
  const tryUdp = (host: Host, ...args: string[]) =>
    runTool<{ answered: number }>(host, "udp-ping", ...args, "--count", "1");
  /** Lines of the capture that name an address. The packets before were answered or dropped: they are in it by now. */
  const seen = (address: string): string[] =>
    capture.stdout.split("\n").filter((line) => line.includes(` > ${address}`));

  it("lets traffic to a global address through, and the capture sees it", async () => {
    expect((await ping("-W", "10", local.it.serverNat64)).code).toBe(0);
    await capture.waitFor(new RegExp(` > ${local.it.serverIpv4.replaceAll(".", "\\.")}: ICMP echo request`));
  });

  it.each(REFUSED_DESTINATIONS)("drops and counts packets to %s (%s); nothing leaves", async (_, address) => {
    const target = `${global.nat64}${address}`;
    const send = async () => {
      const [, udp] = await Promise.all([ping(target), tryUdp(local.it.client, target, "53")]);
      expect(udp.answered).toBe(0);
    };
    expect(await risen(() => drops("refused-destination"), send, 2)).toBeGreaterThanOrEqual(2);
    expect((await ping("-W", "10", local.it.serverNat64)).code).toBe(0);
    expect(seen(address)).toEqual([]);
  });

  it.each(REFUSED_SOURCES)("drops and counts packets from %s (%s)", async (_, source) => {
    const { client } = local.it;
    await client.addAddress("lo", `${source}/128`);
    const send = async () => expect((await ping("-I", source, local.it.serverNat64)).code).not.toBe(0);
    expect(await risen(() => drops("refused-source"), send)).toBe(1);
    await client.ip(`address del ${source}/128 dev lo`);
  });

  it("drops and counts packets from a private IPv4 source to a static binding, and accepts a global one", async () => {
    const { client, server } = local.it;
    expect(await pingPong(server, client, global.firstOfPool, { count: 1 })).toMatchObject({ answered: 1 });
    await server.addAddress("lo", "192.168.1.1/32");
    await server.ip(`route change ${global.pool} via ${global.ipv4[2]}1 src 192.168.1.1`);
    const send = async () => expect(await tryUdp(server, global.firstOfPool, "9000")).toMatchObject({ answered: 0 });
    expect(await risen(() => drops("refused-source"), send)).toBe(1);
  });
});
