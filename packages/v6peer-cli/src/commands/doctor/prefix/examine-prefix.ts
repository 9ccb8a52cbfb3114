/** Findings about the prefix from test packets. */
import { readFileSync } from "node:fs";
import { mayConfigureNetwork } from "@nat64/v6peer-daemon/check";
import type { DaemonConfig } from "@nat64/v6peer-daemon/config";
import { type DoctorFinding, found } from "../codes.ts";
import { judgePrefix } from "./evidence.ts";
import { probePrefix, type SizeEvidence } from "./probe.ts";
import { chooseTarget, findRoute, type Route, type Target } from "./target.ts";

/** Tests the prefix. If the test is not possible, the reason is a finding. */
export async function examinePrefix(
  config: DaemonConfig,
  namedTarget: string | undefined,
): Promise<readonly DoctorFinding[]> {
  const { prefix } = config.file;
  if (!mayConfigureNetwork()) return [notTested("this needs root or CAP_NET_ADMIN")];
  const target = await chooseTarget(namedTarget, config);
  let route: Route;
  try {
    route = findRoute(target.address);
  } catch {
    return [found("warn", "prefix-probe", `This host has no IPv6 route to ${target.address}.`)];
  }
  try {
    return await test(prefix, target, route);
  } catch (failure) {
    return [notTested(failure instanceof Error ? failure.message : String(failure))];
  }
}

async function test(prefix: string, target: Target, route: Route): Promise<readonly DoctorFinding[]> {
  const result = await probePrefix(prefix, target, route, mtuOf(route.device));
  const verdict = judgePrefix(result, { prefix, target: target.address, ...route });
  return [verdict, ...(result.sizes === undefined ? [] : judgeSizes(result.sizes, target.address))];
}

/** Findings about packet sizes. */
export function judgeSizes({ small, large, tooBig }: SizeEvidence, target: string): readonly DoctorFinding[] {
  // Without an answer to small packets, nothing is known about sizes.
  if (!small.answered) return [];
  if (large.answered) {
    const how = tooBig ? "fragmented, after a router sent Packet Too Big" : "unfragmented";
    return [found("ok", "path-mtu", `Packets of ${large.bytes} bytes reach ${target}, ${how}.`)];
  }
  return [
    found(
      "warn",
      "path-mtu",
      `${target} answers packets of ${small.bytes} bytes, but none of ${large.bytes}${tooBig ? ", although a router sends Packet Too Big" : ", and no router sends Packet Too Big"}.`,
    ),
  ];
}

function notTested(why: string): DoctorFinding {
  return found("info", "prefix-probe", `Whether the prefix is routed was not tested: ${why}.`);
}

function mtuOf(device: string): number {
  return Number(readFileSync(`/sys/class/net/${device}/mtu`, "utf8"));
}
