import type { DatagramBatch, PacketBatch } from "@nat64/packet-io/packets";
import type { Tun } from "@nat64/tun";

/** What the thread provides to the relay. */
export interface RelayPortParts {
  readonly tun: Tun;
  /** Random words. */
  readonly random: () => number;
  /** `RELAY_BYTES` to receive in. */
  readonly bytes: Uint8Array;
  /** Lets the engine translate a batch and sends what it makes; both batches are over the same bytes. */
  readonly translate: (input: PacketBatch, output: DatagramBatch, now: number) => void;
  /** Writes to the device what the engine made for it. */
  readonly toDevice: (packets: DatagramBatch, now: number) => void;
}

/** Whether the IPv6 address at an offset is in the /80 of this peer. */
export type IsOwnAddress = (bytes: Uint8Array, at: number) => boolean;
