/** `[sharing]`: whose prefixes a DNS64 may use, and how they are looked at. `v6peer` reads it; the daemon does not. */
import { type Complaint, integer, list, matching, peerId, table, text } from "@nat64/daemon-kit/config";
import { compilePool, compileRefusals, LABORATORY_BLOCKS, parseIPv4 } from "@nat64/rfc6052";
import { z } from "zod";
import { refusePeerPrefix } from "./prefix.ts";

/** Maximum number of trusted identities: each costs a probe every few seconds. */
export const MAX_TRUSTED = 32;

/** Maximum number of prefixes in use at once: each adds an AAAA record for every A record. */
export const MAX_ACTIVE = 3;

/** The table, defaults filled in. */
export interface SharingFile {
  /** URL of the coordinator's public list of prefixes, for hosts without a daemon. */
  readonly list?: string | undefined;
  /** IPv6 peers whose prefixes a DNS64 may use in addition to its own, the preferred ones first. */
  readonly trusted: readonly TrustedPeer[];
  /** Number of prefixes in use at once. */
  readonly active: number;
  /** Probe targets: IPv4 addresses with TCP ports, `address:port`. One answer is enough. */
  readonly targets: readonly string[];
  /** Seconds between two probes of a prefix. */
  readonly interval: number;
  /** Failed probes in a row before a prefix is removed. */
  readonly failures: number;
  /** Successful probes in a row, and the minimum seconds that they span, before a prefix returns. */
  readonly successes: number;
  readonly over: number;
}

/** A trusted IPv6 peer. */
export interface TrustedPeer {
  /** Peer id. */
  readonly peer: string;
  /** Its /80. Left out, the list of prefixes says it. */
  readonly prefix?: string | undefined;
}

/** Public resolvers of three operators, by TCP. */
const TARGETS: readonly string[] = ["8.8.8.8:53", "1.1.1.1:53", "9.9.9.9:53"];

const TARGET = /^(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})$/;

/** The defaults, for files without the table and hosts without a file. */
export function defaultSharing(): SharingFile {
  return sharingSchema(false).parse({});
}

/** The schema of the table. */
export function sharingSchema(isLab: boolean): z.ZodType<SharingFile> {
  const trusted = z.preprocess(
    (value) => (typeof value === "string" ? { peer: value } : value),
    table(
      {
        peer: peerId(),
        prefix: text("an IPv6 prefix of length 80", (each) => refusePeerPrefix(each, isLab)).optional(),
      },
      "a peer id, or a table of peer and prefix",
    ),
  );
  return table({
    list: matching('a URL such as "https://coordinator.example.net/prefixes"', isHttpUrl).optional(),
    trusted: list("peer ids", trusted, 0, MAX_TRUSTED).default([]),
    active: integer(1, MAX_ACTIVE).default(2),
    targets: list(
      "targets",
      text('an IPv4 address and a TCP port such as "8.8.8.8:53"', (each) => refuseTarget(each, isLab)),
      1,
      8,
    ).default([...TARGETS]),
    interval: integer(1, 3600, " of seconds").default(10),
    failures: integer(1, 100).default(3),
    successes: integer(1, 100).default(5),
    over: integer(0, 86_400, " of seconds").default(60),
  });
}

/** Finds conflicts between keys of the table, and with this peer's prefix. @param prefix this peer's /80 */
export function checkSharing(prefix: string, sharing: SharingFile): readonly Complaint[] {
  const own = compilePool(prefix).text;
  return sharing.trusted.flatMap((trusted, index): readonly Complaint[] => {
    const path = ["sharing", "trusted", index];
    const before = sharing.trusted.slice(0, index);
    if (before.some(({ peer }) => peer === trusted.peer)) return [{ path, message: `${trusted.peer} is listed twice` }];
    if (trusted.prefix === undefined) return [];
    const pool = compilePool(trusted.prefix).text;
    if (pool === own) return [{ path: [...path, "prefix"], message: `${pool} is this peer's own prefix` }];
    const isTwice = before.some((each) => each.prefix !== undefined && compilePool(each.prefix).text === pool);
    return isTwice ? [{ path: [...path, "prefix"], message: `${pool} is listed twice` }] : [];
  });
}

/** Why `text` cannot be a target; `undefined` if it can. Throws an `AddressError` if the address is invalid. */
export function refuseTarget(text: string, isLab: boolean): string | undefined {
  const [, address, port] = TARGET.exec(text) ?? [];
  if (address === undefined || Number(port) < 1 || Number(port) > 65_535) {
    return 'expected an IPv4 address and a TCP port such as "8.8.8.8:53"';
  }
  const refusals = compileRefusals({ allow: isLab ? LABORATORY_BLOCKS : [] });
  return refusals.refusesIPv4(parseIPv4(address))
    ? `${address} is not global unicast, so it cannot be reached through a NAT64`
    : undefined;
}

/** Whether `text` is a URL from which the list of prefixes can be fetched. */
export function isHttpUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}
