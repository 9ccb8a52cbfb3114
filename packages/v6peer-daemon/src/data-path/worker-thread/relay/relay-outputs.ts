import type { DatagramOutbox } from "@nat64/packet-io/udp";
import { isBubble, type RelayOutput } from "@nat64/teredo";
import type { OwnPackets } from "./own-packets.ts";

/** Carries out the outputs of the relay's machine: sends datagrams by UDP, and ICMPv6 errors to senders of packets. */
export class RelayOutputs {
  /** Queued packets that were sent to Teredo addresses, without bubbles. */
  packetsSent = 0;
  readonly #outbox: DatagramOutbox;
  readonly #ownPackets: OwnPackets;

  constructor(outbox: DatagramOutbox, ownPackets: OwnPackets) {
    this.#outbox = outbox;
    this.#ownPackets = ownPackets;
  }

  /** Collects datagrams until {@link flush}. */
  carryOut(output: RelayOutput, now: number): void {
    if (output.kind !== "datagram") {
      this.#ownPackets.deliver(output.bytes, now);
      return;
    }
    if (!isBubble(output.bytes, 0)) this.packetsSent++;
    this.#outbox.add(output.bytes, output.address, output.port);
  }

  carryOutAll(outputs: readonly RelayOutput[], now: number): void {
    for (const output of outputs) this.carryOut(output, now);
  }

  /** Sends the collected datagrams. */
  flush(): void {
    this.#outbox.flush();
  }
}
