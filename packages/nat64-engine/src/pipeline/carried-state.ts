import type { StatefulSettings } from "../config/compile-config.ts";
import type { Fragments } from "../state/fragments/fragments.ts";
import type { HeldPackets } from "../state/held/held-packets.ts";
import type { Nat64State } from "../state/nat64-state.ts";

/** What of a stateful engine outlasts its configuration: the engine that replaces it goes on with the same objects. */
export interface CarriedState {
  readonly state: Nat64State;
  readonly held: HeldPackets;
  readonly fragments: Fragments;
  /** What they were made for. */
  readonly settings: StatefulSettings;
}
