/** Reverse names: what the DNS says of addresses. */
import { Resolver } from "node:dns/promises";
import type { Explanation, ReverseNames } from "../../address/explanation.ts";

/** Milliseconds for one try, and tries: ten seconds in all at the most. */
const TIMEOUT = 2_500;
const TRIES = 2;

/** Errors that mean that there is no name. */
const NO_NAME: readonly string[] = ["ENOTFOUND", "ENODATA"];

/** Looks up the names of the address that is explained, and of those in it. Never rejects. */
export function lookUpNames(explanation: Explanation): Promise<readonly ReverseNames[]> {
  const { address, mapped, embeddings = [], teredo } = explanation;
  const embedded = embeddings.flatMap(({ ipv4 }) => (ipv4 === undefined ? [] : [ipv4.address]));
  const inside = [...(mapped === undefined ? [] : [mapped.address]), ...embedded];
  const ofTeredo = teredo === undefined ? [] : [teredo.mapped.address, teredo.server.address];
  return Promise.all([...new Set([address, ...inside, ...ofTeredo])].map(lookUp));
}

async function lookUp(address: string): Promise<ReverseNames> {
  try {
    return { address, names: await new Resolver({ timeout: TIMEOUT, tries: TRIES }).reverse(address) };
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (NO_NAME.includes(code)) return { address, names: [] };
    return { address, names: [], problem: PROBLEMS[code] ?? `the DNS did not answer (${code})` };
  }
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ETIMEOUT: "no DNS server answered in time",
  ECONNREFUSED: "no DNS server is reachable: is there one in /etc/resolv.conf?",
  ESERVFAIL: "the DNS server failed",
  EREFUSED: "the DNS server refused the query",
};
