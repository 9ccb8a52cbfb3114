/** Proposals, from the host's own addresses and routes: which /80, and where IPv4 leaves. */
import { cidrContains, cidrsOverlap, formatIPv6, type IPv6Words, parseBlock, parseCidr } from "@nat64/rfc6052";
import type { Route } from "@nat64/v6peer-daemon/check";
import type { ExitChoice } from "./answers.ts";
import type { HostFacts } from "./host-facts.ts";
import { complaintAbout } from "./judge.ts";

/** A /80 that this host probably has, and why. */
export interface PrefixProposal {
  readonly prefix: string;
  /** A few words on where it comes from. */
  readonly why: string;
  /** Whether it looks routed. Otherwise it is on-link, and the provider has to route it first. */
  readonly isRouted: boolean;
}

/** The maximum number of proposals. */
const MAX_PROPOSALS = 4;

/** The proposals, the most likely one first. */
export function proposePrefixes(facts: HostFacts, lab: boolean): readonly PrefixProposal[] {
  const uplinks = new Set(facts.ipv6Routes.filter(({ dst }) => dst === "default").flatMap(devicesOf));
  const blocks = facts.ipv6Routes.filter(isBlock).map((route) => ({ route, ...judgeBlock(route, uplinks) }));
  const proposals = blocks.flatMap(({ route, why, isRouted, rank }) => {
    const prefix = carve(route.dst, facts);
    if (prefix === undefined || complaintAbout("prefix", { prefix, lab }) !== undefined) return [];
    return [{ prefix, why, isRouted, rank }];
  });
  const sorted = proposals.sort((a, b) => a.rank - b.rank);
  const unique = sorted.filter(({ prefix }, at) => sorted.findIndex((each) => each.prefix === prefix) === at);
  return unique.slice(0, MAX_PROPOSALS).map(({ prefix, why, isRouted }) => ({ prefix, why, isRouted }));
}

/** Whether the route is to a block that contains a /80 and is small enough to belong to one network. */
function isBlock({ dst }: Route): boolean {
  const length = Number(dst.split("/")[1] ?? 128);
  return dst !== "default" && length >= 28 && length <= 80;
}

function judgeBlock(
  { dst, type, protocol, dev, gateway }: Route,
  uplinks: ReadonlySet<string>,
): { readonly why: string; readonly isRouted: boolean; readonly rank: number } {
  // An operator with a routed block often adds such a route, so that unused addresses do not loop to the provider.
  if (type !== undefined && type !== "unicast") {
    return { why: `in ${dst}, for which this host has an ${type} route`, isRouted: true, rank: 0 };
  }
  const isOnUplink = dev === undefined || uplinks.has(dev);
  if (isOnUplink && (protocol === "kernel" || protocol === "ra" || gateway === undefined)) {
    const why = `in ${dst}, on-link on ${dev ?? "the uplink"}; "v6peer doctor" tests whether it is also routed`;
    return { why, isRouted: false, rank: 3 };
  }
  if (isOnUplink) return { why: `in ${dst}`, isRouted: false, rank: 4 };
  return { why: `in ${dst}, the network on ${dev}`, isRouted: true, rank: gateway === undefined ? 1 : 2 };
}

/** The number of /80s to try in a block. */
const MAX_TRIES = 64;

/** A /80 of the block in which this host has neither address nor narrower route; `undefined` if there is none near its start. */
function carve(block: string, { addresses, ipv6Routes }: HostFacts): string | undefined {
  const { words, length } = parseCidr(block);
  const own = addresses.filter(({ address }) => address.includes(":")).map(({ address }) => parseBlock(address));
  const outer = parseBlock(block);
  const narrower = ipv6Routes
    .filter(({ dst }) => dst !== "default" && dst !== block && Number(dst.split("/")[1] ?? 128) >= length)
    .map(({ dst }) => parseBlock(dst))
    .filter((each) => cidrContains(outer, each));
  for (const each of candidates(words, length)) {
    const candidate = parseBlock(each);
    if (!cidrContains(outer, candidate) || own.some((address) => cidrContains(candidate, address))) continue;
    if (!narrower.some((route) => cidrsOverlap(route, candidate))) return each;
  }
  return undefined;
}

/**
 * Of a block with subnets: the first /80 of subnet 64 (hexadecimal) and of those after it. Of a single subnet: its /80s
 * from the fifth group 64 on, since low ones hold the addresses that people give to hosts. Bits 64 to 71 stay zero.
 */
function* candidates([w0, w1]: IPv6Words, length: number): Generator<string> {
  const show = (second: number, third: number) => `${formatIPv6([w0, second | 0, third | 0, 0])}/80`;
  if (length === 80) {
    yield show(w1, 0);
    return;
  }
  const subnets = length < 64 ? Math.min(MAX_TRIES, 2 ** (64 - length)) : 0;
  const first = subnets === MAX_TRIES && length <= 56 ? 0x64 : 1;
  for (let i = 0; i < subnets; i++) yield show(w1 | (first + i), 0);
  for (let i = 0; length >= 64 && i < MAX_TRIES; i++) yield show(w1, (0x64 + i) << 16);
}

function devicesOf({ dev, nexthops }: Route): readonly string[] {
  return [dev, ...(nexthops ?? []).map((each) => each.dev)].filter((each) => each !== undefined);
}

/** Where IPv4 traffic can leave, and the public address there. */
export interface IPv4Proposal {
  readonly exits: ExitChoice;
  /** This host's address towards the internet. */
  readonly address?: string;
  /** A public address for the built-in relay. */
  readonly relayAddress?: string;
}

/** A host with an IPv4 default route gets a local exit; a host without one needs peers. */
export function proposeIPv4({ addresses, ipv4Routes }: HostFacts, lab: boolean): IPv4Proposal {
  const uplinks = ipv4Routes.filter(({ dst }) => dst === "default").flatMap(devicesOf);
  const own = addresses.filter(({ device, address }) => uplinks.includes(device) && !address.includes(":"));
  const isPublic = (relayAddress: string) =>
    complaintAbout("peer-exits.relay-address", {
      lab,
      prefix: lab ? "2001:db8::/80" : "2a00::/80",
      exits: "peers",
      relay: "builtin",
      relayAddress,
      coordinator: { host: "c.example", abuse: "abuse@example.net", listed: false },
    }) === undefined;
  const relayAddress = own.find(({ address }) => isPublic(address))?.address;
  return {
    exits: uplinks.length > 0 ? "local" : "peers",
    ...(own.length > 0 && { address: own[0].address }),
    ...(relayAddress !== undefined && { relayAddress }),
  };
}
