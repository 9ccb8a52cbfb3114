/** `v4peer check`: looks whether `run` would work here, and changes nothing. */

import { lookup } from "node:dns/promises";
import { existsSync } from "node:fs";
import { isIPv4 } from "node:net";
import { findCoordinatorFault } from "@nat64/daemon-kit/coordinator";
import { runTool } from "@nat64/daemon-kit/host";
import { ExitCode } from "@nat64/daemon-kit/program";
import { choosePortBlocks } from "@nat64/peer-machines";
import type { ConfigFile } from "../config/file.ts";
import { usedPorts } from "../host/ports.ts";
import { findFreeNetwork, findWayOut } from "../host/routes.ts";
import { hasPolicy } from "../policy/exit-policy.ts";

/** One thing that was looked at. */
export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  /** What was found, or what to do. */
  readonly detail: string;
}

/** Prints what it finds. @returns the exit code */
export async function check(config: ConfigFile, json: boolean): Promise<number> {
  const findings = await findAll(config);
  const text = findings.map(({ ok, what, detail }) => `${ok ? "ok  " : "BAD "} ${what}: ${detail}\n`).join("");
  process.stdout.write(json ? `${JSON.stringify(findings, null, 2)}\n` : text);
  return findings.every(({ ok }) => ok) ? ExitCode.ok : ExitCode.failed;
}

/** Everything that `run` needs. */
export async function findAll(config: ConfigFile): Promise<readonly Finding[]> {
  const { coordinator, exit, host } = config;
  const forHost = [
    look("administrator", () => {
      if (process.getuid?.() !== 0) throw new Error("forwarding needs root, or CAP_NET_ADMIN");
      return "yes";
    }),
    look("TUN", () => {
      if (!existsSync("/dev/net/tun")) throw new Error("/dev/net/tun is missing: load the module tun");
      return "/dev/net/tun is there";
    }),
    look("nftables", () => runTool("nft", ["--version"]).trim()),
    look("ports", () => {
      const blocks = choosePortBlocks(exit["max-pairs"], exit["ports-per-pair"], usedPorts(host["udp-port"]));
      if (blocks.length === 0) throw new Error("there are not enough free ones in a row: lower exit.ports-per-pair");
      return `room for ${blocks.length} pairs with ${exit["ports-per-pair"]} ports each`;
    }),
    look("local addresses", () => findFreeNetwork().text),
  ];
  return [
    ...(hasPolicy(exit) ? forHost : [{ what: "policy", ok: true, detail: "nothing will be forwarded" }]),
    await lookAsync("way out", async () => {
      const { host: name } = coordinator;
      const { device, address } = findWayOut(isIPv4(name) ? name : (await lookup(name, 4)).address);
      return `${address} on ${device}`;
    }),
    await lookAsync("coordinator", () => tryCoordinator(coordinator)),
  ];
}

function look(what: string, find: () => string): Finding {
  try {
    return { what, ok: true, detail: find() };
  } catch (error) {
    return { what, ok: false, detail: (error as Error).message };
  }
}

async function lookAsync(what: string, find: () => Promise<string>): Promise<Finding> {
  try {
    return { what, ok: true, detail: await find() };
  } catch (error) {
    return { what, ok: false, detail: (error as Error).message };
  }
}

async function tryCoordinator(coordinator: ConfigFile["coordinator"]): Promise<string> {
  const fault = await findCoordinatorFault({ ...coordinator, family: 4 });
  if (fault !== undefined) throw new Error(fault);
  return `${coordinator.host}:${coordinator.port} answers, and its key is the right one`;
}
