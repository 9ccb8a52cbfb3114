/**
 * The paths of an IPv4 peer's pairs. A path is up while a relay is validated. Changes are reported to the coordinator
 * (PROTOCOL.md §12).
 */
import { type PathState, type ProbeFault, RELAY_LIFETIME_MS, REPORT_INTERVAL_MS } from "@nat64/peer-protocol";
import type { Endpoint } from "@nat64/teredo";
import type { V4PeerCounters } from "../drops.ts";
import { happened, send, type V4PeerOutput } from "../outputs.ts";
import type { ValidatedRelays } from "../relays/validated-relays.ts";
import type { V4Pair } from "./v4-pair.ts";
import type { V4Pairs } from "./v4-pairs.ts";

export class PathReports {
  readonly #pairs: V4Pairs;
  readonly #relays: ValidatedRelays;
  readonly #counters: V4PeerCounters;

  constructor(pairs: V4Pairs, relays: ValidatedRelays, counters: V4PeerCounters) {
    this.#pairs = pairs;
    this.#relays = relays;
    this.#counters = counters;
  }

  /**
   * Takes a probe to a pair's Teredo address.
   *
   * @param relay its sender, which may be a relay
   * @returns outputs, or why the probe was dropped
   */
  receiveProbe(
    pair: V4Pair,
    relay: Endpoint,
    bytes: Uint8Array,
    packetAt: number,
    now: number,
  ): readonly V4PeerOutput[] | ProbeFault | "probe-rate" | "unknown-destination" {
    const verdict = pair.validation?.take(bytes, packetAt, relay, now);
    switch (verdict?.kind) {
      case undefined:
        return "unknown-destination";
      case "dropped":
        return verdict.reason;
      case "answer":
        this.#counters.probesAnswered++;
        return [{ kind: "datagram", ...relay, bytes: verdict.packet }];
      case "validated":
        this.#counters.relaysValidated++;
        this.#relays.validate(pair.place, relay.address, relay.port, now + RELAY_LIFETIME_MS);
        return pair.isUp ? [] : this.#setUp(pair, now);
    }
  }

  /** Expires relays. A path without a relay goes down. */
  advance(now: number): readonly V4PeerOutput[] {
    if (!this.#relays.expire(now)) return [];
    return [...this.#pairs].flatMap((pair) =>
      pair.isUp && this.#relays.count(pair.place) === 0 ? this.#setDown(pair) : [],
    );
  }

  /** Reports that a path is up. The next report is due after the interval. */
  reportUp(pair: V4Pair, now: number): V4PeerOutput {
    pair.reportAt = now + REPORT_INTERVAL_MS;
    return report(pair, "up");
  }

  #setUp(pair: V4Pair, now: number): readonly V4PeerOutput[] {
    pair.isUp = true;
    return [this.reportUp(pair, now), happened({ name: "path-up", pair: pair.id, place: pair.place })];
  }

  #setDown(pair: V4Pair): readonly V4PeerOutput[] {
    pair.isUp = false;
    pair.reportAt = Number.POSITIVE_INFINITY;
    const down = happened({ name: "path-down", pair: pair.id, place: pair.place });
    return [report(pair, "down"), down, ...(pair.isOrphan ? this.#pairs.end(pair, "peer-gone") : [])];
  }
}

function report(pair: V4Pair, state: PathState): V4PeerOutput {
  const cause = state === "down" ? { cause: "no-probe" } : {};
  return send({ type: "path", pair: pair.id, address: pair.address as string, state, ...cause });
}
