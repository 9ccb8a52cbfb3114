import { DaemonClient, DEFAULT_SOCKET } from "@nat64/v6peer-daemon/client";
import { ConfigFileError, type DaemonConfig, DEFAULT_CONFIG_PATH, loadConfig } from "@nat64/v6peer-daemon/config";

/** How a command finds the daemon. */
export interface DaemonOptions {
  /** Path of the control socket. */
  readonly socket?: string;
  /** Path of the configuration, which names the socket. */
  readonly config?: string;
}

/** Connects to the daemon: by the socket given, or the one that the configuration names, or the default one. */
export async function connect(options: DaemonOptions): Promise<DaemonClient> {
  return DaemonClient.connect(options.socket ?? tryConfig(options)?.file.control.socket ?? DEFAULT_SOCKET);
}

/** The configuration, or `undefined` when it is not there, not readable or wrong: then defaults have to do. */
export function tryConfig(options: DaemonOptions): DaemonConfig | undefined {
  try {
    return loadConfig(options.config ?? DEFAULT_CONFIG_PATH);
  } catch (error) {
    if (error instanceof ConfigFileError) return undefined;
    throw error;
  }
}
