import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { payload } from "../src/endpoints/payload.ts";
import { Capture, type Host, pingPong, type Sighting, startWebServer, urlOf } from "../src/index.ts";
import { endpoint, usePeerPath } from "./peer-lab.ts";
import { isRoot } from "./root.ts";

/** The addresses of the hops, in order. */
async function trace(host: Host, ...args: string[]): Promise<string[]> {
  const text = await host.must(["traceroute", "-n", "-q", "1", "-w", "3", "-m", "15", ...args]);
  return text
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/)[1]);
}

/** The path MTU that a host has learned towards an address; `undefined` when it has not. */
async function learnedMtu(host: Host, address: string): Promise<number | undefined> {
  const mtu = /\bmtu (\d+)/.exec(await host.ip(`route get ${address}`))?.[1];
  return mtu === undefined ? undefined : Number(mtu);
}

const RELAYS = ["cone", "restricted", "builtin"] as const;
const SIZE = 500_000;
const SHA256 = createHash("sha256").update(payload(SIZE)).digest("hex");
const OWN = "2001:db8:64::ffff:0:1";
const behind = (ipv4: string): string => {
  const [a, b, c, d] = ipv4.split(".").map(Number);
  return `2001:db8:64::${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
};

describe.skipIf(!isRoot).each(RELAYS)("over the peer path, with relay %s,", (relay) => {
  const path = usePeerPath({ relay });

  it.each([
    ["UDP", []],
    ["ICMP", ["-I"]],
    ["TCP", ["-T"]],
  ])(
    "traceroute with %s shows the client each hop: the relay's and, behind the NAT64 prefix, those of 10/8",
    async (_, options) => {
      const hops = await trace(path.it.client, ...options, path.it.serverNat64);
      expect(hops).toEqual([
        "2001:db8:c1::1", // r6
        "2001:db8:a1::2", // the IPv6 peer's kernel
        OWN, // its translator
        ...(relay === "builtin" ? [] : [OWN, OWN, OWN]), // its kernel, r6 and the relay: errors that come for P:e:D are sent on
        behind("192.0.0.8"), // the IPv4 peer's translator
        behind("192.168.1.10"), // its kernel
        behind("192.168.1.1"), // its NAT
        behind("10.64.0.1"),
        behind("10.64.0.2"),
        behind("198.51.100.2"),
      ]);
    },
  );

  it("a router of the IPv4 side sends the client a no-route error", async () => {
    const { client, v6peers } = path.it;
    await path.it.r4b.ip("route add unreachable 203.0.113.99");
    await path.it.r4.addRoute("203.0.113.99", "10.64.0.2");
    const { stdout } = await client.run(["ping", "-n", "-c", "1", "-W", "3", `${v6peers[0].nat64}203.0.113.99`]);
    expect(stdout).toMatch(/From 2001:db8:64::a40:[12].*Destination unreachable/);
  });

  it("the client tells the server that its port is closed", async () => {
    const { lab, client, server, serverNat64 } = path.it;
    const slow = `const s = require("node:dgram").createSocket("udp4");
        s.on("message", (m, { address, port }) => setTimeout(() => s.send(m, port, address), 300));
        s.bind(7000, () => console.log("ready"));`;
    const listener = await server.start([process.execPath, "-e", slow]);
    await listener.waitFor(/ready/);
    const capture = await Capture.start(lab.directory, [{ host: server, device: "to-r4b", direction: "in" }]);
    // It is gone when the answer comes: its kernel says that nobody is there.
    const send = `require("node:dgram").createSocket("udp6").send("?", 7000, "${serverNat64}", () => process.exit())`;
    await client.must([process.execPath, "-e", send]);
    const icmp = (): readonly Sighting[] => capture.seen.filter(({ headers }) => headers.protocol === 1);
    await expect.poll(() => icmp().map(({ headers }) => headers.source)).toEqual([path.it.v4peers[0].publicIpv4]);
    await capture.stop();
    await listener.stop();
  });

  it("a router of the IPv6 side tells the server that a hop limit ran out on the way to the client", async () => {
    const { lab, client, clientIpv6, r6, server, serverNat64 } = path.it;
    // Packets to the client run out at r6.
    await r6.must(["nft", "add table ip6 short"]);
    await r6.must(["nft", "add chain ip6 short arriving { type filter hook prerouting priority mangle; }"]);
    await r6.must(["nft", `add rule ip6 short arriving ip6 daddr ${clientIpv6} udp sport 7000 ip6 hoplimit set 1`]);
    const listener = await server.start([process.execPath, endpoint("tell-source"), "7000"]);
    await listener.waitFor(/ready/);
    const capture = await Capture.start(lab.directory, [{ host: server, device: "to-r4b", direction: "in" }]);
    const send = `require("node:dgram").createSocket("udp6").send("?", 7000, "${serverNat64}", () => process.exit())`;
    await client.must([process.execPath, "-e", send]);
    await expect.poll(() => capture.seen.filter(({ headers }) => headers.protocol === 1).length).toBe(1);
    await capture.stop();
    await listener.stop();
    await r6.must(["nft", "delete table ip6 short"]);
  });

  it("fragments go both ways, and a datagram comes back unchanged", async () => {
    const { client, server, serverNat64 } = path.it;
    // The first one or two may be lost to path MTU discovery: at the client, then at the server.
    const result = await pingPong(client, server, serverNat64, { size: 4000, count: 6 });
    expect(result.answered).toBeGreaterThanOrEqual(4);
    expect(result.corrupt).toBe(0);
  });

  it("the server learns the size that fits into 1280 bytes after translation", async () => {
    const { client, server, serverNat64, v4peers } = path.it;
    const ask = () => pingPong(client, server, serverNat64, { size: 1400, count: 6 });
    await expect.poll(async () => [await ask(), await learnedMtu(server, v4peers[0].publicIpv4)][1]).toBe(1260);
  });
});

describe.skipIf(!isRoot).each(RELAYS)(
  "over a peer path with a narrow link on the IPv4 side, with relay %s,",
  (relay) => {
    const path = usePeerPath({ relay }, { ipv4Mtu: 1200 });

    /** Half a megabyte up and down, each compared with what it was. */
    async function transfers(): Promise<void> {
      const { client, serverNat64, lab } = path.it;
      const [up, down] = [`${lab.directory}/upload`, `${lab.directory}/download`];
      writeFileSync(up, payload(SIZE));
      const curl = ["curl", "-sS", "--fail", "--max-time", "20"];
      expect((await client.must([...curl, "-T", up, urlOf(serverNat64, "/sha256")])).trim()).toBe(SHA256);
      await client.must([...curl, "-o", down, urlOf(serverNat64, `/bytes/${SIZE}`)]);
      expect(createHash("sha256").update(readFileSync(down)).digest("hex")).toBe(SHA256);
    }

    it("the client learns 1280, the MTU of Teredo, however small the link is", async () => {
      const { client, serverNat64 } = path.it;
      const ping = () => client.run(["ping", "-c", "1", "-W", "1", "-M", "do", "-s", "1400", serverNat64]);
      await expect.poll(async () => [await ping(), await learnedMtu(client, serverNat64)][1]).toBe(1280);
    });

    it("transfers get through both ways, unchanged", async () => {
      await startWebServer(path.it.server);
      await transfers();
    });

    it.each(["the relay's own", "the NAT's", "the IPv4 peer's own"])(
      "they do so, too, where %s link is too narrow for Teredo, whose datagrams are then cut",
      async (whose) => {
        const { r4, relay: relayHost, v6peers, client, serverNat64, v4peers } = path.it;
        const { nat } = v4peers[0].home!;
        const links: Record<string, readonly [Host, Host]> = {
          "the relay's own": [r4, relayHost ?? v6peers[0].host],
          "the NAT's": [r4, nat],
          "the IPv4 peer's own": [nat, v4peers[0].host],
        };
        const [left, right] = links[whose];
        await left.ip(`link set to-${right.name} mtu 1280`);
        await right.ip(`link set to-${left.name} mtu 1280`);
        const ping = ["ping", "-n", "-c", "3", "-i", "0.2", "-W", "2", "-s", "1232", serverNat64];
        expect((await client.run(ping)).stdout).toContain("3 received");
        await transfers();
      },
    );
  },
);
