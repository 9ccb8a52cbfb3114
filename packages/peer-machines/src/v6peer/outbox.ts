/** Collects the outputs of one input, in their order: every part of the machine adds to it, the machine returns them. */
import type { Message } from "@nat64/peer-protocol";
import type { PeerEvent, V6PeerOutput } from "./outputs.ts";
import type { SelectorRecord } from "./selector-book.ts";

export class Outbox {
  #outputs: V6PeerOutput[] = [];

  /** A message to the coordinator. */
  sendMessage(message: Message): void {
    this.#outputs.push({ kind: "send-message", message });
  }

  /** A probe to a Teredo address. */
  sendPacket(bytes: Uint8Array): void {
    this.#outputs.push({ kind: "send-packet", bytes });
  }

  /** The selectors to store for the next start. */
  storeSelectors(selectors: readonly SelectorRecord[]): void {
    this.#outputs.push({ kind: "store-selectors", selectors });
  }

  /** An event for the log. */
  log(event: PeerEvent["event"]): void {
    this.#outputs.push({ kind: "event", event });
  }

  /** Empties the outbox. Allocates nothing when it is empty already. */
  take(): readonly V6PeerOutput[] {
    const outputs = this.#outputs;
    if (outputs.length > 0) this.#outputs = [];
    return outputs;
  }
}
