import { mkdirSync } from "node:fs";
import type { PeerTopology, V6PeerHost } from "../topology/peer.ts";
import type { RunningCoordinator } from "./coordinator.ts";
import { commandOf, type RunningDaemon, startDaemon } from "./daemon.ts";

/** v6peerd with peer exits. */
export interface RunningV6Peer extends RunningDaemon {
  readonly controlSocket: string;
}

/** Options of v6peerd. */
export interface V6PeerOptions {
  /** "system": the relay to which the network routes 2001::/32. */
  readonly relay: "system" | "builtin";
  /** More keys of the table `[peer-exits]`. */
  readonly exits?: string;
  /** More keys of the table `[coordinator]`. */
  readonly coordinator?: string;
  /** Text to prepend to the configuration file, for keys outside all tables. */
  readonly top?: string;
}

const METRICS = "127.0.0.1:9464";
/** The command line of v6peerd. */
export const V6PEERD: readonly string[] = commandOf("@nat64/v6peer-daemon", "v6peerd");

/** The command line of v6peer. */
export const V6PEER: readonly string[] = commandOf("@nat64/v6peer-cli", "v6peer");

/** Starts an IPv6 peer with only peer exits, with the identity and selectors of an earlier run in the same topology. */
export async function startV6Peer(
  { lab, plan, coordinatorIpv6 }: PeerTopology,
  { host, prefix80, ipv4 }: V6PeerHost,
  { pin }: Pick<RunningCoordinator, "pin">,
  { relay, exits = "", coordinator = "", top = "" }: V6PeerOptions,
): Promise<RunningV6Peer> {
  const controlSocket = `${lab.directory}/${host.name}.sock`;
  const state = `${lab.directory}/${host.name}`;
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const daemon = await startDaemon({
    host,
    argv: V6PEERD,
    configFile: `${lab.directory}/${host.name}.toml`,
    config: `prefix = "${prefix80}"
lab = ${plan.lab}
${top}

[coordinator]
host = "${coordinatorIpv6}"
pin = "${pin}"
abuse = "abuse@example.net"
state = "${state}"
${coordinator}

[peer-exits]
relay = "${relay}"
${relay === "builtin" ? `relay-address = "${ipv4}"` : ""}
${exits}

[control]
socket = "${controlSocket}"

[metrics]
listen = "${METRICS}"
`,
    metrics: METRICS,
  });
  return { ...daemon, controlSocket };
}
