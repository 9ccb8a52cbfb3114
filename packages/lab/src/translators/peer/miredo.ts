import { startMiredoClient, startMiredoRelay, startMiredoServer } from "../../programs/miredo.ts";
import type { PeerTopology } from "../../topology/peer.ts";
import type { Carrier, RunningTranslator } from "../translator.ts";
import { packageVersion } from "../versions.ts";
import { bounce } from "./bounce.ts";
import { addIpv6 } from "./ipv6.ts";
import type { PeerTranslator } from "./translator.ts";

/**
 * Miredo's relay and Miredo's client as a tunnel over the same hops. At its end, the IPv4 peer's kernel masquerades
 * towards the server, as it does for ours, but from IPv6 to IPv6, because Miredo does not translate.
 */
export const miredo: PeerTranslator = {
  name: "miredo",
  version: () => packageVersion("miredo"),
  relay: "host",
  start,
};

async function start(topology: PeerTopology): Promise<RunningTranslator> {
  const { lab, client, r6, relay, relayIpv4, coordinator, coordinatorIpv4, v6peers } = topology;
  if (relay === undefined) throw new Error("a Miredo relay needs a host of its own");
  const { v4peer, serverIpv6 } = await addIpv6(topology);
  const server = await startMiredoServer(lab, coordinator, coordinatorIpv4[0]);
  const teredoRelay = await startMiredoRelay(lab, relay, relayIpv4, "cone");
  const teredoClient = await startMiredoClient(lab, v4peer.host, coordinatorIpv4, topology.v4peers[0].udpPort);
  const target = teredoClient.address;

  await v6peers[0].host.forward();
  for (const from of [client, relay]) await bounce(r6, from, v6peers[0]);
  await v4peer.host.forward();
  await v4peer.host.must(["nft", "-f", "-"], { input: masquerade(target, serverIpv6) });
  const carriers: Carrier[] = [
    ...(await teredoRelay.pids()).map((pid) => ({ at: "relay" as const, pid })),
    ...(await teredoClient.pids()).map((pid) => ({ at: "v4peer" as const, pid })),
  ];
  const stop = async (): Promise<void> => {
    for (const each of [teredoRelay, teredoClient, server]) await each.stop();
  };
  return { carriers, target, stop };
}

function masquerade(teredo: string, server: string): string {
  return `
table ip6 exit {
  chain arriving {
    type nat hook prerouting priority dstnat;
    ip6 daddr ${teredo} dnat to ${server}
  }
  chain leaving {
    type nat hook postrouting priority srcnat;
    ip6 daddr ${server} masquerade
  }
}
`;
}
