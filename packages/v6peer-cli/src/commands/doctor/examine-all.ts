/** All checks of an IPv6 peer, before and while it runs. */
import { resolve } from "node:path";
import { checkAll, type Finding } from "@nat64/v6peer-daemon/check";
import type { Status } from "@nat64/v6peer-daemon/client";
import { ConfigFileError, type DaemonConfig, loadConfig } from "@nat64/v6peer-daemon/config";
import { askDaemon, judgeDaemon } from "./daemon.ts";
import { askResolvers } from "./dns64.ts";
import { withoutGuesses } from "./guesses.ts";
import { judgeHostSetup } from "./judge-host-setup.ts";
import { examineUplinkOffloads, judgeTunOffloads } from "./offloads.ts";
import { examinePrefix } from "./prefix/examine-prefix.ts";
import { examineRelay } from "./relay/examine-relay.ts";

/** What to examine, and how. */
export interface Examination {
  /** Path of the configuration. */
  readonly config: string;
  /** Path of the control socket; left out, as configured. */
  readonly socket?: string | undefined;
  /** Whether to send packets from the prefix and towards the relay. */
  readonly probe: boolean;
  /** The host to send test packets to; by default the coordinator or a root name server. */
  readonly target?: string | undefined;
  /** Resolvers to query; empty for those of this host. */
  readonly resolvers: readonly string[];
}

/** All findings: those of `check` first. */
export async function examineAll(what: Examination): Promise<readonly Finding[]> {
  const config = findConfig(what.config);
  // With an invalid configuration, `check` reports its problems; the other checks need a valid one.
  if (config === undefined) return checkAll(what.config);
  const status = await askDaemon(what.socket ?? config.file.control.socket);
  const isRunning = "counters" in status;
  const [checked, prefix, relay, resolvers] = await Promise.all([
    checkAll(what.config),
    what.probe ? examinePrefix(config, what.target) : [],
    isRunning && what.probe ? examineSystemRelay(config, status) : [],
    askResolvers(config, what.resolvers),
  ]);
  const others = [
    ...(isRunning
      ? [...judgeDaemon(status, config, resolve(what.config)), ...judgeHostSetup(config, status)]
      : [status]),
    ...prefix,
    ...relay,
    ...resolvers,
    ...(isRunning ? [judgeTunOffloads(status)] : []),
    ...examineUplinkOffloads(config),
  ];
  return [...withoutGuesses(checked, others), ...others];
}

async function examineSystemRelay({ file }: DaemonConfig, { peer }: Status): Promise<readonly Finding[]> {
  return peer !== undefined && file["peer-exits"]?.relay === "system" ? examineRelay(peer) : [];
}

function findConfig(path: string): DaemonConfig | undefined {
  try {
    return loadConfig(path);
  } catch (error) {
    if (error instanceof ConfigFileError) return undefined;
    throw error;
  }
}
