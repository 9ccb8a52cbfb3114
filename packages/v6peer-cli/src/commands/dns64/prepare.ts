/** What `v6peer dns64 SERVER` and `v6peer dns64 watch` do first. */
import type { DaemonConfig } from "@nat64/v6peer-daemon/config";
import { findConfig } from "../../daemon/connect.ts";
import { type Dns64Plan, type Dns64Server, SERVERS } from "./servers/index.ts";
import { type Dns64Options, type Dns64Settings, settingsOf } from "./settings.ts";

/** The complaint when neither the configuration nor the command line names a prefix. */
export const NO_PREFIX = "no prefix to use. Run this where v6peer.toml is, or name prefixes with --prefix or --trust";

/** Loads the configuration and merges it with the options of the command line. Throws a `UsageError`. */
export function prepare(
  name: Dns64Server["name"],
  options: Dns64Options,
): { readonly config: DaemonConfig | undefined; readonly server: Dns64Server; readonly settings: Dns64Settings } {
  const config = findConfig(options);
  const server = SERVERS[name];
  const settings = settingsOf(options, config);
  return { config, server, settings: { ...settings, active: Math.min(settings.active, server.most) } };
}

/** The parts of a plan that do not depend on prefixes. */
export function planOf(
  { isLab }: Dns64Settings,
  { interface: device }: Dns64Options,
): Pick<Dns64Plan, "isLab" | "interface"> {
  return { isLab, ...(device !== undefined && { interface: device }) };
}
