/** Daemons of this repository: found by their package, started with a configuration file, watched through their metrics. */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Host } from "../netns/host.ts";
import type { HostProcess } from "../netns/process.ts";

/** A daemon of ours that is ready. */
export interface RunningDaemon {
  readonly host: Host;
  readonly process: HostProcess;
  readonly configFile: string;
  /** Metrics as Prometheus sees them, by name with labels. */
  metrics(): Promise<Map<string, number>>;
  stop(): Promise<void>;
}

/** The daemon to start, and its host. */
export interface DaemonOptions {
  readonly host: Host;
  /** The command line, to which `--config FILE` is added. */
  readonly argv: readonly string[];
  readonly configFile: string;
  /** Written to `configFile`. */
  readonly config: string;
  /** Its output when it is ready. Default: a log line whose message is "ready". */
  readonly ready?: RegExp;
  /** Where it listens for Prometheus: address and port. */
  readonly metrics: string;
}

/** Writes the configuration, starts the daemon and waits until it is ready. */
export async function startDaemon(options: DaemonOptions): Promise<RunningDaemon> {
  const { host, argv, configFile, config, ready = /"msg":"ready"/, metrics } = options;
  writeFileSync(configFile, config);
  const daemon = await host.start([...argv, "--config", configFile]);
  await daemon.waitFor(ready);
  return {
    host,
    process: daemon,
    configFile,
    metrics: async () => parseMetrics(await host.must(["curl", "--silent", "--fail", `http://${metrics}/metrics`])),
    stop: async () => void (await daemon.stop()),
  };
}

/** The command line of a command of one of our packages. */
export function commandOf(packageName: string, command: string): string[] {
  const root = dirname(dirname(fileURLToPath(import.meta.resolve(packageName))));
  const { bin } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return [process.execPath, join(root, bin[command])];
}

/** The text format of Prometheus: a name with labels, a blank, a number. */
export function parseMetrics(text: string): Map<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );
}
