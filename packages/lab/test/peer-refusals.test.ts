import { embed } from "@nat64/rfc6052";
import { beforeAll, describe, expect, it } from "vitest";
import { exitsOf, peerGlobal, startWebServer, tcpConnect, urlOf } from "../src/index.ts";
import { runTool } from "../src/traffic/tools.ts";
import { risen } from "./counted.ts";
import { usePeerPath } from "./peer-lab.ts";
import { isRoot } from "./root.ts";

const EXIT = `
internet = true
publish = [{ ports = 8080 }, { ports = 8081, alias = "192.0.0.20" }]
`;
const ALL = "0000";

describe.skipIf(!isRoot).each(["cone", "builtin"] as const)("without the lab switch, with relay %s,", (relay) => {
  const path = usePeerPath({ relay, v4peers: [{ exit: EXIT }] }, { plan: peerGlobal });
  let selector: string;
  beforeAll(async () => {
    const { translator, v4peers, server, coordinator, relay: relayHost } = path.it;
    const [exit] = await exitsOf(translator.v6peers[0]);
    selector = exit.selector.toString(16).padStart(4, "0");
    const [{ host, home }] = v4peers;
    for (const port of [8080, 8081, 9999]) await startWebServer(host, port);
    for (const each of [home!.nat, home!.neighbour, coordinator, server, ...(relayHost ? [relayHost] : [])]) {
      await startWebServer(each, 80);
    }
    for (const port of [25, 8080]) await startWebServer(server, port);
  });

  const addressOf = (ipv4: string, under: string): string =>
    embed(`2a00:64:64:0:0:${under}::/96`, ipv4, { nonGlobal: "ignore" });
  const fetchPage = async (ipv4: string, port: number, under: string, seconds = 20): Promise<string> => {
    const url = urlOf(addressOf(ipv4, under)).replace(/\/$/, `:${port}/`);
    const { stdout } = await path.it.client.run(["curl", "-gsS", "--max-time", `${seconds}`, url]);
    return stdout;
  };
  const drops = async (): Promise<number> => {
    const all = [path.it.translator.v6peers[0], path.it.translator.v4peers[0]].map((daemon) => daemon.metrics());
    const entries = (await Promise.all(all)).flatMap((metrics) => [...metrics]);
    return entries.filter(([name]) => /drop/.test(name)).reduce((sum, [, value]) => sum + value, 0);
  };

  it("a service of the IPv4 peer's private address is reached under the exit's own selector", async () => {
    expect(await fetchPage("192.168.1.10", 8080, selector)).toContain("at 192.168.1.10.");
  });

  it("a service is reached under its alias", async () => {
    expect(await fetchPage("192.0.0.20", 8081, selector)).toContain("at 192.168.1.10.");
  });

  it("the internet is reached under selector 0", async () => {
    expect(await fetchPage(path.it.serverIpv4, 80, ALL)).toContain("Hello");
  });

  it.each([
    ["a published service", "under selector 0", "192.168.1.10", 8080],
    ["a published service by its alias", "under selector 0", "192.0.0.20", 8081],
    ["another host of the IPv4 peer's LAN", "under selector 0", "192.168.1.20", 80],
    ["the NAT's admin page on the LAN", "under selector 0", "192.168.1.1", 80],
    ["the NAT's admin page on its public address", "under selector 0", "NAT", 80],
    ["the coordinator's first address", "under selector 0", "COORDINATOR", 80],
    ["the relay", "under selector 0", "RELAY", 80],
    ["a cloud's metadata", "under selector 0", "169.254.169.254", 80],
    ["the IPv4 peer's loopback", "under selector 0", "127.0.0.1", 80],
    ["TCP port 25 of the internet", "under selector 0", "SERVER", 25],
    ["a port that is not published", "under the exit's selector", "192.168.1.10", 9999],
    ["a service behind an alias by its own address", "under the exit's selector", "192.168.1.10", 8081],
    ["another host of the IPv4 peer's LAN", "under the exit's selector", "192.168.1.20", 80],
    ["the NAT's admin page on the LAN", "under the exit's selector", "192.168.1.1", 80],
    ["the NAT's admin page on its public address", "under the exit's selector", "NAT", 80],
    ["the internet, where not both owners allow it", "under the exit's selector", "SERVER", 8080],
    ["the internet", "under a selector of nobody", "SERVER", 80],
  ])("%s is refused %s, and counted", async (_, how, name, port) => {
    const { v4peers, coordinatorIpv4, relayIpv4, serverIpv4 } = path.it;
    const named: Record<string, string> = {
      NAT: v4peers[0].publicIpv4,
      COORDINATOR: coordinatorIpv4[0],
      RELAY: relayIpv4,
      SERVER: serverIpv4,
    };
    const under = how === "under selector 0" ? ALL : how === "under the exit's selector" ? selector : "1234";
    const fetchNothing = async () => expect(await fetchPage(named[name] ?? name, port, under, 1)).toBe("");
    expect(await risen(drops, fetchNothing)).toBeGreaterThan(0);
  });

  it.each([19, 123, 389, 1900, 11211])("UDP port %i of the internet is refused, and counted", async (port) => {
    const target = addressOf(path.it.serverIpv4, ALL);
    const ask = async () => {
      const result = await runTool<object>(path.it.client, "udp-ping", target, `${port}`, "--count", "1");
      expect(result).toMatchObject({ answered: 0 });
    };
    expect(await risen(drops, ask)).toBeGreaterThan(0);
  });

  it("no connection leaves from the port of the IPv4 peer's Teredo socket", async () => {
    const { client, server, serverNat64, v4peers } = path.it;
    const seen = await server.start(["tcpdump", "-n", "-l", "-i", "to-r4b", `src port ${v4peers[0].udpPort}`]);
    await seen.waitFor(/listening/);
    // The client asks for that very port: ports are kept where they can be.
    const fromPort = ["curl", "-gsS", "--max-time", "20", "--local-port", `${v4peers[0].udpPort}`, urlOf(serverNat64)];
    expect((await client.run(fromPort)).stdout).toContain("Hello");
    expect(await tcpConnect(client, serverNat64, 81)).toBe("ECONNREFUSED");
    await seen.stop();
    expect(seen.stdout.trim()).toBe("");
  });
});
