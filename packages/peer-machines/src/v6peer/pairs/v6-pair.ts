/** A pair as the IPv6 peer holds it: what both sides agreed on, and its present path. */
import { BLOCK_PORTS, ExitPolicy, type ExitPolicyRow, type PeerExit } from "@nat64/nat64-engine";
import {
  bytesOfBase64url,
  type PairKeys,
  type Path as PathReport,
  type PathState,
  REPORT_INTERVAL_MS,
} from "@nat64/peer-protocol";
import { bytesOf, type IPv6Words, parseIPv4, parseIPv6 } from "@nat64/rfc6052";
import type { Path } from "../paths/path.ts";
import { PathStatistics } from "../paths/path-statistics.ts";
import { Silence } from "../paths/silence.ts";
import type { Agreement } from "./agreements.ts";

const PROTOCOLS = { tcp: 6, udp: 17 } as const;

export class V6Pair {
  /** Pair id, base64url and as 16 bytes. */
  readonly id: string;
  readonly idBytes: Uint8Array;
  /** Peer id of the IPv4 peer. */
  readonly peer: string;
  /** The exit's place in the engine. */
  readonly exit: number;
  readonly agreement: Agreement;
  readonly statistics: PathStatistics = new PathStatistics();
  readonly silence: Silence = new Silence();
  readonly agreedAt: number;
  path: Path | undefined;
  /** The Teredo address now, and as words. */
  address: string | undefined;
  words: IPv6Words | undefined;
  /** What led to the path's state, and since when it has it. */
  cause = "agreed";
  since: number;
  isDraining = false;
  /** When it ends by our own wish, and when because the other end has drained it and kept it. */
  drainedAt: number = Number.POSITIVE_INFINITY;
  drainedByOtherAt: number = Number.POSITIVE_INFINITY;
  /** The coordinator has lost the other end: the pair ends when its path does. */
  isOrphan = false;
  /** The other end is not connected to the coordinator: as long as it is not, no fresh address comes. */
  isAway = false;
  /** What the coordinator wants kept, in bits per second. */
  bandwidth: number | undefined;
  /** When the sessions of a path that is down end. */
  sessionsEndAt: number = Number.POSITIVE_INFINITY;
  reportAt: number = Number.POSITIVE_INFINITY;

  constructor(agreement: Agreement, exit: number, now: number) {
    this.id = agreement.offer.pair;
    this.idBytes = bytesOfBase64url(agreement.offer.pair);
    this.peer = agreement.peer;
    this.agreement = agreement;
    this.exit = exit;
    this.agreedAt = now;
    this.since = now;
  }

  get keys(): PairKeys {
    return this.agreement.keys;
  }

  get selector(): number {
    return this.agreement.offer.selector;
  }

  /** State of the path; `trying` before there is one. */
  get state(): PathState {
    return this.path?.state ?? "trying";
  }

  /** Whether packets of clients may go over it. */
  get isUp(): boolean {
    return this.state === "up" || this.state === "suspect";
  }

  /** When it ends because it drains. */
  get drainEnd(): number {
    return Math.min(this.drainedAt, this.drainedByOtherAt);
  }

  /** Ports that are used of the block: whole sixty-fours, as the engine shares them out. */
  get ports(): number {
    const { first, last } = this.agreement.accept.ports;
    const granted = last - first + 1;
    return granted - (granted % BLOCK_PORTS);
  }

  /** Whether clients may use the selector for every destination: both owners have to say so. */
  get isPinnable(): boolean {
    const { offer, accept } = this.agreement;
    return accept.policy.internet && accept.pinnedInternet && offer.pinnedInternet;
  }

  /** What the engine has to know. */
  exitFor(words: IPv6Words, weight: number): PeerExit {
    const { policy, ports } = this.agreement.accept;
    return {
      selector: this.selector,
      teredo: words,
      firstPort: ports.first,
      ports: this.ports,
      weight,
      automatic: policy.internet,
      pinnable: this.isPinnable,
      published: new ExitPolicy(
        policy.services.map(({ network, protocol, firstPort, lastPort }): ExitPolicyRow => {
          const [address, length] = network.split("/");
          const number = PROTOCOLS[protocol];
          return { network: parseIPv4(address), length: Number(length), protocol: number, firstPort, lastPort };
        }),
      ),
    };
  }

  /** Puts another Teredo address in place; returns it as bytes. */
  setAddress(address: string): Uint8Array {
    this.address = address;
    this.words = parseIPv6(address);
    return bytesOf(this.words);
  }

  /** The report of the path's state. */
  report(now: number): PathReport | undefined {
    if (this.address === undefined) return undefined;
    this.reportAt = now + REPORT_INTERVAL_MS;
    const { rtt, loss } = this.statistics;
    return {
      type: "path",
      pair: this.id,
      address: this.address,
      state: this.state,
      ...(rtt !== undefined && { rtt: Math.min(60_000, Math.round(rtt * 10) / 10) }),
      ...(loss !== undefined && { loss: Math.round(loss * 1000) / 1000 }),
      cause: this.cause,
    };
  }
}
