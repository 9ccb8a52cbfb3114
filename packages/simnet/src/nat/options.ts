import type { BothWaysOptions } from "../network/link-options.ts";
import type { Network } from "../network/network.ts";
import type { NatBehaviour, NatPreset } from "./behaviour.ts";

/** Options of a NAT. */
export interface NatOptions {
  /** Its outer IPv4 address, an int32 word. */
  readonly address: number;
  /** One of the four kinds, or the behaviour in the terms of RFC 4787. */
  readonly behaviour: NatPreset | NatBehaviour;
  /** The network outside; default the internet. Another NAT's inside makes two NATs in series. */
  readonly network?: Network;
  /** Its link to the network outside. */
  readonly link?: BothWaysOptions;
  /** Milliseconds after which an unused UDP mapping expires; default 120,000 (RFC 4787 REQ-5). */
  readonly udpTimeoutMs?: number;
  /** The same for streams; default 7,440,000: two hours and four minutes (RFC 5382 REQ-5). */
  readonly streamTimeoutMs?: number;
  /**
   * Whether packets from outside also refresh a mapping (RFC 4787 REQ-6); those from inside always do. Default false.
   */
  readonly refreshOnInbound?: boolean;
  /** Whether an outer port equals the inside port if that is free (RFC 4787 §4.2.1), or is random. Default random. */
  readonly ports?: "preserving" | "random";
  /** Lowest and highest outer port; default 1,024 and 65,535. */
  readonly portRange?: readonly [number, number];
  /** Average milliseconds between reboots, at random times; default never. */
  readonly rebootEveryMs?: number;
  /** Duration of such a reboot in milliseconds; default 0: only the mappings are lost. */
  readonly rebootMs?: number;
}
