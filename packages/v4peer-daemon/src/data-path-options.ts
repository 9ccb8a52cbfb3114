import { refusedRows } from "@nat64/daemon-kit/exit-policy";
import type { UdpSocket } from "@nat64/packet-io/udp";
import type { PortBlock } from "@nat64/peer-protocol";
import { parseIPv4 } from "@nat64/rfc6052";
import type { ConfigFile } from "./config/config-file.ts";
import type { DataPathOptions } from "./data-path/messages.ts";
import type { LocalService } from "./host/firewall.ts";
import type { PreparedHost } from "./host/prepare.ts";
import type { Uplink } from "./host/routes.ts";
import { protocolPolicy, publishedRows } from "./policy/exit-policy.ts";

/** What the data path starts from. */
export interface DataPathNeeds {
  readonly config: ConfigFile;
  readonly identityPath: string;
  readonly udp: UdpSocket;
  readonly uplink: Uplink | undefined;
  readonly services: readonly LocalService[];
  /** Left out: nothing is forwarded. */
  readonly host: PreparedHost | undefined;
  /** Networks of this host, which clients may not reach. */
  readonly hostNetworks: readonly string[];
}

/** No pairs: there is nothing to forward. */
const NO_BLOCKS: readonly PortBlock[] = [];

/** Everything that the data path's thread needs to know. */
export function dataPathOptionsOf(needs: DataPathNeeds): Omit<DataPathOptions, "eventFd"> {
  const { udp, uplink, services, host, identityPath, hostNetworks } = needs;
  const { exit, peers, lab } = needs.config;
  const policy = protocolPolicy(exit, services);
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
    refused: refusedRows(exit, hostNetworks),
    ...(exit.bandwidth !== undefined && { bandwidth: exit.bandwidth }),
    blocks: host?.blocks ?? NO_BLOCKS,
    wants: peers.wants,
    onlyWanted: peers["only-wanted"],
    pins: Object.entries(peers.pins),
  };
}
