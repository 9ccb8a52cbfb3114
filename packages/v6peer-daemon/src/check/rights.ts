import { readFileSync } from "node:fs";

/** CAP_NET_ADMIN, as a bit of `CapEff` in /proc/self/status (capabilities(7)). */
const CAP_NET_ADMIN = 1n << 12n;

/** Whether this process may configure the network: it is root or has the capability. */
export function mayConfigureNetwork(): boolean {
  const status = readFileSync("/proc/self/status", "utf8");
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? "0"}`);
  return (effective & CAP_NET_ADMIN) !== 0n;
}
