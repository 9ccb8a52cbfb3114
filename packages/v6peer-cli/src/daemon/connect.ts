import { accessSync, constants } from "node:fs";
import { DaemonClient, DEFAULT_SOCKET } from "@nat64/v6peer-daemon/client";
import { ConfigFileError, type DaemonConfig, DEFAULT_CONFIG_PATH, loadConfig } from "@nat64/v6peer-daemon/config";

/** How a command finds the daemon. */
export interface DaemonOptions {
  /** Path of the control socket. */
  readonly socket?: string;
  /** Path of the configuration, which names the socket, if the user has named one. */
  readonly config?: string;
}

/**
 * Connects to the daemon: by the socket given, or the one that the configuration names, or the default one. Throws a
 * `ConfigFileError` for a wrong configuration that was named, a `DaemonError` when no daemon is there.
 */
export async function connect(
  options: DaemonOptions,
  config: DaemonConfig | undefined = findConfig(options),
): Promise<DaemonClient> {
  return DaemonClient.connect(options.socket ?? config?.file.control.socket ?? DEFAULT_SOCKET);
}

/**
 * The configuration. One that was named has to be good: otherwise a `ConfigFileError` is thrown. The default one need not
 * be there or readable, and when it is wrong that is said and defaults have to do.
 */
export function findConfig({ config }: DaemonOptions): DaemonConfig | undefined {
  if (config !== undefined) return loadConfig(config);
  if (!isReadable(DEFAULT_CONFIG_PATH)) return undefined;
  try {
    return loadConfig(DEFAULT_CONFIG_PATH);
  } catch (error) {
    if (!(error instanceof ConfigFileError)) throw error;
    process.stderr.write(`v6peer: ${error.message}\nv6peer: going on without ${DEFAULT_CONFIG_PATH}\n`);
    return undefined;
  }
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
