/** Whether a configuration fits this host's routes and rules. Changes nothing. */

import { isAlive, readJournal, runTool } from "@nat64/daemon-kit/host";
import { cidrContains, parseBlock } from "@nat64/rfc6052";
import { z } from "zod";
import type { DaemonConfig } from "../config/resolve.ts";
import { showRoutesJson } from "../setup/show-routes.ts";
import { error, type Finding, ok, warn } from "./finding.ts";

const routesSchema = z.array(
  z.object({ dst: z.string(), dev: z.string().optional(), protocol: z.string().optional() }),
);
type Routes = z.output<typeof routesSchema>;

/** All findings about a configuration on this host. */
export function checkNetwork(config: DaemonConfig): readonly Finding[] {
  return [
    ...attempt("routes-ipv6", "IPv6 routes", () => checkPrefixes(config, readRoutes("-6"))),
    ...attempt("routes-ipv4", "IPv4 routes", () => checkPool(config, readRoutes("-4"), readOwnAddresses())),
    ...attempt("firewall", "The firewall's rules", checkFirewall),
    ...checkJournal(config),
    ...checkMetrics(config),
  ];
}

function checkPrefixes(config: DaemonConfig, routes: Routes): readonly Finding[] {
  const device = config.file.host.interface;
  const others = routes.filter((route) => route.dev !== device);
  const findings = config.routedPrefixes.map((prefix): Finding => {
    if (others.some((route) => route.dst === prefix)) {
      return error("prefix-route", `${prefix} is routed elsewhere already.`, "Remove that route first.");
    }
    const onLink = others.find((route) => route.protocol === "kernel" && covers(route.dst, prefix));
    if (onLink === undefined) return ok("prefix-route", `${prefix} is free to be routed into ${device}.`);
    return warn(
      "prefix-on-link",
      `${prefix} lies in ${onLink.dst}, which is on-link on ${onLink.dev}.`,
      "Your router will look for its addresses on that link: have the prefix routed to this host, or answer for it (ndppd).",
    );
  });
  const hasDefault = others.some((route) => route.dst === "default");
  return [...findings, hasDefault ? ok("default-ipv6", "There is an IPv6 default route.") : noDefault("ipv6")];
}

function checkPool(config: DaemonConfig, routes: Routes, own: readonly string[]): readonly Finding[] {
  if (config.file["local-exit"] === undefined) return [];
  const device = config.file.host.interface;
  const others = routes.filter((route) => route.dev !== device && route.dst !== "default");
  const isMasquerade = config.file["local-exit"]?.mode === "masquerade";
  const findings = config.engine.pool.map(({ address }): Finding => {
    const block = address.includes("/") ? address : `${address}/32`;
    const other = others.find((route) => route.dst === address || route.dst === block);
    const near = others.find((route) => covers(route.dst, block) || covers(block, route.dst));
    const taken = own.find((each) => covers(block, each));
    if (taken !== undefined) {
      return error("pool-own-address", `${address} holds ${taken}, an address of this host.`, 'Use mode "masquerade".');
    }
    if (other !== undefined) {
      return error("pool-route", `${address} is routed elsewhere already (${other.dev}).`, "Remove that route first.");
    }
    if (isMasquerade && near !== undefined) {
      return error("pool-overlap", `${address} overlaps the route to ${near.dst}.`, "Choose another local-exit.pool.");
    }
    return ok("pool-route", `${address} is free to be routed into ${device}.`);
  });
  const hasDefault = routes.some((route) => route.dst === "default");
  return [...findings, hasDefault ? ok("default-ipv4", "There is an IPv4 default route.") : noDefault("ipv4")];
}

function noDefault(family: "ipv4" | "ipv6"): Finding {
  return warn(
    `default-${family}`,
    `There is no ${family === "ipv4" ? "IPv4" : "IPv6"} default route.`,
    family === "ipv4"
      ? "A local exit reaches only the IPv4 networks that are routed."
      : "Only near clients are reached.",
  );
}

const rulesetSchema = z.object({
  nftables: z.array(
    z.object({
      chain: z
        .object({
          family: z.string(),
          table: z.string(),
          name: z.string(),
          hook: z.string().optional(),
          policy: z.string().optional(),
        })
        .optional(),
    }),
  ),
});

function checkFirewall(): readonly Finding[] {
  const { nftables } = rulesetSchema.parse(JSON.parse(runTool("nft", ["-j", "list", "chains"])));
  const dropping = nftables.flatMap(({ chain }) =>
    chain?.hook === "forward" && chain.policy === "drop" ? [chain] : [],
  );
  if (dropping.length === 0) return [ok("firewall", "No firewall chain drops forwarded packets by default.")];
  return dropping.map(({ family, table, name }) =>
    warn(
      "firewall-forward",
      `The nftables chain ${family} ${table} ${name} drops forwarded packets by default.`,
      "Let it accept what comes from and goes to the TUN device.",
    ),
  );
}

function checkJournal(config: DaemonConfig): readonly Finding[] {
  try {
    const journal = readJournal(`${config.file.control.socket}.setup`);
    if (journal === undefined) return [];
    if (isAlive(journal.owner)) return [ok("running", `v6peerd is running (process ${journal.owner.pid}).`)];
    return [warn("leftover", "A run that crashed has left its set-up.", "Start v6peerd: it cleans that first.")];
  } catch {
    return [];
  }
}

function checkMetrics({ metrics }: DaemonConfig): readonly Finding[] {
  if (metrics === undefined || /^(127\.|::1$|localhost$)/.test(metrics.host)) return [];
  return [
    warn(
      "metrics-public",
      `The metrics are served on ${metrics.host}, without any authentication.`,
      "Guard that port.",
    ),
  ];
}

function readRoutes(family: "-4" | "-6"): Routes {
  return routesSchema.parse(showRoutesJson(family));
}

function readOwnAddresses(): readonly string[] {
  return routesSchema.parse(showRoutesJson("-4", "table", "local", "type", "local")).map((route) => route.dst);
}

/** Routes are to "default", to an address or to a block. */
function covers(outer: string, inner: string): boolean {
  return outer !== "default" && cidrContains(parseBlock(outer), parseBlock(inner));
}

function attempt(code: string, what: string, check: () => readonly Finding[]): readonly Finding[] {
  try {
    return check();
  } catch (failure) {
    const reason = failure instanceof Error ? failure.message : String(failure);
    return [warn(code, `${what} could not be looked at.`, reason)];
  }
}
