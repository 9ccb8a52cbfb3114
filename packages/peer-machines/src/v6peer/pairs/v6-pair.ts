/** A pair at the IPv6 peer: the agreement of both sides, and the current path. */
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
import { Trust } from "./trust.ts";

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
  /** The current Teredo address, as text and as words. */
  address: string | undefined;
  words: IPv6Words | undefined;
  /** The reason for the path's state, and when it entered it. */
  cause = "agreed";
  since: number;
  isDraining = false;
  /** Whether data of clients does not come back, or only a part of it. */
  isDataLost = false;
  /** When it ends because we drain it, and when because the other end has drained it without ending it. */
  drainedAt: number = Number.POSITIVE_INFINITY;
  drainedByOtherAt: number = Number.POSITIVE_INFINITY;
  /** The coordinator has lost the other end, so the pair ends with its path. */
  isOrphan = false;
  /** The other end is disconnected from the coordinator. Until it reconnects, no new address can come. */
  isAway = false;
  readonly trust: Trust = new Trust();
  /** When a probe was last answered, in milliseconds; −infinity for never. */
  answeredAt: number = Number.NEGATIVE_INFINITY;
  /** Whether the last report said that it yields. */
  hasYielded = false;
  /** The limit that the coordinator sets, in bits per second. */
  bandwidth: number | undefined;
  /** When the sessions end if the path stays down. */
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

  /** State of the path; `trying` before there is a path. */
  get state(): PathState {
    return this.path?.state ?? "trying";
  }

  /** Whether it can carry client packets. */
  get isUp(): boolean {
    return this.state === "up" || this.state === "suspect";
  }

  /** When its drain ends it. */
  get drainEnd(): number {
    return Math.min(this.drainedAt, this.drainedByOtherAt);
  }

  /** Usable ports of the block: multiples of 64, because the engine assigns them in units of 64. */
  get ports(): number {
    const { first, last } = this.agreement.accept.ports;
    const granted = last - first + 1;
    return granted - (granted % BLOCK_PORTS);
  }

  /** Whether clients may use the selector for all destinations. Both owners must allow it. */
  get isPinnable(): boolean {
    const { offer, accept } = this.agreement;
    return accept.policy.internet && accept.pinnedInternet && offer.pinnedInternet;
  }

  /** The exit's data for the engine. */
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

  /** Sets a new Teredo address. Returns it as bytes. */
  setAddress(address: string): Uint8Array {
    this.address = address;
    this.words = parseIPv6(address);
    return bytesOf(this.words);
  }

  /** Creates the report of the path's state. @param yields see `V6Pairs.yields` */
  report(yields: boolean, now: number): PathReport | undefined {
    if (this.address === undefined) return undefined;
    this.reportAt = now + REPORT_INTERVAL_MS;
    this.hasYielded = yields;
    const { rttMs, loss } = this.statistics;
    return {
      type: "path",
      pair: this.id,
      address: this.address,
      state: this.state,
      ...(rttMs !== undefined && { rtt: Math.min(60_000, Math.round(rttMs * 10) / 10) }),
      ...(loss !== undefined && { loss: Math.round(loss * 1000) / 1000 }),
      ...(yields && { yields: true }),
      cause: this.cause,
    };
  }
}
