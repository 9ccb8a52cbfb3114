import { bytesOf, parseIPv6 } from "@nat64/rfc6052";
import { makeBubble } from "@nat64/teredo";
import { beforeAll, describe, expect, it } from "vitest";
import {
  addStranger,
  peerGlobal,
  type RunningMiredoClient,
  type RunningV6Peer,
  type Stranger,
  sendForgedUdp,
  sendUdp,
  startCoordinator,
  startMiredoClient,
  startMiredoServer,
  startV6Peer,
  startWebServer,
  urlOf,
} from "../src/index.ts";
import { counted } from "./counted.ts";
import { usePeerHosts } from "./peer-lab.ts";
import { isRoot } from "./root.ts";
import { teredoAddress } from "./teredo-traffic.ts";

// The numbers are global and the lab switch is off: what is refused here is refused everywhere.
describe.skipIf(!isRoot).each(["none", "port-restricted", "symmetric"] as const)(
  "a real Miredo client with a real Miredo server, behind a NAT of kind %s, and the built-in relay",
  (nat) => {
    const peer = usePeerHosts({ relay: "builtin", nats: [nat], plan: peerGlobal });
    let teredo: RunningMiredoClient;
    let stranger: Stranger;
    let v6peer: RunningV6Peer;
    beforeAll(async () => {
      const { lab, plan, r6, v6peers, v4peers } = peer.it;
      const exits = `serves = ["${plan.clientSubnet}/64"]`;
      const coordinator = await startCoordinator(peer.it);
      v6peer = await startV6Peer(peer.it, v6peers[0], coordinator, { relay: "builtin", exits });
      await r6.addRoute("2001::/32", v6peers[0].ipv6);
      stranger = await addStranger(peer.it);
      const { host, ipv4 } = stranger;
      await startMiredoServer(lab, host, ipv4[0]);
      teredo = await startMiredoClient(lab, v4peers[0].host, ipv4, v4peers[0].udpPort);
    });
    const ping = async (from: "client" | "teredo", address: string, ...options: string[]): Promise<string> => {
      const host = from === "client" ? peer.it.client : peer.it.v4peers[0].host;
      return (await host.run(["ping", "-n", "-c", "3", "-i", "0.2", "-W", "5", ...options, address])).stdout;
    };

    it("an IPv6 host that it serves reaches the client", async () => {
      expect(await ping("client", teredo.address)).toContain("3 received");
    });

    it("the client reaches an IPv6 host that it serves, by ping and by TCP", async () => {
      const { client, clientIpv6, v4peers } = peer.it;
      expect(await ping("teredo", clientIpv6)).toContain("3 received");
      const web = await startWebServer(client, 80, clientIpv6);
      const page = await v4peers[0].host.run(["curl", "-gsS", "--max-time", "5", urlOf(clientIpv6)]);
      expect(page.stdout).toContain(teredo.address);
      await web.stop();
    });

    it("the client pings P:ffff::1, and so knows that the relay is alive", async () => {
      expect(await ping("teredo", `${peer.it.v6peers[0].nat64.replace(/::$/, "::ffff:0:1")}`)).toContain("3 received");
    });

    it("the client reaches no IPv4 host through it: Teredo addresses cannot be clients of a NAT64 (RFC 6324)", async () => {
      const drops = 'nat64_dropped_packets_total{reason="not-a-pair"}';
      const seen = await counted(v6peer, drops, async () => {
        expect(await ping("teredo", peer.it.serverNat64, "-W", "1")).toContain(" 0 received");
      });
      expect(seen).toBeGreaterThan(0);
    });

    // The NAT makes no difference here: once is enough.
    if (nat !== "none") return;
    describe("strangers", () => {
      const GOOD = { server: "93.184.2.98", mappedAddress: "93.184.113.10" };
      it.each([
        ["a server in 10/8", "server-not-global", { server: "10.0.0.1" }],
        ["a server in 127/8", "server-not-global", { server: "127.0.0.1" }],
        ["a mapped address in 192.168/16", "mapped-address-not-global", { mappedAddress: "192.168.1.20" }],
        ["a mapped address in 127/8", "mapped-address-not-global", { mappedAddress: "127.0.0.1" }],
        ["a mapped address that is multicast", "mapped-address-not-global", { mappedAddress: "224.0.0.1" }],
        ["a mapped port that is zero", "mapped-port-zero", { mappedPort: 0 }],
      ])(
        "a Teredo address with %s is refused both ways as %s, and counted; nothing is sent",
        async (_, reason, bad) => {
          const { clientIpv6, v6peers } = peer.it;
          const address = teredoAddress({ ...GOOD, mappedPort: 40_001, ...bad });
          const dropped = `nat64_relay_dropped_total{reason="${reason}"}`;
          const bubbles = 'nat64_relay_sent_total{kind="bubble"}';
          const sent = await counted(
            v6peer,
            bubbles,
            async () => {
              expect(await counted(v6peer, dropped, () => ping("client", address, "-c", "1", "-W", "0.2"))).toBe(1);
              const bubble = makeBubble(bytesOf(parseIPv6(address)), bytesOf(parseIPv6(clientIpv6)));
              const answers = () => sendUdp(stranger.host, 3545, bubble, `${v6peers[0].ipv4}:3545`);
              expect(await counted(v6peer, dropped, answers)).toBe(1);
            },
            0,
          );
          expect(sent).toBe(0);
          expect(await ping("client", teredo.address)).toContain("3 received");
        },
      );

      it("a datagram whose IPv4 source is forged and not global is refused and counted", async () => {
        const { clientIpv6, v6peers } = peer.it;
        const bubble = makeBubble(bytesOf(parseIPv6(teredo.address)), bytesOf(parseIPv6(clientIpv6)));
        const forge = () =>
          sendForgedUdp(stranger.host, { address: "10.9.9.9", port: 3545 }, bubble, `${v6peers[0].ipv4}:3545`);
        expect(await counted(v6peer, 'nat64_relay_dropped_total{reason="source-not-global"}', forge)).toBe(1);
        expect(await ping("client", teredo.address)).toContain("3 received");
      });
    });
  },
);
