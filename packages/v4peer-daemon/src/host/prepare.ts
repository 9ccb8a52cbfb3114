/** Prepares this host for forwarding: ports and addresses for the pairs, the TUN device, firewall and routes. */
import { type HostSetup, logRepairs, type News, SetupWatch } from "@nat64/daemon-kit/host";
import { choosePortBlocks } from "@nat64/peer-machines";
import type { PortBlock } from "@nat64/peer-protocol";
import { formatIPv4 } from "@nat64/rfc6052";
import { openTun, type Tun } from "@nat64/tun";
import type { Logger } from "pino";
import type { ConfigFile } from "../config/config-file.ts";
import type { LocalService } from "./firewall.ts";
import { type HostPlan, planSetup } from "./plan.ts";
import { usedPorts } from "./ports.ts";
import { findFreeNetwork, findUplink, type Uplink } from "./routes.ts";

/** What the data path needs to know of the host. */
export interface PreparedHost {
  readonly tun: Tun;
  /** The ports of each pair. */
  readonly blocks: readonly PortBlock[];
  /** The first local address of the pairs, a word. */
  readonly firstLocal: number;
  /** Sees that the host stays as it was set up. */
  readonly watch: SetupWatch;
}

/** What the preparation depends on. */
export interface HostNeeds {
  readonly config: Pick<ConfigFile, "exit" | "host">;
  readonly uplink: Uplink;
  /** Our own UDP port, which no pair may get. */
  readonly udpPort: number;
  readonly services: readonly LocalService[];
}

/** Makes all changes. Throws a sentence when the host does not allow one of them; then all are undone. */
export function prepareHost(needs: HostNeeds, setup: HostSetup, news: News, log: Logger): PreparedHost {
  const { config, uplink, services } = needs;
  const blocks = chooseBlocks(needs, log);
  const network = findFreeNetwork();
  const tun = openTun({ name: config.host.interface, offloads: "tcp" });
  try {
    const devices = config.exit.networks.map((each) => findUplink(each.network.split("/")[0]).device);
    const plan: HostPlan = {
      device: tun.name,
      uplinkDevices: [...new Set([uplink.device, ...devices])],
      masquerade: blocks.map((ports, place) => ({ local: formatIPv4((network.first + place) | 0), ports })),
      services,
      network: network.text,
    };
    const withoutTimeouts = () => log.warn("this kernel has no ct timeout: idle UDP mappings expire early");
    const steps = planSetup(plan, withoutTimeouts);
    setup.apply(steps);
    return { tun, blocks, firstLocal: network.first, watch: new SetupWatch(steps, news, logRepairs(log)) };
  } catch (error) {
    tun.close();
    throw error;
  }
}

function chooseBlocks({ config: { exit }, udpPort }: HostNeeds, log: Logger): readonly PortBlock[] {
  const { "ports-per-pair": size, "max-pairs": wanted } = exit;
  const blocks = choosePortBlocks(wanted, size, usedPorts(udpPort));
  if (blocks.length === 0) {
    throw new Error(`this host does not have ${size} free ports in a row; lower exit.ports-per-pair`);
  }
  if (blocks.length < wanted) {
    log.warn({ pairs: blocks.length }, "not enough free ports for exit.max-pairs; fewer pairs are possible");
  }
  return blocks;
}
