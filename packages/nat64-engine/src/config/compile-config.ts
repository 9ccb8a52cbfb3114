/** Checks the plain configuration and turns text into numbers. Everything here throws {@link ConfigError}. */
import {
  AddressError,
  type Cidr,
  compilePool,
  compilePrefix,
  type IPv6Words,
  type Pool,
  type Prefix,
  parseCidr,
  parseIPv4,
  parseIPv6,
} from "@nat64/rfc6052";
import type { ExitPolicyRow } from "../exits/exit-policy.ts";
import { MAX_REFUSED_ROWS } from "../exits/refused-destinations.ts";
import { Protocol } from "../packet/packet.ts";
import type { CommonConfig, PoolRange, StatefulConfig, StaticBinding, TableConfig, TimerConfig } from "./config.ts";
import { ConfigError } from "./config-error.ts";

/** The largest pool: a /16. */
const MAX_POOL_ADDRESSES = 65_536;

/** RFC 8200 §5: every IPv6 link carries 1280 bytes; RFC 791: every IPv4 module forwards 68. */
const MIN_MTU = { ipv6: 1280, ipv4: 68 };
const MAX_MTU = 65_535;

const MAX_SESSIONS = 16_777_216;

/** Defaults of the tables of fragments. */
export const DEFAULT_FRAGMENTED_PACKETS = 1024;
export const DEFAULT_HELD_BYTES: number = 2 * 1024 * 1024;
export const DEFAULT_FRAGMENT_SECONDS = 10;

/** Settings of all modes, as numbers. */
export interface CommonSettings {
  readonly ownIPv6: IPv6Words;
  readonly ownIPv4: number;
  readonly mtuIPv6: number;
  readonly mtuIPv4: number;
  readonly lowestIPv6: number;
  readonly computesZeroChecksum: boolean;
  readonly icmpErrorsPerSecond: number;
  readonly icmpErrorBurst: number;
  readonly allowSpecialPurpose: boolean;
  /** The value of Traffic Class and Type of Service, −1 to copy them. */
  readonly trafficClassToIPv6: number;
  readonly trafficClassToIPv4: number;
}

/** One pool address with the first and last port of each protocol. */
export interface PoolAddress {
  readonly address: number;
  readonly tcp: readonly [number, number];
  readonly udp: readonly [number, number];
  readonly icmp: readonly [number, number];
}

/** A static binding as numbers; `protocol` is the IPv4 protocol number. */
export interface StaticBindingSettings {
  readonly protocol: number;
  readonly client: IPv6Words;
  readonly clientPort: number;
  readonly poolAddress: number;
  readonly poolPort: number;
}

/** A stateful configuration as numbers. */
export interface StatefulSettings extends CommonSettings {
  readonly prefixes: readonly Prefix[];
  readonly pool: readonly PoolAddress[];
  /** The /80 whose selectors name peer exits; undefined without peer exits. */
  readonly exitPool: Pool | undefined;
  /** Weight of the local exit; 0 when there is none. */
  readonly localWeight: number;
  readonly staticBindings: readonly StaticBindingSettings[];
  readonly filtering: NonNullable<StatefulConfig["filtering"]>;
  readonly refusedSources: readonly string[];
  readonly refusedByLocalExit: readonly ExitPolicyRow[];
  readonly hostAddresses: readonly Cidr[];
  readonly hairpinning: boolean;
  readonly resetsUnknownConnections: boolean;
  readonly timers: TimerConfig;
  readonly tables: TableConfig;
  readonly caps: NonNullable<StatefulConfig["caps"]>;
}

/** Checks the settings of all modes. */
export function compileCommon(config: CommonConfig): CommonSettings {
  return {
    ownIPv6: at("ownAddresses.ipv6", () => parseIPv6(config.ownAddresses.ipv6)),
    ownIPv4: at("ownAddresses.ipv4", () => parseIPv4(config.ownAddresses.ipv4)),
    mtuIPv6: integer("mtu.ipv6", config.mtu?.ipv6 ?? 1500, MIN_MTU.ipv6, MAX_MTU),
    mtuIPv4: integer("mtu.ipv4", config.mtu?.ipv4 ?? 1500, MIN_MTU.ipv4, MAX_MTU),
    lowestIPv6: integer("mtu.lowestIPv6", config.mtu?.lowestIPv6 ?? 1280, MIN_MTU.ipv6, config.mtu?.ipv6 ?? 1500),
    computesZeroChecksum: (config.udpZeroChecksum ?? "compute") === "compute",
    icmpErrorsPerSecond: integer("icmpErrors.perSecond", config.icmpErrors?.perSecond ?? 1000, 0, 1_000_000),
    icmpErrorBurst: integer("icmpErrors.burst", config.icmpErrors?.burst ?? 100, 0, 1_000_000),
    allowSpecialPurpose: config.allowSpecialPurpose ?? false,
    trafficClassToIPv6: trafficClass("trafficClass.toIPv6", config.trafficClass?.toIPv6),
    trafficClassToIPv4: trafficClass("trafficClass.toIPv4", config.trafficClass?.toIPv4),
  };
}

