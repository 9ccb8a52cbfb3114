import type { DatagramBatch, PacketBatch } from "@nat64/packet-io/packets";
import type { Tun } from "@nat64/tun";

/** The parts of the thread that the relay uses. */
export interface RelayPortParts {
  readonly tun: Tun;
  /** Random words. */
  readonly random: () => number;
  /** `RELAY_BYTES` to receive in. */
  readonly bytes: Uint8Array;
  /** Translates a batch and sends the result; both batches share their bytes. */
  readonly translate: (input: PacketBatch, output: DatagramBatch, now: number) => void;
  /** Writes the engine's packets to the device. */
  readonly toDevice: (packets: DatagramBatch, now: number) => void;
}

/** Whether the IPv6 address at an offset is in the /80 of this peer. */
export type IsOwnAddress = (bytes: Uint8Array, at: number) => boolean;
