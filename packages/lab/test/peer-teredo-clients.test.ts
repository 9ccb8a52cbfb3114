import { beforeAll, describe, expect, it } from "vitest";
import {
  addStranger,
  type RunningMiredoClient,
  startCoordinator,
  startMiredoClient,
  startMiredoServer,
  startV6Peer,
  startWebServer,
  urlOf,
} from "../src/index.ts";
import { usePeerHosts } from "./peer-lab.ts";
import { isRoot } from "./root.ts";

describe.skipIf(!isRoot).each(["none", "port-restricted", "symmetric"] as const)(
  "a real Miredo client with a real Miredo server, behind a NAT of kind %s, and the built-in relay",
  (nat) => {
    const peer = usePeerHosts({ relay: "builtin", nats: [nat] });
    let teredo: RunningMiredoClient;
    beforeAll(async () => {
      const { lab, plan, r6, v6peers, v4peers } = peer.it;
      const [v6peer] = v6peers;
      const exits = `serves = ["${plan.clientSubnet}/64"]`;
      await startV6Peer(peer.it, v6peer, await startCoordinator(peer.it), { relay: "builtin", exits });
      await r6.addRoute("2001::/32", v6peer.ipv6);
      const { host, ipv4 } = await addStranger(peer.it);
      await startMiredoServer(lab, host, ipv4[0]);
      teredo = await startMiredoClient(lab, v4peers[0].host, ipv4, v4peers[0].udpPort);
    });

    it("an IPv6 host that it serves reaches the client", async () => {
      const { stdout } = await peer.it.client.run(["ping", "-n", "-c", "3", "-i", "0.2", "-W", "5", teredo.address]);
      expect(stdout).toContain("3 received");
    });

    it("the client reaches an IPv6 host that it serves, by ping and by TCP", async () => {
      const { client, clientIpv6, v4peers } = peer.it;
      const [{ host }] = v4peers;
      const { stdout } = await host.run(["ping", "-n", "-c", "3", "-i", "0.2", "-W", "5", clientIpv6]);
      expect(stdout).toContain("3 received");
      const web = await startWebServer(client, 80, clientIpv6);
      const page = await host.run(["curl", "-gsS", "--max-time", "5", urlOf(clientIpv6)]);
      expect(page.stdout).toContain(teredo.address);
      await web.stop();
    });

    it("the client reaches no IPv4 host through it: Teredo addresses are no clients of a NAT64 (RFC 6324)", async () => {
      const { v4peers, serverNat64 } = peer.it;
      const argv = ["ping", "-n", "-c", "2", "-i", "0.2", "-W", "2", serverNat64];
      expect((await v4peers[0].host.run(argv)).stdout).toContain(" 0 received");
    });
  },
);
