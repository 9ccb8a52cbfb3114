/** Whether packets of the sizes that are promised fit the uplinks. */
import { readFileSync } from "node:fs";
import type { DaemonConfig } from "../config/resolve.ts";
import type { CheckCode } from "./codes.ts";
import { error, type Finding, info, ok, warn } from "./finding.ts";
import type { Uplinks } from "./uplinks.ts";

/** The least that IPv6 asks of a link (RFC 8200 §5), and what Teredo carries in one packet (RFC 4380 §5.4.1). */
const LEAST_IPV6 = 1280;
/** An IPv4 and a UDP header around it. */
const TEREDO_OVERHEAD = 28;

/** All findings about sizes. */
export function checkMtu({ file }: DaemonConfig, { ipv6, ipv4 }: Uplinks): readonly Finding<CheckCode>[] {
  const findings: Finding<CheckCode>[] = [];
  const mtu6 = ipv6 === undefined ? undefined : mtuOf(ipv6);
  if (mtu6 !== undefined) findings.push(judgeUplink(ipv6 ?? "", mtu6, file.mtu.ipv6));
  const mtu4 = ipv4 === undefined ? undefined : mtuOf(ipv4);
  if (mtu4 !== undefined && file["peer-exits"]?.relay === "builtin" && mtu4 < LEAST_IPV6 + TEREDO_OVERHEAD) {
    findings.push(warn("mtu-relay", `The MTU of ${ipv4} is ${mtu4}: Teredo packets have to be fragmented.`));
  }
  return findings;
}

function judgeUplink(uplink: string, mtu: number, configured: number): Finding<CheckCode> {
  if (mtu < LEAST_IPV6) return error("mtu-uplink", `The MTU of ${uplink} is ${mtu}: IPv6 needs ${LEAST_IPV6}.`);
  if (mtu >= configured)
    return ok("mtu-uplink", `The MTU of ${uplink}, ${mtu}, is enough for mtu.ipv6 = ${configured}.`);
  return info(
    "mtu-uplink",
    `The MTU of ${uplink} is ${mtu}, below mtu.ipv6 = ${configured}: the kernel answers larger packets with Packet Too Big.`,
    `Set mtu.ipv6 = ${mtu} to save that round.`,
  );
}

function mtuOf(device: string): number | undefined {
  try {
    return Number(readFileSync(`/sys/class/net/${device}/mtu`, "utf8"));
  } catch {
    return undefined;
  }
}
