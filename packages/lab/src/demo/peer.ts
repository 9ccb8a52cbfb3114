/** `npm start`: the IPv6 peer has no IPv4 at all; packets leave through an IPv4 peer behind a home NAT. */
import { Capture } from "../capture/capture.ts";
import { journeyOfConnection } from "../capture/journey.ts";
import { peerPathPoints } from "../capture/peer-points.ts";
import { tcpConnect } from "../traffic/tcp-client.ts";
import { startWebServer } from "../traffic/web.ts";
import { exitsOf, oursOver, type RunningPeerPath } from "../translators/peer/ours.ts";
import { type RunningPeerTopology, startPeer } from "../translators/peer/start-peer.ts";
import type { Demo, RunningDemo } from "./demo.ts";
import { journeyTable } from "./journey-table.ts";
import { trafficSteps } from "./steps.ts";

type Running = RunningPeerTopology<RunningPeerPath>;

/** Client, IPv6 peer, a real Miredo relay, coordinator, a home NAT with an IPv4 peer behind it, server. */
export const peerDemo: Demo = {
  opening: "Starting the lab: eleven hosts, each in its own network namespace.",
  bringUp,
};

async function bringUp(): Promise<RunningDemo> {
  const topology = await startPeer(oursOver({ relay: "cone" }));
  const { lab, client, server, serverIpv4, serverNat64, v6peers, translator } = topology;
  await startWebServer(server);
  const nat64 = `${v6peers[0].nat64}/96`;
  return {
    lab,
    picture: pictureOf(topology),
    steps: [
      { title: "The IPv6 peer has a path through the IPv4 peer", run: () => showExits(topology) },
      { title: "The path of one packet, captured on each link", run: () => showJourney(topology) },
      ...trafficSteps({ client, server, target: serverNat64, nat64, serverIpv4 }),
    ],
    commands: {
      "Status of the IPv6 peer": `node packages/v6peer-cli/bin/v6peer.js status --socket ${translator.v6peers[0].controlSocket}`,
      "Exits of the IPv6 peer": `node packages/v6peer-cli/bin/v6peer.js exits --socket ${translator.v6peers[0].controlSocket}`,
      "Status of the IPv4 peer": `node packages/v4peer-daemon/bin/v4peer.js status --socket ${translator.v4peers[0].controlSocket}`,
    },
  };
}

function pictureOf(topology: Running): string {
  const { clientIpv6, v6peers, relayIpv4, coordinatorIpv4, coordinatorIpv6, v4peers, serverIpv4, serverNat64 } =
    topology;
  const [{ ipv6, nat64, prefix80 }] = v6peers;
  const [{ ipv4, publicIpv4 }] = v4peers;
  return `client ──┐               ┌── relay ───────┐             ┌── nat1 ──┬── v4peer1
         ├── r6 ─────────┤  (Miredo)      ├── r4 ───────┤          └── neighbour1
v6peer1 ─┘  the IPv6     └─ coordinator ──┘  the IPv4   │
            internet                         internet   └── r4b ── server

client       ${clientIpv6}, no IPv4
v6peer1      ${ipv6}, no IPv4; its prefix is ${prefix80}, its NAT64 prefix ${nat64}/96
relay        ${relayIpv4}, the provider's Teredo relay: Miredo from Debian
coordinator  ${coordinatorIpv6}, ${coordinatorIpv4.join(", ")}
nat1         ${publicIpv4}, a home router: port-restricted NAT
v4peer1      ${ipv4}, no IPv6; runs "v4peer run" with internet = true
server       ${serverIpv4}, no IPv6; its NAT64 address is ${serverNat64}`;
}

async function showExits({ translator }: Running): Promise<string> {
  const [exit] = await exitsOf(translator.v6peers[0]);
  const roundTrip = exit.rtt === undefined ? "" : `, round trip ${exit.rtt.toFixed(1)} ms`;
  return `exit ${exit.exit}: peer ${exit.peer}, selector ${exit.selector.toString(16)}, path ${exit.state}${roundTrip}
Teredo address ${exit.teredo}, ports ${exit.firstPort} to ${exit.firstPort + exit.ports - 1}`;
}

async function showJourney(topology: Running): Promise<string> {
  const { lab, client, serverNat64, translator } = topology;
  const capture = await Capture.start(lab.directory, peerPathPoints(topology, translator.v4peers[0].device));
  const end = await tcpConnect(client, serverNat64, 80, "reset");
  const { there, back } = journeyOfConnection(await capture.stop());
  if (back.length === 0) throw new Error(`the connection ended with ${end}; captured:\n${journeyTable(there)}`);
  return `The SYN of a connection to port 80:\n${journeyTable(there)}\nThe answer:\n${journeyTable(back)}`;
}