/** Checks a stateful configuration. */
export function compileStateful(config: StatefulConfig): StatefulSettings {
  const common = compileCommon(config);
  const { peerExits } = config;
  const pool = compileIPv4Pool(config.pool, peerExits === undefined ? 1 : 0);
  const exitPool = peerExits === undefined ? undefined : at("peerExits.pool", () => compilePool(peerExits.pool));
  return {
    ...common,
    prefixes: compilePrefixes(config.prefixes, common.allowSpecialPurpose),
    pool,
    exitPool,
    localWeight: pool.length === 0 ? 0 : integer("peerExits.localWeight", peerExits?.localWeight ?? 1, 0, 1000),
    staticBindings: (config.staticBindings ?? []).map((binding, i) =>
      compileBinding(`staticBindings[${i}]`, binding, pool),
    ),
    filtering: config.filtering ?? "endpoint-independent",
    refusedSources: (config.refusedSources ?? []).map((text, i) => {
      const { family } = at(`refusedSources[${i}]`, () => parseCidr(text));
      if (family !== 6) throw new ConfigError(`refusedSources[${i}]`, `${text} is not an IPv6 prefix.`);
      return text;
    }),
    refusedByLocalExit: compileRefused(config.refusedByLocalExit ?? []),
    hostAddresses: compileHostAddresses(config.hostAddresses ?? []),
    hairpinning: config.hairpinning ?? true,
    resetsUnknownConnections: config.resetUnknownConnections ?? true,
    timers: compileTimers(config.timers ?? {}),
    tables: compileTables(config.tables ?? {}),
    caps: compileCaps(config.caps ?? {}),
  };
}

/** Checks NAT64 prefixes: at least one, and no overlap. */
export function compilePrefixes(texts: readonly string[], allowSpecialPurpose: boolean): readonly Prefix[] {
  if (texts.length === 0) throw new ConfigError("prefixes", "at least one NAT64 prefix is required.");
  const nonGlobal = allowSpecialPurpose ? "ignore" : "refuse";
  const prefixes = texts.map((text, i) => at(`prefixes[${i}]`, () => compilePrefix(text, { nonGlobal })));
  for (const [i, prefix] of prefixes.entries()) {
    const other = prefixes.find((each) => each !== prefix && each.matches(prefix.w0, prefix.w1, prefix.w2));
    if (other !== undefined) throw new ConfigError(`prefixes[${i}]`, `${prefix.text} overlaps ${other.text}.`);
  }
  return prefixes;
}

function compileIPv4Pool(ranges: readonly PoolRange[], minCount: number): readonly PoolAddress[] {
  if (ranges.length < minCount) throw new ConfigError("pool", "at least one IPv4 address is required.");
  const pool: PoolAddress[] = [];
  const seen = new Set<number>();
  for (const [i, range] of ranges.entries()) {
    const path = `pool[${i}]`;
    const text = range.address.includes("/") ? range.address : `${range.address}/32`;
    const { family, words, length } = at(`${path}.address`, () => parseCidr(text));
    if (family !== 4) throw new ConfigError(`${path}.address`, `${range.address} is not an IPv4 address or prefix.`);
    const count = 2 ** (32 - length);
    if (seen.size + count > MAX_POOL_ADDRESSES) {
      throw new ConfigError(path, `the pool is limited to ${MAX_POOL_ADDRESSES} addresses.`);
    }
    const ports = {
      tcp: portRange(`${path}.tcp`, range.tcp ?? [1024, 65_535], 1),
      udp: portRange(`${path}.udp`, range.udp ?? [1024, 65_535], 1),
      icmp: portRange(`${path}.icmp`, range.icmp ?? [0, 65_535], 0),
    };
    for (let n = 0; n < count; n++) {
      const address = (words[0] + n) | 0;
      if (seen.has(address)) throw new ConfigError(path, `${range.address} overlaps an earlier entry.`);
      seen.add(address);
      pool.push({ address, ...ports });
    }
  }
  return pool;
}

function compileBinding(path: string, binding: StaticBinding, pool: readonly PoolAddress[]): StaticBindingSettings {
  const lowest = binding.protocol === "icmp" ? 0 : 1;
  const poolAddress = at(`${path}.ipv4`, () => parseIPv4(binding.ipv4));
  if (!pool.some((each) => each.address === poolAddress)) {
    throw new ConfigError(`${path}.ipv4`, `${binding.ipv4} is not in the pool.`);
  }
  return {
    protocol: Protocol[binding.protocol],
    client: at(`${path}.ipv6`, () => parseIPv6(binding.ipv6)),
    clientPort: integer(`${path}.ipv6Port`, binding.ipv6Port, lowest, 65_535),
    poolAddress,
    poolPort: integer(`${path}.ipv4Port`, binding.ipv4Port, lowest, 65_535),
  };
}

