/** Everything that doctor finds about the prefix by sending packets from it. */
import { readFileSync } from "node:fs";
import { mayConfigureNetwork } from "@nat64/v6peer-daemon/check";
import type { DaemonConfig } from "@nat64/v6peer-daemon/config";
import { type DoctorFinding, found } from "../codes.ts";
import { judgePrefix } from "./evidence.ts";
import { probePrefix, type SizeEvidence } from "./probe.ts";
import { chooseTarget, findWay, type Target, type Way } from "./target.ts";

/** Tries the prefix out. What keeps that from being done is a finding, too. */
export async function examinePrefix(
  config: DaemonConfig,
  namedTarget: string | undefined,
): Promise<readonly DoctorFinding[]> {
  const { prefix } = config.file;
  if (!mayConfigureNetwork()) return [notTried("that takes root, or CAP_NET_ADMIN")];
  const target = await chooseTarget(namedTarget, config);
  let way: Way;
  try {
    way = findWay(target.address);
  } catch {
    return [found("warn", "prefix-probe", `There is no way to ${target.address}: this host has no IPv6 route there.`)];
  }
  try {
    return await tryOut(prefix, target, way);
  } catch (failure) {
    return [notTried(failure instanceof Error ? failure.message : String(failure))];
  }
}

async function tryOut(prefix: string, target: Target, way: Way): Promise<readonly DoctorFinding[]> {
  const result = await probePrefix(prefix, target, way, mtuOf(way.device));
  const verdict = judgePrefix(result, { prefix, target: target.address, ...way });
  return [verdict, ...(result.sizes === undefined ? [] : judgeSizes(result.sizes, target.address))];
}

/** What it means which sizes were answered. */
export function judgeSizes({ small, large, tooBig }: SizeEvidence, target: string): readonly DoctorFinding[] {
  // Who does not answer the small one either has said nothing about sizes.
  if (!small.answered) return [];
  if (large.answered) {
    const how = tooBig ? `in pieces, after a router said Packet Too Big` : `in one piece`;
    return [found("ok", "path-mtu", `Packets of ${large.bytes} bytes get to ${target}, ${how}.`)];
  }
  return [
    found(
      "warn",
      "path-mtu",
      `${target} answers packets of ${small.bytes} bytes, but none of ${large.bytes}${tooBig ? ", although a router says Packet Too Big" : ", and no router says Packet Too Big"}.`,
    ),
  ];
}

function notTried(why: string): DoctorFinding {
  return found("info", "prefix-probe", `Whether the prefix is routed was not tried out: ${why}.`);
}

function mtuOf(device: string): number {
  return Number(readFileSync(`/sys/class/net/${device}/mtu`, "utf8"));
}
