/** Options of the commands that ask a running `v4peer`, and how they reach it. */
import { resolve } from "node:path";
import { configOption, socketOption } from "@nat64/daemon-kit/command-line";
import type { Command } from "commander";
import { loadConfig } from "../config/load.ts";
import { pathsOf } from "../config/paths.ts";
import { V4PeerClient } from "../control/client.ts";

/** The values of these options. */
export interface DaemonOptions {
  /** Path of the configuration file, which may name the socket. */
  readonly config?: string;
  /** Path of the control socket. */
  readonly socket?: string;
}

/** Adds the options to a command. */
export function addDaemonOptions(command: Command): Command {
  return command
    .addOption(configOption("The configuration file of the running v4peer."))
    .addOption(socketOption("The control socket of the running v4peer."));
}

/** The control socket that the options name. Throws a `ConfigFileError`. */
export function socketOf({ config, socket }: DaemonOptions): string {
  return socket ?? pathsOf(config === undefined ? undefined : loadConfig(resolve(config))).socket;
}

/** Connects, does the work, and disconnects. Rejects with a `DaemonError`. @returns the result of the work */
export async function withDaemon<Result>(
  options: DaemonOptions,
  work: (client: V4PeerClient) => Promise<Result>,
): Promise<Result> {
  const client = await V4PeerClient.connect(socketOf(options));
  try {
    return await work(client);
  } finally {
    client.close();
  }
}
