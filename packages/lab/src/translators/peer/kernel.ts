import type { PeerTopology } from "../../topology/peer.ts";
import type { RunningTranslator } from "../translator.ts";
import { bounce } from "./bounce.ts";
import { addIpv6 } from "./ipv6.ts";
import type { PeerTranslator } from "./translator.ts";

/** No translation and no tunnel: the kernel forwards IPv6 over the same hops. The baseline for the others. */
export const kernelHops: PeerTranslator = { name: "kernel", relay: "host", start };

/** client, r6, v6peer, r6, relay, r4, nat, v4peer, nat, r4, r4b, server; and back the same way. */
async function start(topology: PeerTopology): Promise<RunningTranslator> {
  const { plan, client, r6, r4, r4b, relay, clientIpv6, v6peers } = topology;
  if (relay === undefined) throw new Error("plain forwarding needs the relay's host");
  const { nat, v4peer, serverIpv6 } = await addIpv6(topology);
  const [v6peer] = v6peers;
  const { internet } = plan.ipv6Beside;
  await relay.addAddress("to-r4", `${internet}1/64`);
  await r4.addAddress("to-relay", `${internet}2/64`);
  for (const host of [v6peer.host, v4peer.host]) await host.forward();

  await r6.addRoute(serverIpv6, `${plan.relay.subnet}2`);
  await relay.addRoute(serverIpv6, `${internet}2`);
  await r4.addRoute(clientIpv6, `${internet}1`);
  await v4peer.host.addRoute(clientIpv6, `${plan.ipv6Beside.v4peer}1`);
  for (const from of [client, relay]) await bounce(r6, from, v6peer);
  for (const from of [relay, r4b]) await bounce(r4, from, nat);
  await bounce(nat.host, r4, v4peer);
  return { carriers: [], target: serverIpv6, stop: async () => {} };
}
