/**
 * The look-up of an IPv4 peer (design §4): `P:e:D → T` becomes `L → D`, and back. It has no connection state: the kernel's NAT44
 * behind it has. The mapping is swapped: the IPv6 *source* embeds the IPv4 destination.
 */

import { Reason } from "../../drop-reasons.ts";
import { NO_PAIR, type Pairs } from "../../exits/pairs.ts";
import { type Packet, Protocol } from "../../packet/packet.ts";
import { copyPorts } from "../../translate/mapping/packet-mapping.ts";
import { type FragmentGate, GO_ON } from "./fragment-gate.ts";
import type { LookUp } from "./look-up.ts";

const NOT_A_PAIR = -Reason["not-a-pair"];
const NOT_IN_POOL = -Reason["not-in-pool"];
const INNER_MALFORMED = -Reason["icmp-inner-malformed"];
const REFUSED_BY_POLICY = -Reason["refused-by-policy"];

/** Maps addresses of pairs and enforces their policy. */
export class ExitLookUp implements LookUp {
  readonly #pairs: Pairs;
  readonly #fragments: FragmentGate;

  constructor(pairs: Pairs, fragments: FragmentGate) {
    this.#pairs = pairs;
    this.#fragments = fragments;
  }

  fromIPv6(bytes: Uint8Array, packet: Packet, now: number): number {
    const { outer, inner } = packet;
    const { tuple, target } = outer;
    const pairs = this.#pairs;
    const pair = pairs.findByTeredo(tuple.destination);
    if (pair === NO_PAIR || !pairs.isInPrefix(pair, tuple.source)) return NOT_A_PAIR;
    const remote = tuple.source[3];
    target.source[0] = pairs.local(pair);
    target.destination[0] = remote;
    copyPorts(tuple, target);
    if (packet.isIcmpError) {
      // About a reply: it went from T to P:e:D, as IPv4 from D to L.
      if (!pairs.isInPrefix(pair, inner.tuple.destination)) return INNER_MALFORMED;
      inner.target.source[0] = inner.tuple.destination[3];
      inner.target.destination[0] = pairs.local(pair);
      copyPorts(inner.tuple, inner.target);
      return 4;
    }
    const protocol = outer.protocol === Protocol.icmpv6 ? Protocol.icmp : outer.protocol;
    // Later fragments have no ports yet. The policy is checked for the first one, without which they are not sent.
    const isAllowed = outer.fragmentOffset !== 0 || pairs.allows(pair, remote, protocol, tuple.destinationPort);
    if (!isAllowed) return REFUSED_BY_POLICY;
    const verdict = this.#fragments.admit(bytes, packet, now);
    if (verdict !== GO_ON) return verdict;
    copyPorts(tuple, target);
    return 4;
  }

  fromIPv4(bytes: Uint8Array, packet: Packet, now: number): number {
    const { outer, inner } = packet;
    const { tuple, target } = outer;
    const pairs = this.#pairs;
    const pair = pairs.findByLocal(tuple.destination[0]);
    if (pair === NO_PAIR) return NOT_IN_POOL;
    if (packet.isIcmpError) {
      // About an outgoing packet: it went from L to D, as IPv6 from P:e:D to T.
      pairs.embed(pair, inner.tuple.destination[0], inner.target.source);
      pairs.copyTeredo(pair, inner.target.destination);
      copyPorts(inner.tuple, inner.target);
    } else {
      const verdict = this.#fragments.admit(bytes, packet, now);
      if (verdict !== GO_ON) return verdict;
    }
    pairs.copyTeredo(pair, target.source);
    pairs.embed(pair, tuple.source[0], target.destination);
    copyPorts(tuple, target);
    return 6;
  }
}
