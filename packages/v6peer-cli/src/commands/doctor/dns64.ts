/** Which NAT64 prefix resolvers answer with (RFC 7050). */

import { getServers } from "node:dns";
import { Resolver } from "node:dns/promises";
import { discoverPrefixes, IPV4ONLY_NAME } from "@nat64/rfc6052";
import type { DaemonConfig } from "@nat64/v6peer-daemon/config";
import { type DoctorFinding, found } from "./codes.ts";

/** Milliseconds that a resolver may take, and how often it is asked. */
const PATIENCE = 2_000;
const TRIES = 2;
/** The most resolvers that are asked: as many as resolv.conf(5) uses. */
const MOST = 3;

/** Answers that say that there is nothing, by a resolver that works. */
const NOTHING: ReadonlySet<string> = new Set(["ENODATA", "ENOTFOUND"]);

/** Asks the host's resolvers, or those that were named. */
export async function askResolvers(config: DaemonConfig, named: readonly string[]): Promise<readonly DoctorFinding[]> {
  const servers = named.length > 0 ? named : getServers().slice(0, MOST);
  if (servers.length === 0) return [found("info", "dns64-resolver", "This host has no resolver to ask.")];
  return Promise.all(servers.map((server) => askResolver(server, config)));
}

async function askResolver(server: string, config: DaemonConfig): Promise<DoctorFinding> {
  const resolver = new Resolver({ timeout: PATIENCE, tries: TRIES });
  try {
    resolver.setServers([server]);
    return judgeAnswers(server, await resolver.resolve6(IPV4ONLY_NAME), config);
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    if (NOTHING.has(code)) return judgeAnswers(server, [], config);
    const why = code === "ETIMEOUT" ? "no answer" : message;
    return found("info", "dns64-resolver", `The resolver ${server} could not be asked for ${IPV4ONLY_NAME}: ${why}.`);
  }
}

/** What AAAA answers for ipv4only.arpa mean. */
export function judgeAnswers(
  server: string,
  answers: readonly string[],
  { nat64Prefix, file }: Pick<DaemonConfig, "nat64Prefix" | "file">,
): DoctorFinding {
  const prefixes = discoverPrefixes(answers).prefixes.map(({ prefix }) => prefix);
  if (prefixes.length === 0) {
    return found("info", "dns64", `The resolver ${server} has no DNS64: it knows no IPv6 address of ${IPV4ONLY_NAME}.`);
  }
  const own = [nat64Prefix, ...file["extra-prefixes"]];
  const ours = prefixes.filter((prefix) => own.includes(prefix));
  const all = prefixes.join(", ");
  if (ours.length === prefixes.length)
    return found("ok", "dns64", `The DNS64 of ${server} uses ${all}, which is ours.`);
  if (ours.length > 0) return found("ok", "dns64", `The DNS64 of ${server} uses ${all}; ours is ${ours.join(", ")}.`);
  return found("info", "dns64", `The DNS64 of ${server} uses ${all}, not ${nat64Prefix}.`);
}
