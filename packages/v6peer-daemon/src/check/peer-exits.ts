/** Checks whether the coordinator and the relay can be reached as configured. Changes nothing. */
import { statSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { type CoordinatorAddress, findCoordinatorFault } from "@nat64/daemon-kit/coordinator";
import type { DaemonConfig } from "../config/resolve.ts";
import type { CheckCode } from "./codes.ts";
import { attempt, error, type Finding, ok, warn } from "./finding.ts";
import { findUplinks, readRoutes } from "./uplinks.ts";

/** All Teredo addresses. */
const TEREDO = "2001::/32";

/** All findings about peer exits; none if they are not configured. */
export async function checkPeerExits({ file }: DaemonConfig): Promise<readonly Finding<CheckCode>[]> {
  const { coordinator, "peer-exits": peers } = file;
  if (coordinator === undefined) return [];
  return [
    await checkCoordinator(coordinator),
    ...checkIdentity(coordinator.state),
    ...(peers === undefined
      ? []
      : peers.relay === "system"
        ? attempt("routes-ipv6", "IPv6 routes", () => [checkSystemRelay()])
        : [checkRelayAddress(peers), ...checkWayToIPv4()]),
  ];
}

async function checkCoordinator(address: CoordinatorAddress): Promise<Finding<CheckCode>> {
  const name = `${address.host} port ${address.port}`;
  const problem = await findCoordinatorFault(address);
  if (problem === undefined) return ok("coordinator", `The coordinator answers at ${name}.`);
  return warn("coordinator", `The coordinator at ${name} cannot be used: ${problem}.`);
}

function checkIdentity(state: string): readonly Finding<CheckCode>[] {
  const path = join(state, "identity.pem");
  try {
    if ((statSync(path).mode & 0o077) === 0)
      return [ok("identity", "Only its owner can read the identity's private key.")];
    return [error("identity", `Others can read ${path}.`, `chmod 600 ${path}`)];
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === "ENOENT") return [];
    return [warn("identity", `The mode of ${path} could not be checked.`, "Run this check as root.")];
  }
}

function checkSystemRelay(): Finding<CheckCode> {
  const [exact] = readRoutes("-6", "exact", TEREDO);
  // Without a more specific route, the default route applies.
  const [route] = exact === undefined ? readRoutes("-6", "default") : [exact];
  if (route?.nexthops !== undefined) {
    const ways = route.nexthops.map(({ gateway, dev }) => gateway ?? dev).join(" and ");
    return warn("relay-spread", `Packets to Teredo addresses are spread over several next hops: ${ways}.`);
  }
  if (exact !== undefined) {
    const way = exact.gateway === undefined ? `to ${exact.dev}` : `via ${exact.gateway} on ${exact.dev}`;
    return ok("relay", `Teredo addresses (${TEREDO}) are routed ${way}.`);
  }
  return warn(
    "relay",
    `There is no route for Teredo addresses (${TEREDO}), so packets to them take the default route.`,
  );
}

function checkRelayAddress(peers: { readonly "relay-address"?: string | undefined }): Finding<CheckCode> {
  const address = peers["relay-address"] ?? "";
  const isOwn = Object.values(networkInterfaces()).some((all) => all?.some((each) => each.address === address));
  if (isOwn) return ok("relay", `The built-in relay's address ${address} is an address of this host.`);
  return error("relay", `${address} is not an address of this host.`, "Correct relay-address in [peer-exits].");
}

function checkWayToIPv4(): readonly Finding<CheckCode>[] {
  if (findUplinks().ipv4 !== undefined) return [];
  const advice = 'Add a default route, or use relay = "system".';
  return [warn("default-ipv4", "There is no IPv4 default route, so the built-in relay reaches no IPv4 peers.", advice)];
}
