import { describe, expect, it } from "vitest";
import { documentation, type Host, ours } from "../src/index.ts";
import { useLocal } from "./local-lab.ts";
import { isRoot } from "./root.ts";

const PORT = 33_500;

/** The addresses of the hops, in order. */
async function trace(host: Host, ...args: string[]): Promise<string[]> {
  const text = await host.must(["traceroute", "-n", "-q", "1", "-w", "3", "-m", "12", ...args]);
  return text
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/)[1]);
}

describe.skipIf(!isRoot)("traceroute through two IPv6 routers, the IPv6 peer and two IPv4 routers", () => {
  const binding = `
[[local-exit.static-bindings]]
protocol = "udp"
ipv6 = "2001:db8:c1::1"
ipv6-port = ${PORT}
ipv4 = "${documentation.firstOfPool}"
ipv4-port = ${PORT}
`;
  const local = useLocal({ routers: true, translator: ours({ more: binding }) });

  it.each([
    ["UDP", []],
    ["ICMP", ["-I"]],
    ["TCP", ["-T"]],
  ])("with %s shows the client each hop, those of 10/8 behind the NAT64 prefix", async (_, options) => {
    const hops = await trace(local.it.client, ...options, local.it.serverNat64);
    expect(hops.slice(0, 2)).toEqual(["2001:db8:c1::2", "2001:db8:c2::2"]);
    expect(hops.slice(-3)).toEqual(["2001:db8:64::cb00:7102", "2001:db8:64::a40:2", "2001:db8:64::c633:6402"]);
  });

  it("shows the server each hop up to a client with a static binding", async () => {
    const hops = await trace(local.it.server, "-U", "-p", `${PORT}`, documentation.firstOfPool);
    expect(hops.slice(0, 3)).toEqual(["198.51.100.1", "10.64.0.1", "203.0.113.1"]);
    // The translator, its own kernel, two IPv6 routers and the client have no IPv4 address: ours stand for them.
    expect(hops).toHaveLength(8);
    for (const hop of hops.slice(3)) expect(["192.0.0.8", documentation.firstOfPool]).toContain(hop);
  });
});
