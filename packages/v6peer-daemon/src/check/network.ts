/** Checks a configuration against the routes and firewall rules of this host. Changes nothing. */

import { isAlive, readJournal } from "@nat64/daemon-kit/host";
import { cidrContains, parseBlock } from "@nat64/rfc6052";
import type { DaemonConfig } from "../config/resolve.ts";
import { CHECK_CODES, type CheckCode } from "./codes.ts";
import { attempt, error, type Finding, ok, warn } from "./finding.ts";
import { checkFirewall } from "./firewall/check-firewall.ts";
import { checkLegacy } from "./firewall/legacy.ts";
import { checkMtu } from "./mtu.ts";
import { findUplinks, type Route, readRoutes } from "./uplinks.ts";

/** All findings about a configuration on this host. */
export function checkNetwork(config: DaemonConfig): readonly Finding<CheckCode>[] {
  const uplinks = findUplinks();
  return [
    ...attempt("routes-ipv6", "IPv6 routes", () => checkPrefixes(config, readRoutes("-6"))),
    ...attempt("routes-ipv4", "IPv4 routes", () => checkPool(config, readRoutes("-4"), readOwnAddresses())),
    ...checkFirewall(config, uplinks),
    ...checkLegacy(),
    ...checkMtu(config, uplinks),
    ...checkJournal(config),
    ...checkMetrics(config),
  ];
}

function checkPrefixes(config: DaemonConfig, routes: readonly Route[]): readonly Finding<CheckCode>[] {
  const device = config.file.host.interface;
  const others = routes.filter((route) => route.dev !== device);
  const findings = config.routedPrefixes.map((prefix): Finding<CheckCode> => {
    if (others.some((route) => route.dst === prefix)) {
      return error("prefix-route", `${prefix} is already routed elsewhere.`);
    }
    const onLink = others.find((route) => isOnLink(route) && covers(route.dst, prefix));
    if (onLink === undefined) return ok("prefix-route", `${prefix} can be routed into ${device}.`);
    return warn(
      "prefix-on-link",
      `${prefix} is in ${onLink.dst}, which is on-link on ${onLink.dev}.`,
      `"v6peer doctor" tests whether it is also on-link for the provider's router. If so, ask for a routed prefix (docs/doctor.md).`,
    );
  });
  const hasDefault = others.some((route) => route.dst === "default");
  return [...findings, hasDefault ? ok("default-ipv6", "There is an IPv6 default route.") : noDefault("ipv6")];
}

function checkPool(
  config: DaemonConfig,
  routes: readonly Route[],
  own: readonly string[],
): readonly Finding<CheckCode>[] {
  if (config.file["local-exit"] === undefined) return [];
  const device = config.file.host.interface;
  const others = routes.filter((route) => route.dev !== device && route.dst !== "default");
  const isMasquerade = config.file["local-exit"]?.mode === "masquerade";
  const findings = config.engine.pool.map(({ address }): Finding<CheckCode> => {
    const block = address.includes("/") ? address : `${address}/32`;
    const other = others.find((route) => route.dst === address || route.dst === block);
    const near = others.find((route) => covers(route.dst, block) || covers(block, route.dst));
    const taken = own.find((each) => covers(block, each));
    if (taken !== undefined) {
      return error("pool-own-address", `${address} contains ${taken}, an address of this host.`);
    }
    if (other !== undefined) {
      return error("pool-route", `${address} is already routed elsewhere (${other.dev}).`);
    }
    if (isMasquerade && near !== undefined) {
      return error("pool-overlap", `${address} overlaps the route to ${near.dst}.`);
    }
    return ok("pool-route", `${address} can be routed into ${device}.`);
  });
  const hasDefault = routes.some((route) => route.dst === "default");
  return [...findings, hasDefault ? ok("default-ipv4", "There is an IPv4 default route.") : noDefault("ipv4")];
}

function noDefault(family: "ipv4" | "ipv6"): Finding<CheckCode> {
  return warn(
    `default-${family}`,
    `There is no ${family === "ipv4" ? "IPv4" : "IPv6"} default route.`,
    family === "ipv4" ? CHECK_CODES["default-ipv4"].fix : CHECK_CODES["default-ipv6"].fix,
  );
}

function checkJournal(config: DaemonConfig): readonly Finding<CheckCode>[] {
  try {
    const journal = readJournal(`${config.file.control.socket}.setup`);
    if (journal === undefined) return [];
    if (isAlive(journal.owner)) return [ok("running", `v6peerd is running (process ${journal.owner.pid}).`)];
    return [warn("leftover", "A v6peerd that crashed left its changes on this host.")];
  } catch {
    return [];
  }
}

function checkMetrics({ metrics }: DaemonConfig): readonly Finding<CheckCode>[] {
  if (metrics === undefined || /^(127\.|::1$|localhost$)/.test(metrics.host)) return [];
  return [warn("metrics-public", `The metrics are served on ${metrics.host} without authentication.`)];
}

function readOwnAddresses(): readonly string[] {
  return readRoutes("-4", "table", "local", "type", "local").map((route) => route.dst);
}

/** The kernel adds such a route for the subnet of an address, and for an on-link prefix of a router advertisement. */
function isOnLink({ protocol, gateway, type, nexthops }: Route): boolean {
  return ["kernel", "ra"].includes(protocol ?? "") && [gateway, type, nexthops].every((each) => each === undefined);
}

/** The destination of a route is "default", an address or a block. */
function covers(outer: string, inner: string): boolean {
  return outer !== "default" && cidrContains(parseBlock(outer), parseBlock(inner));
}
