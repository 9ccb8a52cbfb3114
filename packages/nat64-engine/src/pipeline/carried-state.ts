import type { StatefulSettings } from "../config/compile-config.ts";
import type { Fragments } from "../state/fragments/fragments.ts";
import type { HeldPackets } from "../state/held/held-packets.ts";
import type { Nat64State } from "../state/nat64-state.ts";

/** The parts of a stateful engine that survive a new configuration: the engine that replaces it continues with them. */
export interface CarriedState {
  readonly state: Nat64State;
  readonly held: HeldPackets;
  readonly fragments: Fragments;
  /** The settings that they were made for. */
  readonly settings: StatefulSettings;
}
