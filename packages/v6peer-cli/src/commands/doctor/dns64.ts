/** The NAT64 prefix of the DNS64 of resolvers (RFC 7050). */

import { getServers } from "node:dns";
import { Resolver } from "node:dns/promises";
import { discoverPrefixes, IPV4ONLY_NAME } from "@nat64/rfc6052";
import type { DaemonConfig } from "@nat64/v6peer-daemon/config";
import { type DoctorFinding, found } from "./codes.ts";

/** Milliseconds for one query, and tries. */
const TIMEOUT_MS = 2_000;
const TRIES = 2;
/** As many resolvers as resolv.conf(5) uses. */
const MAX_RESOLVERS = 3;

/** Error codes that mean that a working resolver has no answer. */
const NO_ANSWER: ReadonlySet<string> = new Set(["ENODATA", "ENOTFOUND"]);

/** Queries the resolvers of this host, or the named ones. */
export async function askResolvers(config: DaemonConfig, named: readonly string[]): Promise<readonly DoctorFinding[]> {
  const servers = named.length > 0 ? named : getServers().slice(0, MAX_RESOLVERS);
  if (servers.length === 0) return [found("info", "dns64-resolver", "This host has no resolver.")];
  return Promise.all(servers.map((server) => askResolver(server, config)));
}

async function askResolver(server: string, config: DaemonConfig): Promise<DoctorFinding> {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  try {
    resolver.setServers([server]);
    return judgeAnswers(server, await resolver.resolve6(IPV4ONLY_NAME), config);
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    if (NO_ANSWER.has(code)) return judgeAnswers(server, [], config);
    const why = code === "ETIMEOUT" ? "no answer" : message;
    return found("info", "dns64-resolver", `The query for ${IPV4ONLY_NAME} to the resolver ${server} failed: ${why}.`);
  }
}

/** Evaluates AAAA answers for ipv4only.arpa. */
export function judgeAnswers(
  server: string,
  answers: readonly string[],
  { nat64Prefix, file }: Pick<DaemonConfig, "nat64Prefix" | "file">,
): DoctorFinding {
  const prefixes = discoverPrefixes(answers).prefixes.map(({ prefix }) => prefix);
  if (prefixes.length === 0) {
    return found(
      "info",
      "dns64",
      `The resolver ${server} has no DNS64: it returns no IPv6 address for ${IPV4ONLY_NAME}.`,
    );
  }
  const own = [nat64Prefix, ...file["extra-prefixes"]];
  const ours = prefixes.filter((prefix) => own.includes(prefix));
  const all = prefixes.join(", ");
  if (ours.length === prefixes.length)
    return found("ok", "dns64", `The DNS64 of ${server} uses ${all}, the prefix of this peer.`);
  if (ours.length > 0)
    return found("ok", "dns64", `The DNS64 of ${server} uses ${all}; ${ours.join(", ")} is the prefix of this peer.`);
  return found("info", "dns64", `The DNS64 of ${server} uses ${all}, not ${nat64Prefix}.`);
}
