/** Whether coordinator and relay are where the configuration says. Changes nothing. */
import { statSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { type CoordinatorAddress, findCoordinatorFault } from "@nat64/daemon-kit/coordinator";
import type { DaemonConfig } from "../config/resolve.ts";
import { showRoutes } from "../setup/show-routes.ts";
import { error, type Finding, ok, warn } from "./finding.ts";

/** A Teredo address: which one does not matter. */
const TEREDO = "2001::/32";

/** All findings about peer exits; none without any. */
export async function checkPeerExits({ file }: DaemonConfig): Promise<readonly Finding[]> {
  const { coordinator, "peer-exits": peers } = file;
  if (coordinator === undefined) return [];
  return [
    await checkCoordinator(coordinator),
    ...checkIdentity(coordinator.state),
    ...(peers === undefined ? [] : [peers.relay === "system" ? checkSystemRelay() : checkRelayAddress(peers)]),
  ];
}

async function checkCoordinator(address: CoordinatorAddress): Promise<Finding> {
  const name = `${address.host} port ${address.port}`;
  const problem = await findCoordinatorFault(address);
  if (problem === undefined) return ok("coordinator", `The coordinator answers at ${name}.`);
  const advice =
    "Without it no new pairs are made. Look at host, port and pin (or ca) in [coordinator], and at firewalls.";
  return warn("coordinator", `The coordinator at ${name} cannot be used: ${problem}.`, advice);
}

function checkIdentity(state: string): readonly Finding[] {
  const path = join(state, "identity.pem");
  try {
    if ((statSync(path).mode & 0o077) === 0) return [ok("identity", "The identity's key is its owner's alone.")];
    return [error("identity", `${path} can be read by others.`, `chmod 600 ${path}`)];
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === "ENOENT") return [];
    return [warn("identity", `${path} could not be looked at.`, "Run this check as root.")];
  }
}

function checkSystemRelay(): Finding {
  const exact = showRoutes("-6", "exact", TEREDO).trim();
  if (exact !== "") return ok("relay", `Teredo addresses are routed: ${exact.split("\n")[0].trim()}.`);
  return warn(
    "relay",
    "No route says where Teredo addresses (2001::/32) go, so they take the default route.",
    'Ask your provider for a Teredo relay, install one (Miredo), or use relay = "builtin".',
  );
}

function checkRelayAddress(peers: { readonly "relay-address"?: string | undefined }): Finding {
  const address = peers["relay-address"] ?? "";
  const isOwn = Object.values(networkInterfaces()).some((all) => all?.some((each) => each.address === address));
  if (isOwn) return ok("relay", `The built-in relay's address ${address} is this host's.`);
  return error("relay", `${address} is no address of this host.`, "Correct relay-address in [peer-exits].");
}
