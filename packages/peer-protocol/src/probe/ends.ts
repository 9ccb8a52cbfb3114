/** The data of a pair that both ends know and that probes are made from. */
import type { PairKeys } from "../agreement/pair-keys.ts";

/** The ends of a pair's path. Each new Teredo address has new ends. */
export interface ProbeEnds {
  /** 16 bytes. */
  readonly pair: Uint8Array;
  /** The IPv6 peer's own address `P:ffff::1`, 16 bytes. */
  readonly v6: Uint8Array;
  /** The pair's Teredo address, 16 bytes. */
  readonly v4: Uint8Array;
  readonly keys: PairKeys;
}
