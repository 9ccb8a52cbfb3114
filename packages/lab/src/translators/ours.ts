import { join } from "node:path";
import { type RunningDaemon, startDaemon } from "../programs/daemon.ts";
import { V6PEERD } from "../programs/v6peer.ts";
import type { LocalTopology } from "../topology/local.ts";
import type { RunningTranslator, Translator } from "./translator.ts";
import { ourVersion } from "./versions.ts";

/** Options of v6peerd. */
export interface OursOptions {
  /** Allows documentation addresses. Default true. */
  readonly lab?: boolean;
  /** Default "pool". */
  readonly mode?: "pool" | "masquerade";
  /** Caps per client: v6peerd's defaults, or none, for one client that generates all traffic. Default "default". */
  readonly caps?: "default" | "none";
  /** Whether to keep an audit log, which a lab does not have by default. */
  readonly auditLog?: boolean;
  /** Text to append to the configuration file. */
  readonly more?: string;
}

/** v6peerd, up and forwarding. */
export interface RunningOurs extends RunningTranslator, RunningDaemon {
  readonly controlSocket: string;
  stop(): Promise<void>;
}

/** v6peerd with a local exit. */
export function ours(options: OursOptions = {}): Translator<RunningOurs> {
  return {
    name: "ours",
    version: ourVersion,
    needsIpv6Server: false,
    start: (topology) => startOurs(topology, options),
  };
}

const METRICS = "127.0.0.1:9464";

async function startOurs(topology: LocalTopology, options: OursOptions): Promise<RunningOurs> {
  const { lab, v6peer: host, serverNat64 } = topology;
  const controlSocket = join(lab.directory, "control.sock");
  const daemon = await startDaemon({
    host,
    argv: V6PEERD,
    configFile: join(lab.directory, "v6peer.toml"),
    config: configOf(topology, controlSocket, options),
    metrics: METRICS,
  });
  return { ...daemon, carriers: [{ at: "v6peer", pid: daemon.process.pid }], target: serverNat64, controlSocket };
}

/** The configuration file of a lab's v6peerd. */
export function configOf(
  { plan, lab: { directory } }: LocalTopology,
  controlSocket: string,
  options: OursOptions,
): string {
  const { lab = true, mode = "pool", caps = "default", auditLog = false, more = "" } = options;
  return `prefix = "${plan.prefix80}"
lab = ${lab}
${caps === "none" ? 'caps = "none"' : ""}

[local-exit]
mode = "${mode}"
${mode === "pool" ? `pool = ["${plan.pool}"]` : ""}

[control]
socket = "${controlSocket}"

[metrics]
listen = "${METRICS}"

[audit-log]
directory = "${directory}/audit"
${auditLog ? "enabled = true" : ""}

[bans]
file = "${directory}/bans.json"

${more}
`;
}
