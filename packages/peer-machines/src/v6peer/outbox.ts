/** Collects the outputs of one input in order. Every part of the machine adds to it, and the machine returns them. */
import type { Message } from "@nat64/peer-protocol";
import type { PeerEvent, V6PeerOutput } from "./outputs.ts";
import type { SelectorRecord } from "./selector-book.ts";

export class Outbox {
  #outputs: V6PeerOutput[] = [];

  /** Adds a message to the coordinator. */
  sendMessage(message: Message): void {
    this.#outputs.push({ kind: "send-message", message });
  }

  /** Adds a probe to a Teredo address. */
  sendPacket(bytes: Uint8Array): void {
    this.#outputs.push({ kind: "send-packet", bytes });
  }

  /** Adds the selectors to store for the next start. */
  storeSelectors(selectors: readonly SelectorRecord[]): void {
    this.#outputs.push({ kind: "store-selectors", selectors });
  }

  /** Adds an event for the log. */
  log(event: PeerEvent["event"]): void {
    this.#outputs.push({ kind: "event", event });
  }

  /** Empties the outbox. Allocates nothing if it is already empty. */
  take(): readonly V6PeerOutput[] {
    const outputs = this.#outputs;
    if (outputs.length > 0) this.#outputs = [];
    return outputs;
  }
}
