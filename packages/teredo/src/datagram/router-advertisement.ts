/**
 * Router Advertisements (RFC 4861 §4.2) as Teredo servers send them (RFC 4380 §5.3.2): one Prefix Information option
 * with the Teredo prefix and the server's address, 2001:0:S::/64, and the MTU.
 *
 *      40    41   42         44    45     46         48          52        56      (from the IPv6 header on)
 *      +-----+----+----------+-----+------+----------+-----------+---------+
 *      | 134 | 0  | checksum | hops| flags| lifetime | reachable | retrans | options
 *      +-----+----+----------+-----+------+----------+-----------+---------+
 *
 *      0   1   2    3      4       8           12         16       32        (Prefix Information, RFC 4861 §4.6.2)
 *      +---+---+----+------+-------+-----------+----------+--------+
 *      | 3 | 4 | 64 | LA.. | valid | preferred | reserved | prefix |
 *      +---+---+----+------+-------+-----------+----------+--------+
 *
 *      0   1   2          4     8                                            (MTU, RFC 4861 §4.6.4)
 *      +---+---+----------+-----+
 *      | 5 | 1 | reserved | MTU |
 *      +---+---+----------+-----+
 */
import { get16, get32, set16, set32 } from "@nat64/rfc6052/bytes";
import { sumOfIcmpv6 } from "./checksum.ts";
import {
  emitIPv6Header,
  ICMPV6,
  IPV6_HEADER,
  IPV6_HOP_LIMIT,
  IPV6_NEXT_HEADER,
  IPV6_PAYLOAD_LENGTH,
  IPV6_SOURCE,
  isLinkLocal,
} from "./ipv6.ts";
import { checkOptions, OPTION_UNIT } from "./neighbor-options.ts";

const TYPE = 134;
/** As in all of Neighbor Discovery (RFC 4861 §6.1.2). */
const HOP_LIMIT = 255;
const CHECKSUM = IPV6_HEADER + 2;
const OPTIONS = IPV6_HEADER + 16;

const PREFIX_OPTION = 3;
const PREFIX_LENGTH = 32;
const MTU_OPTION = 5;
const MTU_LENGTH = 8;
/** In the prefix option: the prefix length (RFC 4380 §5.2.1) and the autonomous flag (A, RFC 4861 §4.6.2). */
const PREFIX_BITS = 64;
const AUTONOMOUS = 0x40;
const INFINITE = -1;

/** 2001:0000::/32. */
const TEREDO_PREFIX = 0x20010000;

/** What a Teredo client reads from an advertisement. */
export interface RouterAdvertisement {
  /** IPv4 address of the Teredo server in the advertised prefix, an int32 word. */
  readonly server: number;
  /** MTU of the Teredo link, if the option is present and its value is at least 1280. */
  readonly mtu?: number;
}

/**
 * Creates a Router Advertisement with its IPv6 header, 104 bytes. @param source @param destination link-local, 16 bytes
 * each
 */
export function makeRouterAdvertisement(
  source: Uint8Array,
  destination: Uint8Array,
  { server, mtu }: Required<RouterAdvertisement>,
): Uint8Array {
  const out = new Uint8Array(OPTIONS + PREFIX_LENGTH + MTU_LENGTH);
  emitIPv6Header(out, 0, out.length - IPV6_HEADER, ICMPV6, HOP_LIMIT, source, destination);
  out[IPV6_HEADER] = TYPE;
  emitPrefix(out, OPTIONS, server);
  emitMtu(out, OPTIONS + PREFIX_LENGTH, mtu);
  set16(out, CHECKSUM, ~sumOfIcmpv6(out, 0, out.length - IPV6_HEADER));
  return out;
}

function emitPrefix(out: Uint8Array, at: number, server: number): void {
  out[at] = PREFIX_OPTION;
  out[at + 1] = PREFIX_LENGTH / OPTION_UNIT;
  out[at + 2] = PREFIX_BITS;
  out[at + 3] = AUTONOMOUS;
  set32(out, at + 4, INFINITE);
  set32(out, at + 8, INFINITE);
  set32(out, at + 16, TEREDO_PREFIX);
  set32(out, at + 20, server);
}

function emitMtu(out: Uint8Array, at: number, mtu: number): void {
  out[at] = MTU_OPTION;
  out[at + 1] = MTU_LENGTH / OPTION_UNIT;
  set32(out, at + 4, mtu);
}

/**
 * Reads the IPv6 packet at `at`, which must be complete.
 *
 * @returns `undefined` if it is not a valid Router Advertisement (RFC 4861 §6.1.2) with exactly one Teredo prefix
 *   (RFC 4380 §5.2.1)
 */
export function parseRouterAdvertisement(bytes: Uint8Array, at: number): RouterAdvertisement | undefined {
  const end = at + IPV6_HEADER + get16(bytes, at + IPV6_PAYLOAD_LENGTH);
  if (!isValid(bytes, at, end)) return undefined;
  let server: number | undefined;
  let mtu: number | undefined;
  for (let option = at + OPTIONS; option < end; option += bytes[option + 1] * OPTION_UNIT) {
    const length = bytes[option + 1] * OPTION_UNIT;
    if (bytes[option] === PREFIX_OPTION) {
      if (server !== undefined || length !== PREFIX_LENGTH || !isTeredoPrefix(bytes, option)) return undefined;
      server = get32(bytes, option + 20);
    } else if (bytes[option] === MTU_OPTION && length === MTU_LENGTH) {
      mtu = get32(bytes, option + 4) >>> 0;
    }
  }
  if (server === undefined) return undefined;
  return mtu !== undefined && mtu >= 1280 ? { server, mtu } : { server };
}

function isValid(bytes: Uint8Array, at: number, end: number): boolean {
  return (
    bytes[at + IPV6_NEXT_HEADER] === ICMPV6 &&
    end >= at + OPTIONS &&
    bytes[at + IPV6_HEADER] === TYPE &&
    bytes[at + IPV6_HEADER + 1] === 0 &&
    bytes[at + IPV6_HOP_LIMIT] === HOP_LIMIT &&
    isLinkLocal(bytes, at + IPV6_SOURCE) &&
    checkOptions(bytes, at + OPTIONS, end) &&
    sumOfIcmpv6(bytes, at, end - at - IPV6_HEADER) === 0xffff
  );
}

function isTeredoPrefix(bytes: Uint8Array, option: number): boolean {
  return bytes[option + 2] === PREFIX_BITS && get32(bytes, option + 16) === TEREDO_PREFIX;
}
