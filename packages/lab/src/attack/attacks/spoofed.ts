/** Packets with invented senders from the IPv4 side: to a client's binding, and to the pool (point 4). */
import { fileURLToPath } from "node:url";
import { startTool, TRAFFIC_TOOLS } from "../../traffic/tools.ts";
import type { Attack } from "../attack.ts";
import { floodAttack } from "../flood-attack.ts";
import { ATTACKERS4, type LocalWorld } from "../world/local-world.ts";

const TELL_SOURCE = fileURLToPath(new URL("../../endpoints/tell-source.js", import.meta.url));
const QUESTION_PORT = "9004";
const TELL_PORT = "9005";
const SOURCE_PORT = "5000";

/** The address and port on the IPv4 side of a UDP socket of the honest client, which stays in use. */
async function bindingOf(world: LocalWorld): Promise<[string, number]> {
  const { client, server, serverNat64, plan, translator } = world;
  const from = ["--source-port", SOURCE_PORT];
  await startTool(server, "udp-echo", QUESTION_PORT);
  const keepOpen = async (): Promise<void> => {
    const often = ["--seconds", "3600", "--interval", "1000000"];
    await client.start([TRAFFIC_TOOLS, "udp-ping", serverNat64, QUESTION_PORT, ...often, ...from]);
  };
  // Plain forwarding: the flood to the pool reaches the client's host.
  if (translator === undefined) {
    await keepOpen();
    return [plan.firstOfPool, Number(SOURCE_PORT)];
  }
  const told = await server.start([process.execPath, TELL_SOURCE, TELL_PORT]);
  await told.waitFor(/ready/);
  await client.run([TRAFFIC_TOOLS, "udp-ping", serverNat64, TELL_PORT, "--count", "1", ...from]);
  await told.waitFor(/ready\n\S+:\d+\n/);
  const [, address, port] = /ready\n(\S+):(\d+)\n/.exec(told.stdout) as RegExpExecArray;
  await keepOpen();
  return [address, Number(port)];
}

/** To one port, and to all of them. */
export const spoofedAttacks: readonly Attack[] = [
  floodAttack({
    name: "spoofed-binding",
    title: "UDP from random IPv4 addresses to one binding of the honest client",
    rate: 30_000,
    sender: "stranger",
    packets: async (world) => {
      const [address, port] = await bindingOf(world);
      return { kind: "udp", from: ATTACKERS4, to: `${address}/32`, port };
    },
  }),
  ...(["syn", "udp", "ack"] as const).map((kind) =>
    floodAttack({
      name: `spoofed-pool-${kind}`,
      title: `${kind === "udp" ? "UDP" : kind.toUpperCase()} packets from random IPv4 addresses to random ports of the pool`,
      rate: 30_000,
      sender: "stranger",
      packets: ({ plan }) => ({ kind, from: ATTACKERS4, to: plan.pool }),
    }),
  ),
];
