import type { Refusals } from "@nat64/rfc6052";
import { ExitPolicy, type ExitPolicyRow } from "./exit-policy.ts";
import { NOT_REFUSED, RefusedDestinations } from "./refused-destinations.ts";

/** The exit policy of an IPv4 peer (design §3), as its operator chose it. By default nothing is allowed. */
export interface ExitRulesConfig {
  /** Whether global destinations are allowed. */
  readonly internet: boolean;
  /** Further services and networks that are reachable, including private ones. */
  readonly published: readonly ExitPolicyRow[];
  /** Destinations that `internet` does not allow: own addresses, on-link networks, the coordinator, relays, abused ports. */
  readonly refused: readonly ExitPolicyRow[];
}

/** Decides which destinations an IPv4 peer allows. {@link allows} allocates nothing. */
export class ExitRules {
  readonly #internet: boolean;
  readonly #published: ExitPolicy;
  #refused: RefusedDestinations;
  readonly #refusals: Refusals;

  /** @param refusals which addresses are not global unicast */
  constructor(config: ExitRulesConfig, refusals: Refusals) {
    this.#internet = config.internet;
    this.#published = new ExitPolicy(config.published);
    this.#refused = new RefusedDestinations(config.refused);
    this.#refusals = refusals;
  }

  /** Whether packets of an IPv4 protocol may go to a port of an address. Published destinations are never refused. */
  allows(address: number, protocol: number, port: number): boolean {
    if (this.#published.allows(address, protocol, port)) return true;
    if (!this.#internet || this.#refusals.refusesIPv4(address)) return false;
    return this.#refused.refusal(address, protocol, port) === NOT_REFUSED;
  }

  /** Replaces the refused destinations: addresses of a host change. */
  refuse(rows: readonly ExitPolicyRow[]): void {
    this.#refused = new RefusedDestinations(rows);
  }
}
