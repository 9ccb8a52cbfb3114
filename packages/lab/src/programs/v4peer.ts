import type { V4PeerHost } from "../topology/home.ts";
import type { PeerTopology } from "../topology/peer.ts";
import type { RunningCoordinator } from "./coordinator.ts";
import { commandOf, type RunningDaemon, startDaemon } from "./daemon.ts";

/** `v4peer run`. */
export interface RunningV4Peer extends RunningDaemon {
  readonly controlSocket: string;
  /** Its TUN device. */
  readonly device: string;
}

/** Options of v4peer. */
export interface V4PeerOptions {
  /** The keys of the table `[exit]`. Default: `internet = true`. */
  readonly exit?: string;
  /** Text to append to the configuration file. */
  readonly more?: string;
}

const METRICS = "127.0.0.1:9465";
const DEVICE = "v4peer";
/** The command `v4peer`. */
export const V4PEER: readonly string[] = commandOf("@nat64/v4peer-daemon", "v4peer");

/** Starts an IPv4 peer, with the identity of an earlier run in the same topology. */
export async function startV4Peer(
  { lab, plan, coordinatorIpv4 }: PeerTopology,
  { host, udpPort }: V4PeerHost,
  { pin }: Pick<RunningCoordinator, "pin">,
  { exit = "internet = true", more = "" }: V4PeerOptions = {},
): Promise<RunningV4Peer> {
  const controlSocket = `${lab.directory}/${host.name}.sock`;
  const daemon = await startDaemon({
    host,
    argv: [...V4PEER, "run"],
    configFile: `${lab.directory}/${host.name}.toml`,
    config: `lab = ${plan.lab}
identity = "${lab.directory}/${host.name}.pem"

[coordinator]
host = "${coordinatorIpv4[0]}"
pin = "${pin}"

[exit]
${exit}

[host]
interface = "${DEVICE}"
udp-port = ${udpPort}

[control]
socket = "${controlSocket}"

[metrics]
listen = "${METRICS}"

${more}
`,
    metrics: METRICS,
  });
  return { ...daemon, controlSocket, device: DEVICE };
}