function compileTimers(timers: Partial<TimerConfig>): TimerConfig {
  const seconds = (name: keyof TimerConfig, fallback: number, minimum: number) =>
    integer(`timers.${name}`, timers[name] ?? fallback, minimum, 86_400 * 7);
  return {
    udp: seconds("udp", 300, 120), // RFC 4787 REQ-5: not below two minutes
    tcpEstablished: seconds("tcpEstablished", 7440, 7440), // RFC 5382 REQ-5
    tcpTransitory: seconds("tcpTransitory", 240, 240), // RFC 5382 REQ-5
    tcpIncomingSyn: seconds("tcpIncomingSyn", 6, 6), // RFC 5382 REQ-4
    icmp: seconds("icmp", 60, 60), // RFC 5508 REQ-2
    fragment: seconds("fragment", DEFAULT_FRAGMENT_SECONDS, 2), // RFC 6146 §4: FRAGMENT_MIN
  };
}

function compileTables(tables: Partial<TableConfig>): TableConfig {
  const sessions = integer("tables.sessions", tables.sessions ?? 65_536, 16, MAX_SESSIONS);
  return {
    sessions,
    clients: integer("tables.clients", tables.clients ?? Math.max(4096, sessions >> 2), 16, 16_777_216),
    fragmentedPackets: integer(
      "tables.fragmentedPackets",
      tables.fragmentedPackets ?? DEFAULT_FRAGMENTED_PACKETS,
      16,
      1_048_576,
    ),
    heldBytes: integer("tables.heldBytes", tables.heldBytes ?? DEFAULT_HELD_BYTES, 128 * 1024, 1024 * 1024 * 1024),
  };
}

/** The slowest rate of a client that is counted exactly: see `ClientCaps` in `limits/`. */
const MIN_RATE_PER_SECOND = 0.001;

function compileCaps(caps: NonNullable<StatefulConfig["caps"]>): NonNullable<StatefulConfig["caps"]> {
  for (const length of ["64", "56", "48"] as const) {
    const { sessions = 0, newSessionsPerSecond = 0, packetsPerSecond = 0 } = caps[length] ?? {};
    if (sessions !== Infinity) integer(`caps.${length}.sessions`, sessions, 0, Number.MAX_SAFE_INTEGER);
    checkRate(`caps.${length}.newSessionsPerSecond`, newSessionsPerSecond);
    checkRate(`caps.${length}.packetsPerSecond`, packetsPerSecond);
  }
  return caps;
}

function checkRate(path: string, rate: number): void {
  if (rate === 0 || rate >= MIN_RATE_PER_SECOND) return;
  throw new ConfigError(path, `expected 0 or a rate of at least ${MIN_RATE_PER_SECOND} per second, found ${rate}.`);
}

/** Throws a {@link ConfigError} for too many rows. */
function compileRefused(rows: readonly ExitPolicyRow[]): readonly ExitPolicyRow[] {
  integer("refusedByLocalExit.length", rows.length, 0, MAX_REFUSED_ROWS);
  return rows;
}

/** Throws a {@link ConfigError} for blocks of IPv6, and for too many. */
function compileHostAddresses(texts: readonly string[]): readonly Cidr[] {
  integer("hostAddresses.length", texts.length, 0, MAX_REFUSED_ROWS);
  return texts.map((text, i) => {
    const block = at(`hostAddresses[${i}]`, () => parseCidr(text));
    if (block.family === 4) return block;
    throw new ConfigError(`hostAddresses[${i}]`, `${text} is not an IPv4 block.`);
  });
}

function trafficClass(path: string, value: "copy" | number | undefined): number {
  return value === undefined || value === "copy" ? -1 : integer(path, value, 0, 255);
}

function portRange(path: string, range: readonly [number, number], lowest: number): readonly [number, number] {
  const first = integer(`${path}[0]`, range[0], lowest, 65_535);
  return [first, integer(`${path}[1]`, range[1], first, 65_535)];
}

/** Checks an integer; throws a {@link ConfigError} if it is out of range. */
export function integer(path: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new ConfigError(path, `expected an integer from ${min} to ${max}, found ${value}.`);
}

/** Runs a parser; an {@link AddressError} becomes a {@link ConfigError} that names the field. */
export function at<T>(path: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof AddressError) throw new ConfigError(path, error.message);
    throw error;
  }
}
