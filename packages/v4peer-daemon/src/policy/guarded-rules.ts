/**
 * The exit policy with the addresses that are refused whatever it says (design §3) and change while it runs: coordinator,
 * home NAT, relays. Asked for every packet that goes out; nothing is allocated.
 */
import { ExitRules, type ExitRulesConfig } from "@nat64/nat64-engine";
import type { ValidatedRelays } from "@nat64/peer-machines";
import type { Refusals } from "@nat64/rfc6052";

export class GuardedRules extends ExitRules {
  readonly #relays: ValidatedRelays;
  #forbidden: Int32Array = new Int32Array(0);

  constructor(config: ExitRulesConfig, refusals: Refusals, relays: ValidatedRelays) {
    super(config, refusals);
    this.#relays = relays;
  }

  /** Replaces the list of addresses (int32 words) that are never reached. */
  forbid(addresses: readonly number[]): void {
    this.#forbidden = Int32Array.from(addresses);
  }

  override allows(address: number, protocol: number, port: number): boolean {
    const forbidden = this.#forbidden;
    for (let i = 0; i < forbidden.length; i++) if (forbidden[i] === address) return false;
    if (this.#relays.hasAddress(address)) return false;
    return super.allows(address, protocol, port);
  }
}
