/** Rules that nftables does not show. */
import { readFileSync } from "node:fs";
import { CHECK_CODES, type CheckCode } from "../codes.ts";
import { type Finding, info } from "../finding.ts";

/** The files in which the kernel lists the legacy iptables tables in use. */
const LISTS = { ip6tables: "/proc/net/ip6_tables_names", iptables: "/proc/net/ip_tables_names" } as const;

/** Checks whether there are legacy tables that filter. @param read returns the text of a file; for tests */
export function checkLegacy(read: (path: string) => string = readText): readonly Finding<CheckCode>[] {
  const used = Object.entries(LISTS).flatMap(([name, path]) =>
    read(path).split("\n").includes("filter") ? [name] : [],
  );
  if (used.length === 0) return [];
  const message = `Rules of legacy ${used.join(" and ")} are loaded; nftables does not show them.`;
  return [info("firewall-legacy", message, CHECK_CODES["firewall-legacy"].fix)];
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // a kernel without them has no such file
  }
}
