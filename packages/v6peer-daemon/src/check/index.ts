/** Checks a configuration and this host for anything that would stop v6peerd from working. */
import { ConfigFileError, formatProblem } from "@nat64/daemon-kit/config";
import { loadConfig } from "../config/load.ts";
import type { DaemonConfig } from "../config/resolve.ts";
import { checkHost } from "./check-host.ts";
import type { CheckCode } from "./codes.ts";
import { error, type Finding, ok } from "./finding.ts";
import { checkNetwork } from "./network.ts";
import { checkPeerExits } from "./peer-exits.ts";

export { CHECK_CODES, type CheckCode, type CodeDescription, type Severity } from "./codes.ts";
export type { Finding } from "./finding.ts";
export { mayConfigureNetwork } from "./rights.ts";
export { findUplinks, type Route, readRoutes, type Uplinks } from "./uplinks.ts";

/** Checks a configuration file and this host. Changes nothing; most of it works without root. */
export async function checkAll(path: string): Promise<readonly Finding<CheckCode>[]> {
  let config: DaemonConfig;
  try {
    config = loadConfig(path);
  } catch (failure) {
    if (!(failure instanceof ConfigFileError)) throw failure;
    const problems = failure.problems.map((each) => error("config", formatProblem(path, each)));
    return [...problems, ...(await checkHost())];
  }
  const good = ok("config", `${path} is valid; the NAT64 prefix is ${config.nat64Prefix}.`);
  return [good, ...(await checkHost()), ...checkNetwork(config), ...(await checkPeerExits(config))];
}
