/** `npm start -- local`: the IPv6 peer has IPv4 itself, and translates to it. */

import { startWebServer } from "../traffic/web.ts";
import { ours } from "../translators/ours.ts";
import { startLocal } from "../translators/start-local.ts";
import type { Demo, RunningDemo } from "./demo.ts";
import { trafficSteps } from "./steps.ts";

/** A client, two IPv6 routers, v6peerd with a pool of IPv4 addresses, two IPv4 routers, a server. */
export const localDemo: Demo = {
  opening: "Starting the lab: seven hosts, each in its own network namespace.",
  bringUp,
};

async function bringUp(): Promise<RunningDemo> {
  const topology = await startLocal({ translator: ours(), routers: true });
  const { lab, plan, client, clientIpv6, server, serverIpv4, serverNat64, translator } = topology;
  await startWebServer(server);
  return {
    lab,
    picture: `client ── r6a ── r6b ── v6peer ── r4a ── r4b ── server
       IPv6 only      (v6peerd)      IPv4 only

client  ${clientIpv6}, no IPv4
v6peer  translates ${plan.nat64}/96 to IPv4, using the pool ${plan.pool}
server  ${serverIpv4}, no IPv6; its NAT64 address is ${serverNat64}`,
    steps: trafficSteps({ client, server, target: translator.target, nat64: `${plan.nat64}/96`, serverIpv4 }),
    commands: {
      "Status of v6peerd": `node packages/v6peer-cli/bin/v6peer.js status --socket ${translator.controlSocket}`,
    },
  };
}
