/**
 * The look-up of an IPv4 peer (design §4): `P:e:D → T` becomes `L → D`, and back. It has no connection state: the kernel's NAT44
 * behind it has. The mapping is swapped: the IPv6 *source* embeds the IPv4 destination.
 *
 * An ICMP error passes only if it is about a packet of a flow that was carried lately. The other side can invent the packet
 * inside, so addresses, policy and flow of that one are checked as well (RFC 5927 §4).
 */

import type { Bans } from "../../bans/bans.ts";
import { Reason } from "../../drop-reasons.ts";
import type { CarriedFlows } from "../../exits/carried-flows.ts";
import { NO_PAIR, type Pairs } from "../../exits/pairs.ts";
import { type IpHeader, type Packet, Protocol } from "../../packet/packet.ts";
import { copyPorts } from "../../translate/mapping/packet-mapping.ts";
import { type FragmentGate, GO_ON } from "./fragment-gate.ts";
import type { LookUp } from "./look-up.ts";

const NOT_A_PAIR = -Reason["not-a-pair"];
const NOT_IN_POOL = -Reason["not-in-pool"];
const INNER_MALFORMED = -Reason["icmp-inner-malformed"];
const REFUSED_BY_POLICY = -Reason["refused-by-policy"];
const NO_SESSION = -Reason["no-session"];
const BANNED = -Reason.banned;
const REFUSED_SOURCE = -Reason["refused-source"];

/** Maps addresses of pairs and enforces their policy. */
export class ExitLookUp implements LookUp {
  readonly #pairs: Pairs;
  readonly #fragments: FragmentGate;
  readonly #flows: CarriedFlows;
  readonly #bans: Bans;

  constructor(pairs: Pairs, fragments: FragmentGate, flows: CarriedFlows, bans: Bans) {
    this.#bans = bans;
    this.#pairs = pairs;
    this.#fragments = fragments;
    this.#flows = flows;
  }

  fromIPv6(bytes: Uint8Array, packet: Packet, now: number): number {
    const { tuple, target } = packet.outer;
    const pairs = this.#pairs;
    const pair = pairs.findByTeredo(tuple.destination);
    if (pair === NO_PAIR || !pairs.isInPrefix(pair, tuple.source)) return NOT_A_PAIR;
    const remote = tuple.source[3];
    if (this.#bans.hasDestination(remote)) return BANNED;
    target.source[0] = pairs.local(pair);
    target.destination[0] = remote;
    copyPorts(tuple, target);
    if (packet.isIcmpError) return this.#errorFromIPv6(packet, pair, remote);
    const { outer } = packet;
    const protocol = ipv4Protocol(outer);
    // Later fragments have no ports yet. The policy is checked for the first one, without which they are not sent.
    const isAllowed = outer.fragmentOffset !== 0 || pairs.allows(pair, remote, protocol, tuple.destinationPort);
    if (!isAllowed) return REFUSED_BY_POLICY;
    const verdict = this.#fragments.admit(bytes, packet, now);
    if (verdict !== GO_ON) return verdict;
    copyPorts(tuple, target);
    if (outer.fragmentOffset === 0) {
      this.#flows.note(pair, remote, protocol, tuple.destinationPort, tuple.sourcePort);
    }
    return 4;
  }

  fromIPv4(bytes: Uint8Array, packet: Packet, now: number): number {
    const { outer } = packet;
    const { tuple, target } = outer;
    const pairs = this.#pairs;
    const pair = pairs.findByLocal(tuple.destination[0]);
    if (pair === NO_PAIR) return NOT_IN_POOL;
    const remote = tuple.source[0];
    if (this.#bans.hasDestination(remote)) return BANNED;
    if (packet.isIcmpError) {
      const verdict = this.#errorFromIPv4(packet, pair);
      if (verdict !== GO_ON) return verdict;
    } else {
      const verdict = this.#fragments.admit(bytes, packet, now);
      if (verdict !== GO_ON) return verdict;
      if (outer.fragmentOffset === 0) {
        this.#flows.note(pair, remote, outer.protocol, tuple.sourcePort, tuple.destinationPort);
      }
    }
    pairs.copyTeredo(pair, target.source);
    pairs.embed(pair, remote, target.destination);
    copyPorts(tuple, target);
    return 6;
  }

  /**
   * An error about a reply: it went from `T` to `P:e:D`, as IPv4 from `D` to `L`. The error goes to `D`, about whose packet it
   * is, and to nobody else.
   */
  #errorFromIPv6({ inner }: Packet, pair: number, remote: number): number {
    const pairs = this.#pairs;
    const { tuple, target } = inner;
    if (!pairs.isInPrefix(pair, tuple.destination) || !pairs.isTeredo(pair, tuple.source)) return INNER_MALFORMED;
    if (tuple.destination[3] !== remote) return REFUSED_SOURCE;
    const protocol = ipv4Protocol(inner);
    if (!pairs.allows(pair, remote, protocol, tuple.sourcePort)) return REFUSED_BY_POLICY;
    if (!this.#flows.has(pair, remote, protocol, tuple.sourcePort, tuple.destinationPort)) return NO_SESSION;
    target.source[0] = remote;
    target.destination[0] = pairs.local(pair);
    copyPorts(tuple, target);
    return 4;
  }

  /** An error about a packet that went out: from `L` to `D`, as IPv6 from `P:e:D` to `T`. Any router may send it. */
  #errorFromIPv4({ inner }: Packet, pair: number): number {
    const pairs = this.#pairs;
    const { tuple, target } = inner;
    if (tuple.source[0] !== pairs.local(pair)) return INNER_MALFORMED;
    const remote = tuple.destination[0];
    if (this.#bans.hasDestination(remote)) return BANNED;
    if (!this.#flows.has(pair, remote, inner.protocol, tuple.destinationPort, tuple.sourcePort)) return NO_SESSION;
    pairs.embed(pair, remote, target.source);
    pairs.copyTeredo(pair, target.destination);
    copyPorts(tuple, target);
    return GO_ON;
  }
}

/** The protocol number that a header has on the IPv4 side. */
function ipv4Protocol({ protocol }: IpHeader): number {
  return protocol === Protocol.icmpv6 ? Protocol.icmp : protocol;
}
