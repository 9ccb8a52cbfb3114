/** Checks whether `run` would work here, and changes nothing. */
import { existsSync } from "node:fs";
import { findCoordinatorFault } from "@nat64/daemon-kit/coordinator";
import { runTool } from "@nat64/daemon-kit/host";
import { explainError } from "@nat64/daemon-kit/system";
import { choosePortBlocks } from "@nat64/peer-machines";
import type { ConfigFile } from "../../config/config-file.ts";
import { uplinkOf } from "../../host/find-uplink.ts";
import { usedPorts } from "../../host/ports.ts";
import { findFreeNetwork } from "../../host/routes.ts";
import { hasPolicy } from "../../policy/exit-policy.ts";

/** The result of one check. */
export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  /** What was found, or what to do. */
  readonly detail: string;
}

/** Checks everything that `run` needs. */
export async function checkAll(config: ConfigFile): Promise<readonly Finding[]> {
  const { coordinator, exit, host } = config;
  const forHost = [
    () =>
      check("administrator", () => {
        if (process.getuid?.() !== 0) throw new Error("forwarding needs root or CAP_NET_ADMIN; run this as root");
        return "yes";
      }),
    () =>
      check("TUN", () => {
        if (!existsSync("/dev/net/tun"))
          throw new Error('/dev/net/tun is missing; load the module with "modprobe tun"');
        return "/dev/net/tun is there";
      }),
    () => check("nftables", () => runTool("nft", ["--version"]).trim()),
    () =>
      check("ports", () => {
        const blocks = choosePortBlocks(exit["max-pairs"], exit["ports-per-pair"], usedPorts(host["udp-port"]));
        if (blocks.length === 0) throw new Error("there are not enough free ports in a row; lower exit.ports-per-pair");
        return `room for ${blocks.length} pairs with ${exit["ports-per-pair"]} ports each`;
      }),
    () => check("local addresses", () => findFreeNetwork().text),
  ];
  const policy: Finding = { what: "policy", ok: true, detail: "nothing will be forwarded" };
  return [
    ...(hasPolicy(exit) ? await Promise.all(forHost.map((each) => each())) : [policy]),
    await check("uplink", async () => {
      const { device, address } = await uplinkOf(config);
      return `${address} on ${device}`;
    }),
    await check("coordinator", () => tryCoordinator(coordinator)),
  ];
}

async function check(what: string, find: () => string | Promise<string>): Promise<Finding> {
  try {
    return { what, ok: true, detail: await find() };
  } catch (error) {
    return { what, ok: false, detail: explainError(error) };
  }
}

async function tryCoordinator(coordinator: ConfigFile["coordinator"]): Promise<string> {
  const fault = await findCoordinatorFault({ ...coordinator, family: 4 });
  if (fault !== undefined) throw new Error(fault);
  return `${coordinator.host}:${coordinator.port} answers, and its key is correct`;
}
