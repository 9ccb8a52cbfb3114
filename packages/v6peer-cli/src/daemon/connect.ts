import { accessSync, constants } from "node:fs";
import { DaemonClient, DEFAULT_SOCKET } from "@nat64/v6peer-daemon/client";
import { ConfigFileError, type DaemonConfig, DEFAULT_CONFIG_PATH, loadConfig } from "@nat64/v6peer-daemon/config";

/** How a command finds the daemon. */
export interface DaemonOptions {
  /** Path of the control socket. */
  readonly socket?: string;
  /** Path of the configuration, if the user named one. */
  readonly config?: string;
}

/**
 * Connects to the daemon through the given socket, the one in the configuration, or the default one. Throws a
 * `ConfigFileError` if a named configuration is invalid, a `DaemonError` if no daemon answers.
 */
export async function connect(
  options: DaemonOptions,
  config: DaemonConfig | undefined = findConfig(options),
): Promise<DaemonClient> {
  return DaemonClient.connect(options.socket ?? config?.file.control.socket ?? DEFAULT_SOCKET);
}

/**
 * Loads the configuration. Throws a `ConfigFileError` if a named one is invalid. The default one may be missing or
 * unreadable; if it is invalid, its problems are printed and defaults are used.
 */
export function findConfig({ config }: DaemonOptions): DaemonConfig | undefined {
  if (config !== undefined) return loadConfig(config);
  if (!isReadable(DEFAULT_CONFIG_PATH)) return undefined;
  try {
    return loadConfig(DEFAULT_CONFIG_PATH);
  } catch (error) {
    if (!(error instanceof ConfigFileError)) throw error;
    process.stderr.write(`v6peer: ${error.message}\nv6peer: ignoring ${DEFAULT_CONFIG_PATH}\n`);
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
