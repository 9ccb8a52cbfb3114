import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { HostProcess } from "../netns/process.ts";
import type { LocalTopology } from "../topology/local.ts";
import type { RunningTranslator, Translator } from "./translator.ts";

/** How v6peerd is set up. */
export interface OursOptions {
  /** Allows documentation addresses. Default true. */
  readonly lab?: boolean;
  /** Default "pool". */
  readonly mode?: "pool" | "masquerade";
  /** Caps per client: v6peerd's own defaults, or none, for one client that makes all the traffic. Default "default". */
  readonly caps?: "default" | "none";
  /** More of the configuration file, put at its end. */
  readonly more?: string;
}

/** v6peerd, up and forwarding. */
export interface RunningOurs extends RunningTranslator {
  readonly process: HostProcess;
  readonly configFile: string;
  readonly controlSocket: string;
  /** Metrics as Prometheus sees them, by name with labels. */
  metrics(): Promise<Map<string, number>>;
}

/** v6peerd with a local exit. */
export function ours(options: OursOptions = {}): Translator<RunningOurs> {
  return {
    name: "ours",
    needsIpv6Server: false,
    start: (topology) => startOurs(topology, options),
  };
}

const METRICS = "127.0.0.1:9464";

async function startOurs(topology: LocalTopology, options: OursOptions): Promise<RunningOurs> {
  const { lab, v6peer, serverNat64 } = topology;
  const configFile = join(lab.directory, "v6peer.toml");
  const controlSocket = join(lab.directory, "control.sock");
  writeFileSync(configFile, configOf(topology, controlSocket, options));
  const daemon = await v6peer.start([process.execPath, daemonProgram(), "--config", configFile]);
  await daemon.waitFor(/"msg":"ready"/);
  return {
    pids: [daemon.pid],
    process: daemon,
    target: serverNat64,
    configFile,
    controlSocket,
    metrics: async () => parseMetrics(await v6peer.must(["curl", "--silent", "--fail", `http://${METRICS}/metrics`])),
    stop: async () => void (await daemon.stop()),
  };
}

/** The configuration file of a lab's v6peerd. */
export function configOf({ plan }: LocalTopology, controlSocket: string, options: OursOptions): string {
  const { lab = true, mode = "pool", caps = "default", more = "" } = options;
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

${more}
`;
}

/** The program that the daemon's package names as its command. */
export function daemonProgram(): string {
  const root = dirname(dirname(fileURLToPath(import.meta.resolve("@nat64/v6peer-daemon"))));
  const { bin } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return join(root, bin.v6peerd);
}

/** The text format of Prometheus: a name with labels, a blank, a number. */
export function parseMetrics(text: string): Map<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );
}
