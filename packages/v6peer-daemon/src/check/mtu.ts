/** Checks whether packets of the configured sizes fit the uplinks. */
import { readFileSync } from "node:fs";
import type { DaemonConfig } from "../config/resolve.ts";
import type { CheckCode } from "./codes.ts";
import { error, type Finding, info, ok, warn } from "./finding.ts";
import type { Uplinks } from "./uplinks.ts";

/** The minimum MTU of IPv6 in bytes (RFC 8200 §5), and the largest packet in Teredo (RFC 4380 §5.4.1). */
const MIN_IPV6_MTU = 1280;
/** Bytes of the IPv4 and UDP headers around a Teredo packet. */
const TEREDO_OVERHEAD_BYTES = 28;

/** All findings about sizes. */
export function checkMtu({ file }: DaemonConfig, { ipv6, ipv4 }: Uplinks): readonly Finding<CheckCode>[] {
  const findings: Finding<CheckCode>[] = [];
  const mtu6 = ipv6 === undefined ? undefined : mtuOf(ipv6);
  if (mtu6 !== undefined) findings.push(judgeUplink(ipv6 ?? "", mtu6, file.mtu.ipv6));
  const mtu4 = ipv4 === undefined ? undefined : mtuOf(ipv4);
  if (mtu4 !== undefined && file["peer-exits"]?.relay === "builtin" && mtu4 < MIN_IPV6_MTU + TEREDO_OVERHEAD_BYTES) {
    findings.push(warn("mtu-relay", `The MTU of ${ipv4} is ${mtu4}: Teredo packets have to be fragmented.`));
  }
  return findings;
}

function judgeUplink(uplink: string, mtu: number, configured: number): Finding<CheckCode> {
  if (mtu < MIN_IPV6_MTU) return error("mtu-uplink", `The MTU of ${uplink} is ${mtu}: IPv6 needs ${MIN_IPV6_MTU}.`);
  if (mtu >= configured)
    return ok("mtu-uplink", `The MTU of ${uplink} (${mtu}) is enough for mtu.ipv6 = ${configured}.`);
  return info(
    "mtu-uplink",
    `The MTU of ${uplink} is ${mtu}, below mtu.ipv6 = ${configured}: the kernel answers larger packets with Packet Too Big.`,
    `Set mtu.ipv6 = ${mtu} to avoid these errors.`,
  );
}

function mtuOf(device: string): number | undefined {
  try {
    return Number(readFileSync(`/sys/class/net/${device}/mtu`, "utf8"));
  } catch {
    return undefined;
  }
}
