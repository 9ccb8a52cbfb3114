import type { UdpSocket } from "@nat64/packet-io/udp";
import type { PortBlock } from "@nat64/peer-protocol";
import { parseIPv4 } from "@nat64/rfc6052";
import type { ConfigFile } from "./config/config-file.ts";
import type { DataPathOptions } from "./data-path/messages.ts";
import type { LocalService } from "./host/firewall.ts";
import type { PreparedHost } from "./host/prepare.ts";
import { onLinkNetworks, ownAddresses, type Uplink } from "./host/routes.ts";
import { protocolPolicy, publishedRows, refusedRows } from "./policy/exit-policy.ts";

/** What the data path starts from. */
export interface DataPathNeeds {
  readonly config: ConfigFile;
  readonly identityPath: string;
  readonly udp: UdpSocket;
  readonly uplink: Uplink | undefined;
  readonly services: readonly LocalService[];
  /** Left out: nothing is forwarded. */
  readonly host: PreparedHost | undefined;
}

/** No pairs: there is nothing to forward. */
const NO_BLOCKS: readonly PortBlock[] = [];

/** Everything that the data path's thread needs to know. */
export function dataPathOptionsOf(needs: DataPathNeeds): Omit<DataPathOptions, "eventFd"> {
  const { udp, uplink, services, host, identityPath } = needs;
  const { exit, peers, lab, host: device } = needs.config;
  const policy = protocolPolicy(exit, services);
  const own = host === undefined ? [] : ownAddresses();
  return {
    ...(host !== undefined && { tun: host.tun.handle }),
    udp: udp.handle,
    identityPath,
    lab,
    ...(uplink !== undefined && { local: { address: parseIPv4(uplink.address), port: udp.port } }),
    firstLocal: host?.firstLocal ?? 0,
    policy,
    pinnedInternet: exit["pinned-internet"],
    published: publishedRows(policy),
    refused: refusedRows(exit),
    refusedBlocks: [
      ...own.map((address) => `${address}/32`),
      ...(host === undefined ? [] : onLinkNetworks(device.interface)),
    ],
    ownAddresses: own.map(parseIPv4),
    ...(exit.bandwidth !== undefined && { bandwidth: exit.bandwidth }),
    blocks: host?.blocks ?? NO_BLOCKS,
    wants: peers.wants,
    onlyWanted: peers["only-wanted"],
    pins: Object.entries(peers.pins),
  };
}
