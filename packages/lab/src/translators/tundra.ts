import { writeFileSync } from "node:fs";
import type { LocalTopology } from "../topology/local.ts";
import { pingGetsThrough } from "./get-through.ts";
import type { RunningTranslator, Translator } from "./translator.ts";
import { firstLine } from "./versions.ts";

const DEVICE = "tundra";

/**
 * tundra-nat64 (https://github.com/vitlabuda/tundra-nat64), which no distribution ships: `binary` is the path of the
 * program. A stateless user-space translator with one thread per core. It serves a single client, ours.
 */
export function tundra(binary: string): Translator {
  return {
    name: "tundra",
    version: async () => (await firstLine([binary, "--version"])) ?? "tundra-nat64 of an unknown version",
    needsIpv6Server: false,
    start: (topology) => startTundra(topology, binary),
  };
}

async function startTundra(topology: LocalTopology, binary: string): Promise<RunningTranslator> {
  const { lab, v6peer, plan } = topology;
  const file = `${lab.directory}/tundra.conf`;
  writeFileSync(file, tundraConfig(topology));
  await v6peer.forward();
  await v6peer.must([binary, `--config-file=${file}`, "mktun"]);
  await v6peer.ip(`link set ${DEVICE} up`);
  await v6peer.ip(`-6 route add ${plan.nat64}/96 dev ${DEVICE}`);
  await v6peer.ip(`-4 route add ${plan.pool} dev ${DEVICE}`);
  const process = await v6peer.start([binary, `--config-file=${file}`, "translate"]);
  await pingGetsThrough(topology, process);
  return {
    carriers: [{ at: "v6peer", pid: process.pid }],
    target: topology.serverNat64,
    stop: async () => void (await process.stop()),
  };
}

/** The configuration as tundra-nat64.conf(5) describes it: the client's address becomes one of the pool. */
export function tundraConfig({ plan, clientIpv6 }: Pick<LocalTopology, "plan" | "clientIpv6">): string {
  return `program.translator_threads =
program.privilege_drop_user =
program.privilege_drop_group =

io.mode = tun
io.tun.device_path =
io.tun.interface_name = ${DEVICE}
io.tun.owner_user =
io.tun.owner_group =
io.tun.multi_queue = no

router.ipv4 = ${plan.firstOfPool}
router.ipv6 = ${plan.nat64}ffff:0:1
router.generated_packet_ttl = 64

addressing.mode = nat64
addressing.nat64_clat.ipv4 = ${plan.secondOfPool}
addressing.nat64_clat.ipv6 = ${clientIpv6}
addressing.nat64_clat_siit.prefix = ${plan.nat64}
addressing.nat64_clat_siit.allow_translation_of_private_ips = yes

translator.ipv4.outbound_mtu = 1500
translator.ipv6.outbound_mtu = 1500
translator.6to4.copy_dscp_and_ecn = yes
translator.4to6.copy_dscp_and_ecn = yes
`;
}
