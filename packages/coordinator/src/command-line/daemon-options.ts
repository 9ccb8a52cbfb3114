/** Options of the commands that ask a running coordinator, and how they reach it. */
import { accessSync, constants } from "node:fs";
import { resolve } from "node:path";
import { configOption, socketOption } from "@nat64/daemon-kit/command-line";
import type { Command } from "commander";
import { DEFAULT_CONFIG_PATH, findSocket, loadConfig } from "../config/index.ts";
import { CoordinatorClient } from "../control/client.ts";

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
    .addOption(configOption("The configuration file of the running coordinator, which may name its socket."))
    .addOption(socketOption("The control socket of the running coordinator."));
}

/** Connects, does the work, and disconnects. Rejects with a `DaemonError` or a `ConfigFileError`. @returns the result of the work */
export async function withDaemon<Result>(
  options: DaemonOptions,
  work: (client: CoordinatorClient) => Promise<Result>,
): Promise<Result> {
  const client = await CoordinatorClient.connect(socketOf(options));
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

function socketOf({ config, socket }: DaemonOptions): string {
  if (socket !== undefined) return socket;
  const path = config === undefined ? readableDefault() : resolve(config);
  return (path === undefined ? undefined : loadConfig(path).control.socket) ?? findSocket();
}

/** Members of the socket's group may be unable to read the configuration file, which holds invites. */
function readableDefault(): string | undefined {
  try {
    accessSync(DEFAULT_CONFIG_PATH, constants.R_OK);
    return DEFAULT_CONFIG_PATH;
  } catch {
    return undefined;
  }
}
