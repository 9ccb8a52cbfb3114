/**
 * The look-up of a stateless translator: explicit address mappings first (RFC 7757 §3.2), RFC 6052 prefixes for the
 * rest (RFC 7915 §6). Ports do not change.
 */
import type { Refusals } from "@nat64/rfc6052";
import type { Bans } from "../../bans/bans.ts";
import type { StatelessSettings } from "../../config/compile-stateless.ts";
import { Reason } from "../../drop-reasons.ts";
import { type IpHeader, type Packet, Protocol, type Tuple } from "../../packet/packet.ts";
import { EamMapping } from "../../translate/mapping/eam-mapping.ts";
import { IcmpSourcePool, IcmpSourcePool6 } from "../../translate/mapping/icmp-source-pool.ts";
import { copyPorts } from "../../translate/mapping/packet-mapping.ts";
import { Rfc6052Mapping } from "../../translate/mapping/rfc6052-mapping.ts";
import type { LookUp } from "./look-up.ts";

const NO_MAPPING = -Reason["no-mapping"];
const REFUSED_SOURCE = -Reason["refused-source"];
const REFUSED_DESTINATION = -Reason["refused-destination"];
const FRAGMENTED_ICMP = -Reason["fragmented-icmp"];
const BANNED = -Reason.banned;
const INNER_MALFORMED = -Reason["icmp-inner-malformed"];

/** Maps addresses without any state. */
export class StatelessLookUp implements LookUp {
  readonly #eam: EamMapping;
  readonly #prefixes: Rfc6052Mapping;
  readonly #pool: IcmpSourcePool;
  readonly #pool6: IcmpSourcePool6;
  readonly #refusals: Refusals;
  readonly #hairpinning: StatelessSettings["hairpinning"];
  readonly #bans: Bans;
  readonly #scratch = new Int32Array(4);

  constructor(refusals: Refusals, settings: StatelessSettings, bans: Bans) {
    this.#bans = bans;
    this.#eam = new EamMapping(settings.eam);
    this.#prefixes = new Rfc6052Mapping(settings.prefixes);
    this.#pool = new IcmpSourcePool(settings.icmpSourcePool);
    const { icmpSourcePoolIPv6, ownIPv6 } = settings;
    this.#pool6 = new IcmpSourcePool6(icmpSourcePoolIPv6.length === 0 ? [ownIPv6] : icmpSourcePoolIPv6);
    this.#hairpinning = settings.hairpinning;
    this.#refusals = refusals;
  }

