import { mkdirSync, writeFileSync } from "node:fs";
import type { LocalTopology } from "../topology/local.ts";
import type { RunningTranslator, Translator } from "./translator.ts";
import { packageVersion } from "./versions.ts";

const DEVICE = "nat64";

/** TAYGA as Debian ships it: a userspace NAT64 without offloads, one IPv4 address of the pool per client. */
export const tayga: Translator = {
  name: "tayga",
  version: () => packageVersion("tayga"),
  needsIpv6Server: false,
  start: startTayga,
};

async function startTayga(topology: LocalTopology): Promise<RunningTranslator> {
  const { v6peer, plan } = topology;
  const config = writeConfig(topology);
  await v6peer.forward();
  const process = await v6peer.start(["tayga", "--config", config, "--nodetach"]);
  await waitForDevice(topology);
  await v6peer.ip(`link set ${DEVICE} up`);
  await v6peer.ip(`-6 route add ${plan.prefix80} dev ${DEVICE}`);
  await v6peer.ip(`-4 route add ${plan.pool} dev ${DEVICE}`);
  return {
    carriers: [{ at: "v6peer", pid: process.pid }],
    target: topology.serverNat64,
    stop: async () => void (await process.stop()),
  };
}

/** TAYGA's own address is the pool's first; the rest of the pool goes to clients. */
function writeConfig({ lab, plan }: LocalTopology): string {
  const directory = `${lab.directory}/tayga`;
  mkdirSync(directory, { recursive: true });
  const lines = [
    `tun-device ${DEVICE}`,
    `ipv4-addr ${plan.firstOfPool}`,
    `prefix ${plan.nat64}/96`,
    `dynamic-pool ${plan.pool}`,
    `data-dir ${directory}`,
  ];
  writeFileSync(`${directory}/tayga.conf`, `${lines.join("\n")}\n`);
  return `${directory}/tayga.conf`;
}

async function waitForDevice({ v6peer }: LocalTopology): Promise<void> {
  const waiting = `for i in $(seq 100); do test -e /sys/class/net/${DEVICE} && exit 0; sleep 0.05; done; exit 1`;
  await v6peer.must(["sh", "-c", waiting]);
}
