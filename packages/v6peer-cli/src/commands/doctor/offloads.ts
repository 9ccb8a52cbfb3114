/** Checks whether the kernel and the uplink support super-packets. */
import { runTool } from "@nat64/daemon-kit/host";
import { findUplinks } from "@nat64/v6peer-daemon/check";
import type { Status } from "@nat64/v6peer-daemon/client";
import type { DaemonConfig } from "@nat64/v6peer-daemon/config";
import { z } from "zod";
import { type DoctorFinding, found } from "./codes.ts";

/** The offloads of the TUN device, from the status of the running daemon. */
export function judgeTunOffloads({
  offloads,
  interface: device,
}: Pick<Status, "offloads" | "interface">): DoctorFinding {
  const missing = Object.entries(offloads).filter(([name, isOn]) => !isOn && NEEDED.has(name));
  const names = (entries: readonly (readonly [string, boolean])[]) => entries.map(([name]) => name).join(", ");
  if (missing.length === 0) {
    const on = Object.entries(offloads).filter(([, isOn]) => isOn);
    return found("ok", "offload-tun", `${device} has the offloads ${names(on)}.`);
  }
  return found("info", "offload-tun", `${device} does not have the offloads ${names(missing)}.`);
}

/** The offloads that v6peerd enables. */
const NEEDED: ReadonlySet<string> = new Set(["vnetHeader", "checksum", "tso4", "tso6"]);

const featuresSchema = z.array(z.record(z.string(), z.unknown()));

/** The offloads of the uplinks, from ethtool; no findings without ethtool. */
export function examineUplinkOffloads({ file }: DaemonConfig): readonly DoctorFinding[] {
  const { ipv6, ipv4 } = findUplinks();
  const isRelay = file["peer-exits"]?.relay === "builtin";
  const wanted = ["generic-receive-offload", "tcp-segmentation-offload", ...(isRelay ? ["tx-udp-segmentation"] : [])];
  return [...new Set([ipv6, ipv4])].flatMap((device) => {
    if (device === undefined) return [];
    const missing = wanted.filter((name) => readFeature(device, name) === false);
    if (missing.length === 0) return [];
    const remedy = `Run ethtool -K ${device} ${missing.map((name) => `${name} on`).join(" ")}, if the driver supports it.`;
    return [found("info", "offload-uplink", `${device} does not have ${missing.join(", ")}.`, remedy)];
  });
}

/** `undefined` if unknown. */
function readFeature(device: string, name: string): boolean | undefined {
  try {
    const [features] = featuresSchema.parse(JSON.parse(runTool("ethtool", ["--json", "-k", device])));
    const { active } = z.object({ active: z.boolean() }).parse(features[name]);
    return active;
  } catch {
    return undefined;
  }
}
