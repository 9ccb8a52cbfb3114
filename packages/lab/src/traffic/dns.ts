import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Outcome } from "../netns/command.ts";
import type { Host } from "../netns/host.ts";
import type { Lab } from "../netns/lab.ts";

const QUERY = fileURLToPath(new URL("../../dist/endpoints/dns-query.js", import.meta.url));

/** The answer of a DNS server to a query for AAAA records without EDNS. */
export interface DnsAnswer {
  readonly bytes: number;
  readonly isTruncated: boolean;
  /** RCODE (RFC 1035 §4.1.1). */
  readonly code: number;
  readonly addresses: readonly string[];
}

/** Asks a DNS server for the IPv6 addresses of a name. */
export async function queryAaaa(host: Host, server: string, name: string): Promise<DnsAnswer> {
  return JSON.parse(await host.must([process.execPath, QUERY, server, name]));
}

/** Runs a program in a host with an /etc/resolv.conf that names only this DNS server. The file is temporary. */
export function runWithResolver(lab: Lab, host: Host, server: string, argv: readonly string[]): Promise<Outcome> {
  const file = `${lab.directory}/${host.name}-resolv.conf`;
  writeFileSync(file, `nameserver ${server}\noptions timeout:2 attempts:2\n`);
  return host.run(["unshare", "--mount", "sh", "-ec", 'mount --bind "$0" /etc/resolv.conf; exec "$@"', file, ...argv]);
}
