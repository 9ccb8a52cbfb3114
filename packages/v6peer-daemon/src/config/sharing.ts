/** `[sharing]`: whose prefixes a DNS64 may use, and how they are looked at. `v6peer` reads it; the daemon does not. */
import { type Complaint, integer, list, matching, peerId, table, text } from "@nat64/daemon-kit/config";
import { compilePool, compileRefusals, LABORATORY_BLOCKS, parseIPv4 } from "@nat64/rfc6052";
import { z } from "zod";
import { refusePeerPrefix } from "./prefix.ts";

/** Most identities that may be trusted: each costs a probe every few seconds. */
export const MAX_TRUSTED = 32;

/** Most prefixes in the answers at once: each brings another AAAA record for every A record. */
export const MAX_ACTIVE = 3;

/** The table, defaults filled in. */
export interface SharingFile {
  /** URL of the coordinator's public list of prefixes, for hosts on which no daemon can be asked. */
  readonly list?: string | undefined;
  /** IPv6 peers whose prefixes a DNS64 may use besides the own one, the preferred ones first. */
  readonly trusted: readonly TrustedPeer[];
  /** How many prefixes are in the answers at once. */
  readonly active: number;
  /** IPv4 addresses with TCP ports, `address:port`, that are tried through a prefix. One that answers is enough. */
  readonly targets: readonly string[];
  /** Seconds between two probes of a prefix. */
  readonly interval: number;
  /** Probes in a row that fail before a prefix leaves. */
  readonly failures: number;
  /** Probes in a row that succeed, and the seconds that they span at least, before it comes back. */
  readonly successes: number;
  readonly over: number;
}

/** An IPv6 peer that is trusted. */
export interface TrustedPeer {
  /** Peer id. */
  readonly peer: string;
  /** Its /80. Left out, the list of prefixes is believed about that. */
  readonly prefix?: string | undefined;
}

/** Public resolvers, which are there for everybody to ask, at three operators, by TCP. */
const TARGETS: readonly string[] = ["8.8.8.8:53", "1.1.1.1:53", "9.9.9.9:53"];

const TARGET = /^(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})$/;

/** The table of a file that has none, and of hosts without a file. */
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

/** The conflicts between the keys of the table, and with the own prefix. @param prefix the own /80 */
export function checkSharing(prefix: string, sharing: SharingFile): readonly Complaint[] {
  const own = compilePool(prefix).text;
  return sharing.trusted.flatMap((trusted, index): readonly Complaint[] => {
    const path = ["sharing", "trusted", index];
    const before = sharing.trusted.slice(0, index);
    if (before.some(({ peer }) => peer === trusted.peer)) return [{ path, message: `${trusted.peer} is there twice` }];
    if (trusted.prefix === undefined) return [];
    const pool = compilePool(trusted.prefix).text;
    if (pool === own) return [{ path: [...path, "prefix"], message: `${pool} is the own prefix` }];
    const isTwice = before.some((each) => each.prefix !== undefined && compilePool(each.prefix).text === pool);
    return isTwice ? [{ path: [...path, "prefix"], message: `${pool} is there twice` }] : [];
  });
}

/** What is wrong with `text` as a target, or nothing. Throws an `AddressError` for an address that is none. */
export function refuseTarget(text: string, isLab: boolean): string | undefined {
  const [, address, port] = TARGET.exec(text) ?? [];
  if (address === undefined || Number(port) < 1 || Number(port) > 65_535) {
    return 'expected an IPv4 address and a TCP port such as "8.8.8.8:53"';
  }
  const refusals = compileRefusals({ allow: isLab ? LABORATORY_BLOCKS : [] });
  return refusals.refusesIPv4(parseIPv4(address))
    ? `${address} is not global unicast: no NAT64 would let it be reached`
    : undefined;
}

/** Whether `text` is a URL that the list of prefixes can be fetched from. */
export function isHttpUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}
