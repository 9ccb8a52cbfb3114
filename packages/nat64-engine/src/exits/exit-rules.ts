import type { Refusals } from "@nat64/rfc6052";
import { ExitPolicy, type ExitPolicyRow } from "./exit-policy.ts";

/** The exit policy of an IPv4 peer (design §3), as its operator chose it. With nothing chosen, nothing goes out. */
export interface ExitRulesConfig {
  /** Global destinations for everybody. */
  readonly internet: boolean;
  /** Services and networks that are reachable besides, private ones too. */
  readonly published: readonly ExitPolicyRow[];
  /** Never, whatever else is said: own addresses, on-link networks, the coordinator, relays, abused ports. */
  readonly refused: readonly ExitPolicyRow[];
}

/** Decides what an IPv4 peer lets out. Asking allocates nothing. */
export class ExitRules {
  readonly #internet: boolean;
  readonly #published: ExitPolicy;
  readonly #refused: ExitPolicy;
  readonly #refusals: Refusals;

  /** @param refusals which addresses are not global unicast */
  constructor(config: ExitRulesConfig, refusals: Refusals) {
    this.#internet = config.internet;
    this.#published = new ExitPolicy(config.published);
    this.#refused = new ExitPolicy(config.refused);
    this.#refusals = refusals;
  }

  /** Whether packets of an IPv4 protocol may go to a port of an address. What is published by name is not refused. */
  allows(address: number, protocol: number, port: number): boolean {
    if (this.#published.allows(address, protocol, port)) return true;
    if (!this.#internet || this.#refusals.refusesIPv4(address)) return false;
    return !this.#refused.allows(address, protocol, port);
  }
}