  fromIPv6(_bytes: Uint8Array, packet: Packet): number {
    const { tuple, target } = packet.outer;
    if (isFragmentedIcmp(packet.outer)) return FRAGMENTED_ICMP;
    if (!this.#toIPv4(tuple.destination, target.destination)) return NO_MAPPING;
    if (this.#bans.hasClient(tuple.source) || this.#bans.hasDestination(target.destination[0])) return BANNED;
    if (this.#refuses6(tuple.destination, target.destination[0])) return REFUSED_DESTINATION;
    if (packet.isIcmpError) {
      // RFC 6791 §3.1: routers on the path have addresses without a mapping.
      if (!this.#toIPv4(tuple.source, target.source)) target.source[0] = this.#pool.choose(mix(tuple.source));
      const inner = packet.inner;
      copyPorts(inner.tuple, inner.target);
      if (!this.#toIPv4(inner.tuple.source, inner.target.source)) return INNER_MALFORMED;
      if (this.#bans.hasDestination(inner.target.source[0])) return BANNED;
      if (!this.#toIPv4(inner.tuple.destination, inner.target.destination)) return INNER_MALFORMED;
    } else {
      if (!this.#toIPv4(tuple.source, target.source)) return NO_MAPPING;
      if (this.#bans.hasDestination(target.source[0])) return BANNED;
      if (this.#refuses6(tuple.source, target.source[0])) return REFUSED_SOURCE;
    }
    copyPorts(tuple, target);
    return this.#hairpinning === "intrinsic" ? this.#hairpin(packet) : 4;
  }

  fromIPv4(_bytes: Uint8Array, packet: Packet): number {
    const { tuple, target } = packet.outer;
    if (isFragmentedIcmp(packet.outer)) return FRAGMENTED_ICMP;
    if (!this.#toIPv6(tuple.destination[0], target.destination)) return NO_MAPPING;
    if (this.#bans.hasDestination(tuple.source[0]) || this.#bans.hasDestination(tuple.destination[0])) return BANNED;
    if (this.#bans.hasClient(target.destination)) return BANNED;
    if (this.#refuses4(tuple.destination[0])) return REFUSED_DESTINATION;
    if (!packet.isIcmpError && this.#refuses4(tuple.source[0])) return REFUSED_SOURCE;
    if (!this.#sourceToIPv6(tuple, target)) {
      if (!packet.isIcmpError) return NO_MAPPING;
      // Without a prefix for all addresses, or one that may not embed a private address (RFC 6052 §3.1).
      this.#pool6.copy(tuple.source[0], target.source);
    }
    copyPorts(tuple, target);
    if (!packet.isIcmpError) return 6;
    if (this.#bans.hasDestination(packet.inner.tuple.destination[0])) return BANNED;
    return this.#innerToIPv6(packet.inner.tuple, packet.inner.target) ? 6 : INNER_MALFORMED;
  }

  /**
   * Intrinsic hairpinning (RFC 7757 §4.2.2): the destination embeds an IPv4 address with an explicit mapping, so the
   * packet returns to IPv6 here. Its source becomes the embedded address, so that replies take the same path. A source that the
   * well-known prefix may not embed (RFC 6052 §3.1) would never see a reply: such a packet is dropped.
   *
   * @returns 6; 4 when it is not a hairpin; or −reason
   */
  #hairpin(packet: Packet): number {
    const { tuple, target } = packet.outer;
    if (this.#eam.toIPv4(tuple.destination, this.#scratch)) return 4;
    if (!this.#eam.toIPv6(target.destination[0], this.#scratch)) return 4;
    if (this.#bans.hasClient(this.#scratch)) return BANNED;
    target.destination.set(this.#scratch);
    if (!this.#prefixes.toIPv6(target.source[0], target.source)) {
      if (!packet.isIcmpError) return REFUSED_SOURCE;
      this.#pool6.copy(target.source[0], target.source);
    }
    if (packet.isIcmpError) {
      const inner = packet.inner.target;
      if (!this.#toIPv6(inner.source[0], inner.source)) return INNER_MALFORMED;
      if (!this.#prefixes.toIPv6(inner.destination[0], inner.destination)) return INNER_MALFORMED;
    }
    return 6;
  }

  /**
   * Simple hairpinning (RFC 7757 §4.2.1): between two mapped hosts the source does not use its mapping, unless there is no prefix to
   * embed it in.
   */
  #sourceToIPv6(tuple: Tuple, target: Tuple): boolean {
    const source = tuple.source[0];
    if (this.#hairpinning !== "off" && this.#isMapped(source) && this.#isMapped(tuple.destination[0])) {
      if (this.#prefixes.toIPv6(source, target.source)) return true;
    }
    return this.#toIPv6(source, target.source);
  }

  /** The packet inside an error went the other way: here the destination does not use its mapping. */
  #innerToIPv6(tuple: Tuple, target: Tuple): boolean {
    copyPorts(tuple, target);
    const destination = tuple.destination[0];
    const isHairpin = this.#hairpinning !== "off" && this.#isMapped(destination) && this.#isMapped(tuple.source[0]);
    const isEmbedded = isHairpin && this.#prefixes.toIPv6(destination, target.destination);
    return (
      (isEmbedded || this.#toIPv6(destination, target.destination)) && this.#toIPv6(tuple.source[0], target.source)
    );
  }

  #toIPv4(ipv6: Int32Array, ipv4: Int32Array): boolean {
    return this.#eam.toIPv4(ipv6, ipv4) || this.#prefixes.toIPv4(ipv6, ipv4);
  }

  #toIPv6(ipv4: number, ipv6: Int32Array): boolean {
    return this.#eam.toIPv6(ipv4, ipv6) || this.#prefixes.toIPv6(ipv4, ipv6);
  }

  #isMapped(ipv4: number): boolean {
    return this.#eam.toIPv6(ipv4, this.#scratch);
  }

  /** Addresses without an explicit mapping have to be global unicast. */
  #refuses6(ipv6: Int32Array, ipv4: number): boolean {
    return this.#refusals.refusesIPv4(ipv4) && !this.#eam.toIPv4(ipv6, this.#scratch);
  }

  #refuses4(ipv4: number): boolean {
    return this.#refusals.refusesIPv4(ipv4) && !this.#isMapped(ipv4);
  }
}

/** The ICMPv6 checksum covers the length, which a translator without state cannot know (RFC 7915 §1.2). */
function isFragmentedIcmp(header: IpHeader): boolean {
  return header.isFragment === 1 && (header.protocol === Protocol.icmp || header.protocol === Protocol.icmpv6);
}

/** A word from an address, so that a router always gets the same address of the pool. */
function mix(words: Int32Array): number {
  return Math.imul(words[0] ^ words[1] ^ words[2] ^ words[3], 0x9e3779b1);
}
